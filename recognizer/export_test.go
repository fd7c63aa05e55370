package recognizer

import "image"

// What the black-box tests may look at beyond the API.

// Grey is grey.
var Grey = grey

// Columns are a line's softened columns, relative to the filler.
type Columns struct {
	Digits                           [][10]float64
	Gaps, Marks, Letter, Open, Close []float64
}

// Soften prepares a line for scoring.
func Soften(l Line, p Params) Columns {
	p = p.withDefaults()
	e := newEmissions(l.columns, newSoftening(p.Temperature, p.Noise))
	c := Columns{Gaps: e.gaps, Marks: e.marks, Open: e.open, Close: e.close}
	for _, y := range e.signs {
		c.Digits = append(c.Digits, [10]float64(y[:10]))
		c.Letter = append(c.Letter, y[letterSign])
	}
	return c
}

// ScoreIDs is the likelihood ratio of each ID on a line; weights below least are
// dropped.
func ScoreIDs(l Line, p Params, least float64, ids ...string) []float64 {
	s, t, e := scoring(l, p, ids)
	total := t.score(&e, s.slips, least, newScores(t))
	return ofLeaves(t, total)
}

// ScoreChanged is, for each ID, the sum of the likelihood ratios of all IDs that
// differ from it in one digit.
func ScoreChanged(l Line, p Params, ids ...string) []float64 {
	s, t, e := scoring(l, p, ids)
	return ofLeaves(t, t.scoreChanged(&e, s.slips, 0))
}

func scoring(l Line, p Params, ids []string) (*scorer, *trie, emissions) {
	s := newScorer(nil, p.withDefaults())
	var of [][]int8
	for _, id := range ids {
		of = append(of, signs(id))
	}
	return s, newTrie(of), newEmissions(l.columns, s.soften)
}

func ofLeaves(t *trie, total []float64) (out []float64) {
	for _, leaf := range t.leaf {
		out = append(out, total[leaf])
	}
	return out
}

// ScoreAny is the mean likelihood ratio of all IDs of a length.
func ScoreAny(l Line, p Params, length int) float64 {
	s := newScorer(nil, p.withDefaults())
	e := newEmissions(l.columns, s.soften)
	return frequencies(nil, length).score(&e, s.slips)
}

// Strip is a text line in tests.
type Strip struct{ Left, Right, Middle, Slope, Height float64 }

func exported(s strip) Strip { return Strip{s.left, s.right, s.middle, s.slope, s.height} }

func (s Strip) internal() strip {
	return strip{left: s.Left, right: s.Right, middle: s.Middle, slope: s.Slope, height: s.Height}
}

// Cores finds lines in a probability map.
func Cores(prob []float32, w, h int) []Strip {
	var out []Strip
	for _, s := range cores(prob, w, h) {
		out = append(out, exported(s))
	}
	return out
}

// Candidates chooses strips; places has each one's place.
func Candidates(strips []Strip, pageHeight float64, limit int) (chosen []Strip, places []int) {
	var in []strip
	for _, s := range strips {
		in = append(in, s.internal())
	}
	for _, c := range candidates(in, pageHeight, limit) {
		chosen, places = append(chosen, exported(c.strip)), append(places, c.place)
	}
	return chosen, places
}

// Joined spans strips of one row.
func Joined(row ...Strip) Strip {
	var in []strip
	for _, s := range row {
		in = append(in, s.internal())
	}
	return exported(joined(in))
}

// Shrink is shrink.
func Shrink(src *image.Gray, w, h int) []float32 { return shrink(src, w, h) }

// Straighten is straighten.
func Straighten(src *image.Gray, s Strip, w, h int) []float32 {
	return straighten(src, s.internal(), w, h)
}

// Pool maps one column of a model whose signs are keys, one a line.
func Pool(keys, table string, column []float32) ([Classes]float32, error) {
	p, err := newPooling(keys, table)
	if err != nil {
		return [Classes]float32{}, err
	}
	return p.pool(column), nil
}

// FindLibrary is findLibrary.
var FindLibrary = findLibrary

// Batch is what a matching is made of: each sheet's own posterior of each
// student, 0 for none, and which students are taken. The rest of a sheet is no
// one's.
type Batch struct {
	Sheets [][]float64
	Taken  []bool
}

// Marginals are, of each sheet and student, the probability that the sheet is
// the student's; of the sheet's best student, that no other one is.
func (b Batch) Marginals(p Params) [][]float64 {
	m := b.matching(p)
	out := make([][]float64, len(b.Sheets))
	for i := range out {
		out[i] = make([]float64, len(b.Taken))
		for _, e := range m.sheets[i].edges {
			out[i][e.student] = e.least
		}
	}
	return out
}

// Clusters counts the sheets of each cluster that is solved for itself.
func (b Batch) Clusters(p Params) (sizes []int) {
	for _, c := range b.matching(p).clusters {
		sizes = append(sizes, len(c.sheets))
	}
	return sizes
}

func (b Batch) matching(p Params) *matching {
	var beliefs []belief
	for _, w := range b.Sheets {
		own := belief{likelihoods: &likelihoods{best: -1}, stranger: 1}
		for j, v := range w {
			if v > 0 {
				own.students = append(own.students, posterior{j, v})
				own.stranger -= v
				if own.best < 0 || v > w[own.best] {
					own.best = j
				}
			}
		}
		beliefs = append(beliefs, own)
	}
	m := newMatching(beliefs, b.Taken, p.withDefaults())
	m.propagate()
	return m
}
