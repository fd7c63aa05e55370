package ending

import (
	"slices"
	"time"

	"hakbeon/exam"
	"hakbeon/worker/archive"
)

// State is all that decides what is due at a batch's end.
type State struct {
	Job    exam.Job
	Facts  *archive.Facts
	Sheets []archive.Place // all that are expected, as far as they are known
	Whole  bool            // whether all of the batch's messages have come
	Last   *exam.Plan      // of the facts' epoch, nil before the first
	// Glance: a sheet was done, and nobody asks for more than the first end.
	Glance bool
	Now    time.Time
	// Deadline is when sheets that are missing are waited for no longer, counted from
	// the batch's first message or its last end.
	Deadline time.Duration
}

// Step is what is due.
type Step int

const (
	// Wait says that something is missing that may come.
	Wait Step = iota
	// Resume says that an epoch was begun and not carried out.
	Resume
	// PlanNext says that the next epoch should be planned and carried out.
	PlanNext
	// Later says that the next epoch is due, and is left to a message that comes soon.
	Later
	// Ended says that nothing is left to do.
	Ended
)

// Next says what is due.
func Next(s State) Step {
	complete := s.Facts.HasAll(s.Sheets)
	if s.Facts.Epoch == 0 {
		if s.Whole && complete || s.tooLate(s.Job.CreatedAt) {
			return PlanNext
		}
		return Wait
	}
	if !s.Facts.Done[s.Facts.Epoch] {
		return Resume
	}
	more := len(s.Sheets) > len(s.Last.Sheets) // a message came after the end
	switch {
	case s.Glance && more && complete:
		return Later
	case s.Glance:
		return Wait
	case slices.ContainsFunc(s.Facts.Asked(), s.isNews):
		return PlanNext
	case more && (complete || s.tooLate(s.Last.CreatedAt)):
		return PlanNext
	case more:
		return Wait
	}
	return Ended
}

// isNews reports whether the last plan does not know of a verdict or a request.
func (s *State) isNews(id string) bool {
	_, known := slices.BinarySearch(s.Last.Applied, id)
	return !known
}

func (s *State) tooLate(since time.Time) bool { return s.Now.Sub(since) >= s.Deadline }
