package recognizer

// emissions are one line's columns, made ready for scoring IDs. What isn't part
// of the ID may be any sign, at the probability 1. So the score of an ID is a
// likelihood ratio: how much better it explains the line than "some text" does.
// Long lines aren't favoured by it, and a label or a name around the ID does no
// harm.
type emissions struct {
	signs [][letterSign + 1]float64 // the digits, and one sign that isn't a digit
	gaps  []float64                 // between two digits of an ID
	marks []float64                 // anything but blank
	open  []float64                 // an ID may begin at this column
	close []float64                 // an ID may end with this column
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
		signs: make([][letterSign + 1]float64, n), gaps: make([]float64, n), marks: make([]float64, n),
		open: make([]float64, n), close: make([]float64, n),
	}
	for t := range n {
		y := soften.column(columns[t*Classes : (t+1)*Classes])
		copy(e.signs[t][:], y[classZero:classOther])
		e.gaps[t] = y[classBlank] + float64(gapOther*y[classOther])
		e.signs[t][letterSign] = float64(letterShare * y[classOther])
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
	for _, v := range e.signs[t][:letterSign] {
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

// letterSign stands for any letter. Hyphens are no sign: they are a gap.
const letterSign = 10

// signs are what an ID looks like to the line model: its digits, and letterSign
// for each letter.
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

// slips are the line model's mistakes that its own probabilities don't show.
// They cost once, however many columns they take.
type slips struct{ misread, skip float64 }
