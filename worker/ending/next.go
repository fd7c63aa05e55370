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
	// Idle is how long an open batch waits for another sheet.
	Idle time.Duration
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
	if s.Undue() {
		return Wait
	}
	// Who takes a job writes down first what the batch is, then which keys it has.
	begun := len(s.Sheets) > 0 || !s.Job.Open
	complete := begun && s.Facts.HasAll(s.Sheets)
	if s.Facts.Epoch == 0 {
		if s.arrived() && complete || s.over(s.Job.CreatedAt) {
			return PlanNext
		}
		return Wait
	}
	if !s.Facts.Done[s.Facts.Epoch] {
		return Resume
	}
	more := len(s.Sheets) > len(s.Last.Sheets) // a message came after the end
	complete = complete && (s.arrived() || !s.Job.Open)
	switch {
	case s.Glance && more && complete:
		return Later
	case s.Glance:
		return Wait
	case slices.ContainsFunc(s.Facts.Asked(), s.isNews):
		return PlanNext
	case more && (complete || s.over(s.Last.CreatedAt)):
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

// Undue reports of an open batch that no end can be due, whatever its keys are: then who
// looks need not read the lists of them, of which there may be as many as sheets.
func (s *State) Undue() bool {
	epoch := s.Facts.Epoch
	begun := epoch > 0 && (!s.Glance || !s.Facts.Done[epoch])
	mayBeWhole := s.Job.Total > 0 && len(s.Facts.Sheets) >= s.Job.Total
	return s.Job.Open && !begun && !mayBeWhole && !s.arrived() && !s.Facts.Dividing() && !s.over(s.Job.CreatedAt)
}

// arrived reports whether nothing more is waited for: all has come that was announced, or,
// of an open batch, somebody closed it or nothing new has come for a while.
func (s *State) arrived() bool {
	return s.Whole || s.Job.Open && (s.Facts.Closed || s.Now.Sub(s.lately(s.Job.CreatedAt)) >= s.Idle)
}

// lately is since, or, of an open batch, when the last of its messages came, if that was
// later.
func (s *State) lately(since time.Time) time.Time {
	if s.Job.Open && s.Facts.Newest.After(since) {
		return s.Facts.Newest
	}
	return since
}

// over reports whether what is missing is waited for no longer.
func (s *State) over(since time.Time) bool {
	return s.Facts.Cancelled || s.Now.Sub(s.lately(since)) >= s.Deadline
}
