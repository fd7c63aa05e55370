package decide

import (
	goruntime "runtime"
	"slices"
	"sync"
	"sync/atomic"

	"hakbeon/recognizer/read"
	"hakbeon/recognizer/roster"
)

// Scorer is a roster made ready for scoring readings, which takes as long as scoring
// some: who decides many sheets one by one keeps it. It may be shared between goroutines.
type Scorer struct {
	key      [scoresKeyBytes]byte
	params   Params
	priors   shares
	ids      []string
	absent   []bool    // students who weren't there; nil if nothing is known
	gains    []float64 // of each student
	plain    *alike    // for readings without letters
	lettered func() *alike
	slips    slips
	most     float64 // of gains
	names    *nameBook
}

// NewScorer makes a roster ready; nil is treated as an empty one. Of the parameters, Skip
// counts, and Known where a second reader was asked; the priors only say which likelihoods
// are too small to keep.
func NewScorer(ro *roster.Roster, p Params) *Scorer {
	p = p.WithDefaults()
	s := &Scorer{
		key: scoresKey(ro, p), params: p, priors: sharesOf(p),
		slips: slipsOf(p), most: 1, names: newNameBook(ro),
	}
	if ro != nil {
		for _, st := range ro.Students {
			s.ids = append(s.ids, st.ID)
		}
		s.absent = absentees(ro, p)
	}
	for i, id := range s.ids {
		s.gains = append(s.gains, gain(len(read.Signs(id))))
		s.most = max(s.most, s.gains[i])
	}
	s.plain = newAlike(s.ids, s.gains, false)
	s.lettered = sync.OnceValue(func() *alike {
		if !hasLetters(s.ids) {
			return s.plain
		}
		return newAlike(s.ids, s.gains, true)
	})
	return s
}

// Score scores readings and puts them together. A nil reading is treated as an empty one.
// Sheets are scored on all cores.
func (s *Scorer) Score(readings []*read.Reading, taken ...string) *Scored {
	all := make([]*Scores, len(readings))
	onAllCores(len(readings), func(i int) { all[i] = s.Sheet(readings[i]) })
	return s.Together(all, taken...)
}

// Together is a batch of sheets that this scorer has scored, each by itself. Taken are the
// IDs of students whose sheet is known and not among them, as for [Solve].
func (s *Scorer) Together(all []*Scores, taken ...string) *Scored {
	out := &Scored{ids: s.ids, scores: all, sheets: make([]likelihoods, len(all)), named: s.names != nil}
	for i, of := range all {
		out.sheets[i] = of.likelihoods
		out.sheets[i].students = slices.Clone(of.students)
	}
	out.weighNames(s.params)
	out.weighAttendance(s.absent, among(s.ids, taken), s.params)
	out.hear(s.params)
	return out
}

// Decide finds the student of one sheet alone, as the function does.
func (s *Scorer) Decide(of *Scores) Decision { return s.Together([]*Scores{of}).Decide(0, s.params) }

// onAllCores does 0 to n-1, in any order.
func onAllCores(n int, do func(i int)) {
	var next atomic.Int64
	var group sync.WaitGroup
	some := func() {
		for i := next.Add(1) - 1; i < int64(n); i = next.Add(1) - 1 {
			do(int(i))
		}
	}
	for range min(goruntime.GOMAXPROCS(0), n) - 1 {
		group.Go(some)
	}
	some()
	group.Wait()
}
