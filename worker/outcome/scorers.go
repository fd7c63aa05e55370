package outcome

import (
	"slices"
	"sync"

	"hakbeon/exam"
	"hakbeon/recognizer"
	"hakbeon/recognizer/roster"
)

// Bounds of the rosters that are kept ready: a student takes some 300 bytes.
const (
	readyRosters  = 64
	readyStudents = 100_000
)

// Scorers keep rosters ready for scoring: that takes as long as scoring some sheets, and
// an exam's sheets come one by one. They are safe for concurrent use.
type Scorers struct {
	params recognizer.Params

	mu   sync.Mutex
	kept []*Scorer // the last used first
}

// NewScorers keeps rosters ready for deciding with the parameters.
func NewScorers(p recognizer.Params) *Scorers { return &Scorers{params: p} }

// Scorer is a roster made ready, or none.
type Scorer struct {
	*recognizer.Scorer

	// Hash is the roster's, "" without one.
	Hash string

	roster *roster.Roster
	make   sync.Once
}

// Of returns the roster made ready; nil for none.
func (s *Scorers) Of(ro *roster.Roster) *Scorer {
	of := s.entry(ro)
	of.make.Do(func() { of.fill(s.params) })
	return of
}

// With is Of for other parameters, which are not kept.
func (s *Scorers) With(ro *roster.Roster, p recognizer.Params) *Scorer {
	if p == s.params.WithDefaults() {
		return s.Of(ro)
	}
	of := &Scorer{roster: ro}
	of.fill(p)
	return of
}

func (s *Scorers) entry(ro *roster.Roster) *Scorer {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := slices.IndexFunc(s.kept, func(of *Scorer) bool { return of.roster == ro })
	of := &Scorer{roster: ro}
	if at >= 0 {
		of = s.kept[at]
		s.kept = slices.Delete(s.kept, at, at+1)
	}
	s.kept = slices.Insert(s.kept, 0, of)
	students := 0
	for i, k := range s.kept {
		if k.roster != nil {
			students += len(k.roster.Students)
		}
		if i > 0 && (i == readyRosters || students > readyStudents) {
			clear(s.kept[i:])
			s.kept = s.kept[:i]
			break
		}
	}
	return of
}

func (of *Scorer) fill(p recognizer.Params) {
	if of.roster == nil {
		of.Scorer = recognizer.NewScorer(&roster.Roster{}, p)
		return
	}
	of.Scorer, of.Hash = recognizer.NewScorer(of.roster, p), of.roster.Hash()
}

// Decide matches a reading against the roster, and returns its scores as the batch's end
// wants them. Without a roster nobody can be accepted, and the digits that were read are
// kept.
func (of *Scorer) Decide(reading *recognizer.Reading) (recognizer.Decision, []byte) {
	scores := of.Sheet(reading)
	return of.Alone(scores), of.Marshal(scores)
}

// Alone decides a sheet by itself.
func (of *Scorer) Alone(scores *recognizer.Scores) recognizer.Decision {
	d := of.Scorer.Decide(scores)
	if of.roster == nil {
		d.Status, d.Reason = recognizer.NeedsReview, exam.ReasonRosterMissing
	}
	return d
}
