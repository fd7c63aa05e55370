package recognizer

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
	return Columns{e.digits, e.gaps, e.marks, e.letter, e.open, e.close}
}

// ScoreIDs is the likelihood ratio of each ID on a line.
func ScoreIDs(l Line, p Params, ids ...string) []float64 {
	s := newScorer(nil, p.withDefaults())
	t := newTrie(ids)
	scores := t.score(newEmissions(l.columns, s.soften), s.slips)
	var out []float64
	for _, leaf := range t.leaf {
		out = append(out, scores[leaf])
	}
	return out
}

// ScoreAny is the mean likelihood ratio of all IDs of a length.
func ScoreAny(l Line, p Params, length int) float64 {
	s := newScorer(nil, p.withDefaults())
	return frequencies(nil, length).score(newEmissions(l.columns, s.soften), s.slips)
}

// TurnPage turns a page, and TurnBack a rectangle of the turned page back.
var (
	TurnPage = Turn.apply
	TurnBack = Turn.back
)
