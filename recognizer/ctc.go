package recognizer

// emissions are one line's columns, made ready for scoring IDs. What isn't part
// of the ID may be any sign, at the probability 1. So the score of an ID is a
// likelihood ratio: how much better it explains the line than "some text" does.
// Long lines aren't favoured by it, and a label or a name around the ID does no
// harm.
type emissions struct {
	digits [][10]float64
	gaps   []float64 // between two digits of an ID
	letter []float64 // one sign that isn't a digit
	marks  []float64 // anything but blank
	open   []float64 // an ID may begin at this column
	close  []float64 // an ID may end with this column
}

// Costs of columns, as factors.
const (
	// gapOther is the cost of something other than blank inside an ID: a
	// hyphen, a speck, an edge of a label.
	gapOther = 0.02
	// letterShare spreads "something else" over the letters.
	letterShare = 1.0 / 26
	// touching is the cost of a digit right before or after an ID, which would
	// then be a part of a longer number.
	touching = 0.001
	// apart is how much of a digit's nearness is left after each blank column.
	apart = 0.995
)

// newEmissions softens a line's columns.
func newEmissions(columns []uint8, soften *softening) emissions {
	n := len(columns) / Classes
	e := emissions{
		digits: make([][10]float64, n), gaps: make([]float64, n),
		letter: make([]float64, n), marks: make([]float64, n),
		open: make([]float64, n), close: make([]float64, n),
	}
	for t := range n {
		y := soften.column(columns[t*Classes : (t+1)*Classes])
		copy(e.digits[t][:], y[classZero:classOther])
		e.gaps[t] = y[classBlank] + float64(gapOther*y[classOther])
		e.letter[t] = float64(letterShare * y[classOther])
		e.marks[t] = 1 - y[classBlank]
	}
	e.edges()
	return e
}

// edges computes where an ID may begin and end from how near a digit stands to
// the left and to the right.
func (e *emissions) edges() {
	near := 0.0
	for t := range e.open {
		e.open[t] = 1 - float64((1-touching)*near)
		near = e.near(t, near)
	}
	near = 0.0
	for t := len(e.close) - 1; t >= 0; t-- {
		e.close[t] = 1 - float64((1-touching)*near)
		near = e.near(t, near)
	}
}

func (e *emissions) near(t int, before float64) float64 {
	sum := 0.0
	for _, v := range e.digits[t] {
		sum += v
	}
	return sum + float64(float64(apart*before)*(1-e.marks[t]))
}

// softening turns a quantised column into probabilities that are as unsure as
// the model ought to be.
type softening struct {
	table [256]float64 // exp(-q / (quantSteps * temperature))
	noise float64
}

// newSoftening prepares the table by multiplying one number with itself: the
// library's exponential differs in the last bit from one processor to another,
// and decisions must not.
func newSoftening(temperature, noise float64) *softening {
	s := &softening{noise: noise}
	step := expSmall(-1 / float64(quantSteps*temperature))
	s.table[0] = 1
	for i := 1; i < len(s.table); i++ {
		s.table[i] = float64(s.table[i-1] * step)
	}
	return s
}

// expSmall is the exponential of -1 <= x <= 0 by its series, in one fixed order.
func expSmall(x float64) float64 {
	sum, term := 1.0, 1.0
	for n := 1; n < 25; n++ {
		term = float64(term*x) / float64(n)
		sum += term
	}
	return sum
}

func (s *softening) column(q []uint8) (y [Classes]float64) {
	sum := 0.0
	for i, v := range q {
		y[i] = s.table[v]
		sum += y[i]
	}
	for i, v := range y {
		y[i] = float64((1-s.noise)*(v/sum)) + s.noise/Classes
	}
	return y
}

// trie holds a roster's IDs with their shared beginnings merged, so that a
// beginning is scored once. A node's parent comes before it; node 0 is the root.
type trie struct {
	parent []int32
	sign   []int8 // digit 0 to 9, or letterSign
	leaf   []int  // node of each ID, in the order given; 0, the root, if it has no signs
	depth  []int
}

// letterSign stands for any letter. Hyphens have no node: they are a gap.
const letterSign = 10

func newTrie(ids []string) *trie {
	of := make([][]int8, len(ids))
	for i, id := range ids {
		of[i] = signs(id)
	}
	return trieOf(of)
}

func trieOf(ids [][]int8) *trie {
	t := &trie{parent: []int32{-1}, sign: []int8{-1}, depth: []int{0}}
	type edge struct {
		node int32
		sign int8
	}
	edges := make(map[edge]int32)
	for _, id := range ids {
		node := int32(0)
		for _, s := range id {
			next, ok := edges[edge{node, s}]
			if !ok {
				next = int32(len(t.parent))
				edges[edge{node, s}] = next
				t.parent = append(t.parent, node)
				t.sign = append(t.sign, s)
				t.depth = append(t.depth, t.depth[node]+1)
			}
			node = next
		}
		t.leaf = append(t.leaf, int(node))
	}
	return t
}

// signs are what an ID looks like to the line model.
func signs(id string) []int8 {
	out := make([]int8, 0, len(id))
	for _, c := range []byte(id) {
		switch {
		case c >= '0' && c <= '9':
			out = append(out, int8(c-'0'))
		case c != '-':
			out = append(out, letterSign)
		}
	}
	return out
}

// score is the CTC forward sum of each node's signs over all places on the line
// where they may stand, in one pass over the columns. A sign may also be misread
// as any other, over as many columns as it likes, or be skipped.
func (t *trie) score(e emissions, slip slips) []float64 {
	n := len(t.parent)
	total, ready := make([]float64, n), make([]float64, n)
	now, next := make([]state, n), make([]state, n)
	for c := range e.digits {
		now[0].gap = e.open[c]
		for i := 1; i < n; i++ {
			up, s := t.parent[i], &now[i]
			from := &now[up]
			in := from.gap + from.bad + float64(slip.skip*ready[up])
			if t.sign[i] != t.sign[up] {
				in += from.ink
			}
			ready[i] = in
			ink := float64(e.sign(c, t.sign[i]) * (s.ink + in))
			bad := float64(e.marks[c] * (s.bad + float64(slip.misread*in)))
			next[i] = state{ink: ink, bad: bad, gap: float64(e.gaps[c] * (s.gap + s.ink + s.bad))}
			total[i] += float64((ink + bad) * e.close[c])
		}
		now, next = next, now
	}
	for i := 1; i < n; i++ {
		total[i] += float64(slip.skip * total[t.parent[i]])
	}
	return total
}

// state is the weight of all paths that stand at one sign of an ID: on the sign
// itself, on a misreading of it, or in the gap after it.
type state struct{ ink, bad, gap float64 }

// slips are the line model's mistakes that its own probabilities don't show.
// They cost once, however many columns they take.
type slips struct{ misread, skip float64 }

func (e *emissions) sign(column int, s int8) float64 {
	if s == letterSign {
		return e.letter[column]
	}
	return e.digits[column][s]
}

// anyID is a distribution over IDs of one length in which every place is
// independent of the others: what a stranger's ID may be.
type anyID [][10]float64

// score is the expectation of the CTC forward score over the distribution, with
// the same slips.
func (a anyID) score(e emissions, slip slips) float64 {
	if len(a) == 0 {
		return 0
	}
	now := make([]anyState, len(a)+1) // now[0] is before the first digit
	ready := make([]float64, len(a)+1)
	total := 0.0
	for c := range e.digits {
		now[0].gap = e.open[c]
		for i := 1; i <= len(a); i++ {
			ready[i] = now[i-1].gap + now[i-1].bad + now[i-1].sum + float64(slip.skip*ready[i-1])
		}
		for i := len(a); i > 0; i-- { // a place reads its neighbour's last column
			now[i].step(&now[i-1], ready[i], &a[i-1], e, c, slip)
		}
		total += float64((now[len(a)].sum + now[len(a)].bad) * e.close[c])
	}
	return total
}

// anyState is the state of one place of an ID that may be any.
type anyState struct {
	ink [10]float64
	sum float64 // of ink
	bad float64
	gap float64
}

func (s *anyState) step(before *anyState, ready float64, prior *[10]float64, e emissions, c int, slip slips) {
	gap := float64(e.gaps[c] * (s.gap + s.sum + s.bad))
	s.bad = float64(e.marks[c] * (s.bad + float64(slip.misread*ready)))
	s.gap, s.sum = gap, 0
	for d := range s.ink {
		in := max(0, ready-before.ink[d]) // a digit follows itself only after a gap
		s.ink[d] = float64(e.digits[c][d] * (s.ink[d] + float64(prior[d]*in)))
		s.sum += s.ink[d]
	}
}
