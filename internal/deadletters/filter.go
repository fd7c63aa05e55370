package deadletters

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// Limits of a look, in messages.
const (
	DefaultLimit = 10_000
	MaxLimit     = 100_000
)

// Filter says which letters are meant. Its zero value means all.
type Filter struct {
	IDs          []string
	ExamCode     string
	BatchID      string
	Kind         string    // one of Kinds()
	Since, Until time.Time // when it was put on the dead-letter queue
	// Limit bounds the messages that are looked at. Defaults to DefaultLimit.
	Limit int
	// Bodies asks for the bodies too.
	Bodies bool
}

// Check says what is wrong with the filter.
func (f Filter) Check() error {
	switch {
	case f.Kind != "" && !slices.Contains(Kinds(), f.Kind):
		return fmt.Errorf("kind %q is not one of %v", f.Kind, Kinds())
	case f.Limit < 0 || f.Limit > MaxLimit:
		return fmt.Errorf("the limit should be 1 to %d", MaxLimit)
	case !f.Since.IsZero() && !f.Until.IsZero() && f.Until.Before(f.Since):
		return errors.New("until lies before since")
	}
	return nil
}

// Narrow reports whether the filter leaves anything out.
func (f Filter) Narrow() bool {
	return len(f.IDs) > 0 || f.ExamCode != "" || f.BatchID != "" || f.Kind != "" || !f.Since.IsZero() || !f.Until.IsZero()
}

func (f Filter) limit() int {
	if f.Limit == 0 {
		return DefaultLimit
	}
	return f.Limit
}

// matcher tells which letters are meant.
func (f Filter) matcher() func(*Letter) bool {
	ids := make(map[string]bool, len(f.IDs))
	for _, id := range f.IDs {
		ids[id] = true
	}
	return func(l *Letter) bool {
		switch {
		case len(ids) > 0 && !ids[l.ID],
			f.ExamCode != "" && l.ExamCode != f.ExamCode,
			f.BatchID != "" && l.BatchID != f.BatchID,
			f.Kind != "" && l.Kind != f.Kind:
			return false
		}
		return within(l.At, f.Since, f.Until)
	}
}

func within(at, since, until time.Time) bool {
	return (since.IsZero() || !at.Before(since)) && (until.IsZero() || at.Before(until))
}
