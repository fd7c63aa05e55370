package decide

import "hakbeon/recognizer/read"

// What the black-box tests may look at beyond the API.

// Columns are a line's softened columns, relative to the filler.
type Columns struct {
	Digits                   [][10]float64
	Letters                  [][read.Letters]float64
	Gaps, Marks, Open, Close []float64
}

// Soften prepares a line for scoring.
func Soften(l read.Line, p Params) Columns {
	p = p.WithDefaults()
	e := newEmissions(&l, p.Noise, slips{p.Misread, p.Skip}, true)
	c := Columns{Gaps: e.gaps, Marks: e.marks, Open: e.open, Close: e.close}
	for _, y := range e.signs {
		c.Digits = append(c.Digits, [10]float64(y[:10]))
		c.Letters = append(c.Letters, [read.Letters]float64(y[read.Letter:]))
	}
	return c
}

// ScoreIDs is the likelihood ratio of each ID on a line; weights below least are
// dropped.
func ScoreIDs(l read.Line, p Params, least float64, ids ...string) []float64 {
	s, t, e := scoring(l, p, ids)
	total := t.score(&e, s.slips, least, newScores(t))
	return ofLeaves(t, total)
}

// ScoreChanged is, for each ID, the sum of the likelihood ratios of all IDs that
// differ from it in one sign; letters are changed if they are told apart.
func ScoreChanged(l read.Line, p Params, told bool, ids ...string) []float64 {
	s, t, e := scoring(l, p, ids)
	return ofLeaves(t, t.scoreChanged(&e, s.slips, 0, told))
}

func scoring(l read.Line, p Params, ids []string) (*Scorer, *trie, emissions) {
	s := NewScorer(nil, p)
	var of [][]int8
	for _, id := range ids {
		of = append(of, read.Signs(id))
	}
	return s, newTrie(of), newEmissions(&l, s.noise, s.slips, true)
}

func ofLeaves(t *trie, total []float64) (out []float64) {
	for _, leaf := range t.leaf {
		out = append(out, total[leaf])
	}
	return out
}

// ScoreAny is the mean likelihood ratio of all IDs of a length.
func ScoreAny(l read.Line, p Params, length int) float64 {
	s := NewScorer(nil, p)
	e := newEmissions(&l, s.noise, s.slips, true)
	return frequencies(nil, length, true).score(&e, s.slips)
}
