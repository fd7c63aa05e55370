package decide

import (
	goruntime "runtime"
	"sync"
	"sync/atomic"

	"hakbeon/recognizer/read"
	"hakbeon/recognizer/roster"
)

// Scored are readings scored against a roster. Scoring is all that is slow about
// deciding: to try other priors or levels on a batch, score it once and call
// Decide or Solve with each. It is read-only and may be shared.
type Scored struct {
	// NamesDisagree says that the roster's names are not those of who has its IDs, for
	// example of another column: then they are left out.
	NamesDisagree bool

	ids      []string
	readings []*read.Reading
	sheets   []likelihoods
	names    []callName // nil if the roster has none
	named    bool       // some sheet's name was looked for
}

// Score scores readings against a roster. Of the parameters, Noise, Misread and
// Skip count, and Known where a second reader was asked; the priors only say which
// likelihoods are too small to keep. A nil reading or roster is treated as an empty
// one. Sheets are scored on all cores.
func Score(readings []*read.Reading, ro *roster.Roster, p Params) *Scored {
	p = p.WithDefaults()
	s := newScorer(ro, p)
	out := &Scored{ids: s.ids, readings: readings, sheets: make([]likelihoods, len(readings)), names: callNames(ro)}
	var next atomic.Int64
	var group sync.WaitGroup
	scoreSome := func() {
		work := newScores(s.trie)
		for i := next.Add(1) - 1; i < int64(len(readings)); i = next.Add(1) - 1 {
			out.sheets[i] = s.sheet(readings[i], work)
		}
	}
	for range min(goruntime.GOMAXPROCS(0), len(readings)) - 1 {
		group.Go(scoreSome)
	}
	scoreSome()
	group.Wait()
	out.weighNames(p)
	out.hear(p)
	return out
}

// likelihoods are how well each explanation accounts for one sheet, against "no
// ID at all", whose likelihood is 1.
type likelihoods struct {
	empty    bool // there is nothing to account for
	students []likelihood
	known    float64 // mean over all students of the roster
	strange  [strangeKinds]float64
	heard    float64   // what the second reader makes of strangers, a factor
	named    []float64 // what the name makes of each student of the roster, a factor; nil if nothing
	best     int       // the likeliest student, the first of equals; -1 if none is likely at all
	unique   bool      // no other student is as likely as the best
	line     int       // where the likeliest explanation stands, -1 for nowhere
	text     string
	textConf float64
	digits   []Digit
}

// likelihood is a student's. Students who are too unlikely to matter have none.
type likelihood struct {
	student int
	value   float64
	heard   float64 // what the second reader makes of it, a factor
	named   float64 // what the name makes of it, a factor that value has
	verification
}

// verification holds a student against the IDs with one digit changed that are on no
// roster. It is zero where these don't matter.
type verification struct {
	changed float64 // how much likelier they are together than the student's ID
	left    int     // how many they are
}

// The kinds of strangers.
const (
	strangeAny = iota
	strangeFrequent
	strangeNear
	strangeKinds
)

// scorer is a roster made ready for scoring readings.
type scorer struct {
	priors   shares
	ids      []string
	signs    [][]int8
	trie     *trie
	gains    []float64 // of each student
	index    map[string]int
	whatever []guess
	frequent []guess
	// guessed is, of each student, how likely the guesses make the ID.
	guessed [2][]float64
	noise   float64
	slips   slips
	most    float64 // of gains
}

// What is too small to matter, as a share of a sheet's whole weight or of a
// probability; see MODEL.md, section 11.
const (
	tolerance = 1e-10
	// rough is its square root, for the first pass, which only finds IDs that are read
	// clearly, and for the share of near strangers that may be left out.
	rough = 1e-5
)

func newScorer(ro *roster.Roster, p Params) *scorer {
	s := &scorer{
		priors: sharesOf(p), index: make(map[string]int),
		noise: p.Noise, slips: slips{p.Misread, p.Skip}, most: 1,
	}
	if ro != nil {
		for _, st := range ro.Students {
			s.ids = append(s.ids, st.ID)
		}
	}
	for i, id := range s.ids {
		of := read.Signs(id)
		s.signs = append(s.signs, of)
		s.gains = append(s.gains, gain(len(of)))
		s.index[key(of)] = i
		s.most = max(s.most, s.gains[i])
	}
	s.trie = newTrie(s.signs)
	s.whatever, s.frequent = guesses(s.signs)
	for kind, of := range [...][]guess{strangeAny: s.whatever, strangeFrequent: s.frequent} {
		for i, id := range s.signs {
			s.guessed[kind] = append(s.guessed[kind], float64(likelihoodOf(of, id)/s.gains[i]))
		}
	}
	return s
}

// key is a sequence of signs as a map's key.
func key(of []int8) string {
	b := make([]byte, len(of))
	for i, s := range of {
		b[i] = byte(s)
	}
	return string(b)
}
