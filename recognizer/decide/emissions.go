package decide

import "hakbeon/recognizer/read"

// emissions are one line's columns, made ready for scoring IDs, relative to a filler
// that takes any sign at the probability 1. So the score of an ID is a likelihood
// ratio: how much better it explains the line than "some text" does. Long lines
// aren't favoured by it, and a label or a name around the ID does no harm.
type emissions struct {
	signs [][read.Letter + 1]float64 // the digits, and one sign that isn't a digit
	gaps  []float64                  // between two digits of an ID
	marks []float64                  // anything but blank
	open  []float64                  // an ID may begin at this column
	close []float64                  // an ID may end with this column
}

// Prices of columns, as factors.
const (
	// insertion is that of something other than blank inside an ID: a hyphen, a speck,
	// an edge of a label.
	insertion = 0.02
	// letterShare spreads "something else" over the letters.
	letterShare = 1.0 / 26
)

// slips are the line model's mistakes that its own probabilities don't show. They
// cost once, however many columns they take.
type slips struct{ misread, skip float64 }

func newEmissions(l *read.Line, noise float64, slip slips) emissions {
	n := l.Columns()
	e := emissions{
		signs: make([][read.Letter + 1]float64, n), gaps: make([]float64, n), marks: make([]float64, n),
		open: make([]float64, n), close: make([]float64, n),
	}
	for t := range n {
		y := l.Column(t, noise)
		copy(e.signs[t][:], y[read.Zero:read.Other])
		e.gaps[t] = y[read.Blank] + float64(insertion*y[read.Other])
		e.signs[t][read.Letter] = float64(letterShare * y[read.Other])
		e.marks[t] = 1 - y[read.Blank]
	}
	e.edges(slip.skip)
	return e
}

// edges computes where an ID may begin and end. A digit left over beside it, with
// nothing but blank between, costs what a digit costs that was skipped.
func (e *emissions) edges(skip float64) {
	near := 0.0
	for t := range e.open {
		e.open[t] = 1 - float64((1-skip)*near)
		near = e.near(t, near)
	}
	near = 0.0
	for t := len(e.close) - 1; t >= 0; t-- {
		e.close[t] = 1 - float64((1-skip)*near)
		near = e.near(t, near)
	}
}

// near is the probability that the last thing that isn't blank is a digit.
func (e *emissions) near(t int, before float64) float64 {
	sum := 0.0
	for _, v := range e.signs[t][:read.Letter] {
		sum += v
	}
	return sum + float64(before*(1-e.marks[t]))
}
