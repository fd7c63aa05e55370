package decide

import "hakbeon/recognizer/read"

// What the black-box tests may look at beyond the API.

// Columns are a line's softened columns, relative to the filler.
type Columns struct {
	Digits                   [][10]float64
	Letters                  [][read.Letters]float64
	Gaps, Marks, Open, Close []float64
}

// Slips are what a misread and a missing digit cost.
type Slips struct{ Misread, Skip float64 }

// DefaultSlips are those of the default parameters.
func DefaultSlips() Slips {
	s := slipsOf(DefaultParams())
	return Slips{s.misread, s.skip}
}

func (p Slips) slips() slips { return slips{p.Misread, p.Skip} }

// Soften prepares a line for scoring.
func Soften(l read.Line, p Slips) Columns {
	e := newEmissions(&l, p.slips(), true)
	c := Columns{Gaps: e.gaps, Marks: e.marks, Open: e.open, Close: e.close}
	for _, y := range e.signs {
		c.Digits = append(c.Digits, [10]float64(y[:10]))
		c.Letters = append(c.Letters, [read.Letters]float64(y[read.Letter:]))
	}
	return c
}

// ScoreIDs is the likelihood ratio of each ID on a line; weights below least are
// dropped.
func ScoreIDs(l read.Line, p Slips, least float64, ids ...string) []float64 {
	t, e := scoring(l, p, ids)
	total := t.score(&e, p.slips(), least, newScores(t))
	return ofLeaves(t, total)
}

// ScoreChanged is, for each ID, the sum of the likelihood ratios of all IDs that
// differ from it in one sign; letters are changed if they are told apart.
func ScoreChanged(l read.Line, p Slips, told bool, ids ...string) []float64 {
	t, e := scoring(l, p, ids)
	return ofLeaves(t, t.scoreChanged(&e, p.slips(), 0, told))
}

func scoring(l read.Line, p Slips, ids []string) (*trie, emissions) {
	var of [][]int8
	for _, id := range ids {
		of = append(of, read.Signs(id))
	}
	return newTrie(of), newEmissions(&l, p.slips(), true)
}

func ofLeaves(t *trie, total []float64) (out []float64) {
	for _, leaf := range t.leaf {
		out = append(out, total[leaf])
	}
	return out
}

// ScoreAny is the mean likelihood ratio of all IDs of a length.
func ScoreAny(l read.Line, p Slips, length int) float64 {
	e := newEmissions(&l, p.slips(), true)
	return frequencies(nil, length, true).score(&e, p.slips())
}
