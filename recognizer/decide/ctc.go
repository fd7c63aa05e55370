package decide

import "hakbeon/recognizer/read"

// emissions are one line's columns, made ready for scoring IDs. What isn't part
// of the ID may be any sign, at the probability 1. So the score of an ID is a
// likelihood ratio: how much better it explains the line than "some text" does.
// Long lines aren't favoured by it, and a label or a name around the ID does no
// harm.
type emissions struct {
	signs [][read.Letter + 1]float64 // the digits, and one sign that isn't a digit
	gaps  []float64                  // between two digits of an ID
	marks []float64                  // anything but blank
	open  []float64                  // an ID may begin at this column
	close []float64                  // an ID may end with this column
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

// newEmissions prepares a line's columns.
func newEmissions(l *read.Line, noise float64) emissions {
	n := l.Columns()
	e := emissions{
		signs: make([][read.Letter + 1]float64, n), gaps: make([]float64, n), marks: make([]float64, n),
		open: make([]float64, n), close: make([]float64, n),
	}
	for t := range n {
		y := l.Column(t, noise)
		copy(e.signs[t][:], y[read.Zero:read.Other])
		e.gaps[t] = y[read.Blank] + float64(gapOther*y[read.Other])
		e.signs[t][read.Letter] = float64(letterShare * y[read.Other])
		e.marks[t] = 1 - y[read.Blank]
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
	for _, v := range e.signs[t][:read.Letter] {
		sum += v
	}
	return sum + float64(float64(apart*before)*(1-e.marks[t]))
}

// slips are the line model's mistakes that its own probabilities don't show.
// They cost once, however many columns they take.
type slips struct{ misread, skip float64 }
