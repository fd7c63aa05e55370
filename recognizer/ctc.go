package recognizer

// emissions are one line's columns, made ready for scoring IDs. Everything is
// relative to what the same column costs when it is no part of an ID, so that
// the score of a place is a likelihood ratio: how much better an ID explains the
// line than "some text that is no ID". Long lines aren't favoured by it, and
// what stands before or after an ID does it no harm.
type emissions struct {
	digits [][10]float64
	gaps   []float64 // between two digits of an ID
	letter []float64 // one sign that isn't a digit
}

// Costs of columns, as factors.
const (
	// fillerDigit is the cost of a digit that is no part of an ID.
	fillerDigit = 0.3
	// gapOther is the cost of something other than blank inside an ID: a
	// hyphen, a speck, an edge of a label.
	gapOther = 0.02
	// letterShare spreads "something else" over the letters.
	letterShare = 1.0 / 26
)

// newEmissions softens a line's columns by the temperature and the noise of p.
func newEmissions(columns []uint8, soften *softening) emissions {
	n := len(columns) / Classes
	e := emissions{
		digits: make([][10]float64, n),
		gaps:   make([]float64, n), letter: make([]float64, n),
	}
	for t := range n {
		y := soften.column(columns[t*Classes : (t+1)*Classes])
		sum := 0.0
		for _, v := range y[classZero:classOther] {
			sum += v
		}
		filler := y[classBlank] + y[classOther] + float64(fillerDigit*sum)
		for d := range e.digits[t] {
			e.digits[t][d] = y[classZero+d] / filler
		}
		e.gaps[t] = (y[classBlank] + float64(gapOther*y[classOther])) / filler
		e.letter[t] = float64(letterShare*y[classOther]) / filler
	}
	return e
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
func newSoftening(p Params) *softening {
	s := &softening{noise: p.Noise}
	step := expSmall(-1 / float64(quantSteps*p.Temperature))
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
	leaf   []int  // node of each ID, in the order given; -1 if it has no signs
	depth  []int
}

// letterSign stands for any letter. Hyphens have no node: they are a gap.
const letterSign = 10

func newTrie(ids []string) *trie {
	t := &trie{parent: []int32{-1}, sign: []int8{-1}, depth: []int{0}}
	type edge struct {
		node int32
		sign int8
	}
	edges := make(map[edge]int32)
	for _, id := range ids {
		node := int32(0)
		for _, s := range signs(id) {
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
// where they may stand, in one pass over the columns.
func (t *trie) score(e emissions) []float64 {
	n := len(t.parent)
	total := make([]float64, n)
	ink, gap := make([]float64, n), make([]float64, n)
	nextInk, nextGap := make([]float64, n), make([]float64, n)
	gap[0], nextGap[0] = 1, 1
	for c := range e.digits {
		for i := 1; i < n; i++ {
			up := t.parent[i]
			in := ink[i] + gap[up]
			if up != 0 && t.sign[i] != t.sign[up] {
				in += ink[up]
			}
			nextInk[i] = float64(e.sign(c, t.sign[i]) * in)
			nextGap[i] = float64(e.gaps[c] * (gap[i] + ink[i]))
			total[i] += nextInk[i]
		}
		ink, nextInk, gap, nextGap = nextInk, ink, nextGap, gap
	}
	return total
}

func (e *emissions) sign(column int, s int8) float64 {
	if s == letterSign {
		return e.letter[column]
	}
	return e.digits[column][s]
}

// anyID is a distribution over IDs of one length in which every place is
// independent of the others: what a stranger's ID may be.
type anyID [][10]float64

// score is the expectation of the CTC forward score over the distribution.
func (a anyID) score(e emissions) float64 {
	if len(a) == 0 {
		return 0
	}
	ink := make([][10]float64, len(a))
	gap := make([]float64, len(a))
	last := len(a) - 1
	total := 0.0
	for c := range e.digits {
		for i := last; i >= 0; i-- { // a place reads its neighbour's last column
			was := ink[i]
			for d := range 10 {
				in := 1.0
				if i > 0 {
					in = gap[i-1] + sumBut(&ink[i-1], d)
				}
				ink[i][d] = float64(e.digits[c][d] * (was[d] + float64(a[i][d]*in)))
			}
			gap[i] = float64(e.gaps[c] * (gap[i] + sumBut(&was, -1)))
		}
		total += sumBut(&ink[last], -1)
	}
	return total
}

// sumBut is the sum of all but one: a digit follows itself only after a gap.
func sumBut(v *[10]float64, but int) float64 {
	s := 0.0
	for i, x := range v {
		if i != but {
			s += x
		}
	}
	return s
}
