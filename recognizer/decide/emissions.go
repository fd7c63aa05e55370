package decide

import (
	"math"

	"hakbeon/recognizer/read"
)

// emissions are one line's columns, made ready for scoring IDs, relative to a filler
// that takes any sign at the probability 1. So the score of an ID is a likelihood
// ratio: how much better it explains the line than "some text" does. Long lines
// aren't favoured by it, and a label or a name around the ID does no harm.
type emissions struct {
	signs  [][read.Alphabet]float64 // the digits and the letters
	gaps   []float64                // between two digits of an ID
	marks  []float64                // anything but blank
	open   []float64                // an ID may begin at this column
	close  []float64                // an ID may end with this column
	beside []float64                // a sign that must not be left over beside an ID
}

// Prices of columns, as factors.
const (
	// letterShare spreads "something else" over the letters.
	letterShare = 1.0 / read.Letters
	// letterNoise is the probability that what was read of letters says nothing.
	letterNoise = 0.002
)

// slips are the line model's mistakes that its own probabilities don't show. They
// cost once, however many columns they take.
type slips struct{ misread, skip float64 }

// slipsOf are what the parameters take slips to cost. A digit is at most as surely another
// mark as evidence can say.
func slipsOf(p Params) slips { return slips{read.Probability(math.MaxUint8), p.Skip} }

func newEmissions(l *read.Line, slip slips, told bool) emissions {
	n := l.Columns()
	e := emissions{
		signs: make([][read.Alphabet]float64, n), gaps: make([]float64, n), marks: make([]float64, n),
		open: make([]float64, n), close: make([]float64, n), beside: make([]float64, n),
	}
	for t := range n {
		y := l.Column(t)
		copy(e.signs[t][:], y[read.Zero:read.Other])
		e.gaps[t] = y[read.Blank] + float64(read.Insertion*y[read.Other])
		for _, v := range e.signs[t][:read.Letter] {
			e.beside[t] += v
		}
		e.letters(t, l, y[read.Other], told)
		e.marks[t] = 1 - y[read.Blank]
	}
	e.edges(slip.skip)
	return e
}

// letters shares what a column says of anything else out among the letters: as they were
// read, or evenly where they weren't.
func (e *emissions) letters(t int, l *read.Line, other float64, told bool) {
	of := e.signs[t][read.Letter:]
	even := float64(letterShare * other)
	if !told { // then all letters are the first
		of[0] = even
		return
	}
	shares, known := l.Letters(t)
	for i := range of {
		of[i] = even
		if known {
			of[i] = float64(letterNoise*even) + float64((1-letterNoise)*float64(shares[i]*other))
			e.beside[t] += of[i]
		}
	}
}

// edges computes where an ID may begin and end. A sign left over beside it, with
// nothing but blank between, costs what a sign costs that was skipped: a digit, or a
// letter where they are told from other writing.
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

// near is the probability that the last thing that isn't blank is such a sign.
func (e *emissions) near(t int, before float64) float64 {
	return e.beside[t] + float64(before*(1-e.marks[t]))
}
