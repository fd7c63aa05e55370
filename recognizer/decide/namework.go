package decide

// nameWork scores a sheet's lines against all names of a book. What it takes is used
// again: there may be many more students than names that a line could say.
type nameWork struct {
	book *nameBook
	of   [][]float64 // fits of each student, by line of the sheet
	used int
	// lines are those lines, of the reading's names.
	lines []int

	kind []int32 // of each character of the book on the line, see kinds
	at   []int32 // of each node of the trie, its walk
	// walks are the names' beginnings as the line sees them. To it all characters are one
	// that it nowhere considers.
	walks []walk
	room  []float64
}

// walk is a beginning's forward scores over the line's columns, as
// nameLine.likelihood has them.
type walk struct {
	char, gap []float64
	value     float64 // of the name that ends here
	next      []int32 // by kind of the next character; 0 where nobody has asked
}

// begin takes up a new sheet.
func (w *nameWork) begin() { w.used, w.lines = 0, w.lines[:0] }

// fits is how well each student's name explains the line against the line's best
// reading, 0 to 1; negative where the line can't say anything of it.
func (w *nameWork) fits(l *nameLine) []float64 {
	if w.used == len(w.of) {
		w.of = append(w.of, make([]float64, w.book.students))
	}
	out := w.of[w.used]
	w.used++
	t := w.book.script(l.latin)
	for j, known := range t.known {
		if out[j] = -1; known {
			out[j] = 0
		}
	}
	w.score(l, t, out)
	for j, known := range t.known {
		if known {
			out[j] = min(1, out[j]/float64(slack*l.best))
		}
	}
	return out
}

// score gives each student the likelihood of their name, the best of its orders.
func (w *nameWork) score(l *nameLine, t *nameTrie, out []float64) {
	emissions := w.kinds(l)
	if cap(w.at) < len(t.nodes) {
		w.at = make([]int32, len(t.nodes))
	}
	at := w.at[:len(t.nodes)]
	w.walks, w.room = w.walks[:0], w.room[:0]
	w.walks = append(w.walks, walk{})
	at[0] = 0
	before := l.befores()
	for i := 1; i < len(t.nodes); i++ {
		n := &t.nodes[i]
		kind := w.kind[n.char]
		from := at[n.parent]
		step := 2 * kind
		if n.again {
			step++
		}
		next := w.walks[from].step(step, 2*len(emissions))
		if *next == 0 {
			*next = int32(len(w.walks))
			w.walks = append(w.walks, w.walk(l, &w.walks[from], from == 0, n.again, emissions[kind], before))
		}
		at[i] = w.walks[from].next[step]
		for _, j := range t.owners[n.first:n.last] {
			out[j] = max(out[j], w.walks[at[i]].value)
		}
	}
}

// step is where the walk's next is kept.
func (k *walk) step(step int32, kinds int) *int32 {
	if k.next == nil {
		k.next = make([]int32, kinds)
	}
	return &k.next[step]
}

// kinds gives each character of the book a number on the line, those that it nowhere
// considers 0, and returns each number's emissions.
func (w *nameWork) kinds(l *nameLine) [][]float64 {
	if w.kind == nil {
		w.kind = make([]int32, len(w.book.chars))
	}
	clear(w.kind)
	emissions := [][]float64{l.floor}
	for _, chars := range l.chars {
		for char := range chars {
			if i, ok := w.book.index[char]; ok && w.kind[i] == 0 {
				w.kind[i] = int32(len(emissions))
				emissions = append(emissions, l.emission(char))
			}
		}
	}
	return emissions
}

// befores is, for each column, how likely all before it is no name.
func (l *nameLine) befores() []float64 {
	out := make([]float64, len(l.outside))
	before := 1.0
	for t, v := range l.outside {
		out[t] = before
		before = float64(before * v)
	}
	return out
}

// walk goes on from a beginning by one character. It adds in the order of
// nameLine.likelihood, so that the bits are the same.
func (w *nameWork) walk(l *nameLine, from *walk, first, again bool, emission, before []float64) walk {
	n := len(l.blank)
	out := walk{char: w.take(n), gap: w.take(n)}
	char, gap, after := 0.0, 0.0, 0.0
	for t := range n {
		in := 0.0
		switch {
		case first:
			in = before[t]
		case t > 0:
			in = from.gap[t-1]
			if !again {
				in += from.char[t-1]
			}
		}
		after = float64(l.outside[t] * (after + char))
		gap = float64(l.blank[t] * (gap + char))
		char = float64(emission[t] * (char + in))
		out.char[t], out.gap[t] = char, gap
	}
	out.value = after + char
	return out
}

// take is room for a number a column.
func (w *nameWork) take(n int) []float64 {
	if len(w.room)+n > cap(w.room) {
		w.room = make([]float64, 0, max(2*cap(w.room), 64*n)) // walks keep the old one
	}
	from := len(w.room)
	w.room = w.room[:from+n]
	return w.room[from : from+n : from+n]
}

// bestOthers are, of the students that the digits can't mean, those whose names may fit
// the sheet best, wherever the name stands: for each other one there is one whose name is
// known in the same places and fits no worse in any.
func (w *nameWork) bestOthers(sure []posterior) (best []int) {
	of := w.of[:w.used]
	if len(of) == 0 {
		return nil
	}
	for j := range w.book.students {
		for len(sure) > 0 && sure[0].student < j {
			sure = sure[1:]
		}
		if len(sure) > 0 && sure[0].student == j {
			continue
		}
		best = addBest(of, best, j)
	}
	return best
}

// addBest adds a student, unless another is as good, and drops who isn't as good.
func addBest(of [][]float64, best []int, j int) []int {
	kept := best[:0]
	for n, k := range best {
		if covers(of, k, j) {
			return append(kept, best[n:]...) // who was dropped before can't be: covering goes on
		}
		if !covers(of, j, k) {
			kept = append(kept, k)
		}
	}
	return append(kept, j)
}

// covers says whether a student's name is known in the same places as another's and fits
// no worse in any.
func covers(of [][]float64, a, b int) bool {
	for _, fits := range of {
		if (fits[a] < 0) != (fits[b] < 0) || fits[a] < fits[b] {
			return false
		}
	}
	return true
}
