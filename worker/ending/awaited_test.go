package ending_test

import (
	"slices"
	"testing"
	"time"

	"hakbeon/exam"
	"hakbeon/s3store/layout"
	"hakbeon/worker/archive"
	"hakbeon/worker/ending"
)

// Only what came by HTTP, of an open batch of which nothing more is waited for, is named.
func TestUnserved(t *testing.T) {
	b := layout.Batch{ExamCode: "e", BatchID: "b"}
	now := time.Now()
	places := []archive.Place{
		{ID: "1", Key: b.ScansOf() + "d/1.jpg", Page: 1}, {ID: "2", Key: b.ScansOf() + "d/2.jpg", Page: 1},
		{ID: "3", Key: "uploads/e/3.jpg", Page: 1}, {ID: "4", Key: b.ScansOf() + "d/4.pdf", Page: 2},
	}
	for name, tt := range map[string]struct {
		change func(*ending.State)
		want   []string
	}{
		"closed":     {func(s *ending.State) { s.Facts.Closed = true }, []string{b.ScansOf() + "d/2.jpg"}},
		"idle":       {func(s *ending.State) { s.Now = now.Add(time.Hour) }, []string{b.ScansOf() + "d/2.jpg"}},
		"still open": {func(*ending.State) {}, nil},
		"a glance":   {func(s *ending.State) { s.Facts.Closed, s.Glance = true, true }, nil},
		"not open":   {func(s *ending.State) { s.Facts.Closed, s.Job.Open = true, false }, nil},
	} {
		s := ending.State{
			Job: exam.Job{ExamCode: "e", BatchID: "b", Open: true, CreatedAt: now}, Facts: archive.NewFacts(b), Sheets: places, Now: now, Idle: time.Minute, Deadline: 6 * time.Hour,
		}
		s.Facts.Sheets["1"] = true
		tt.change(&s)
		if got := s.Unserved(); !slices.Equal(got, tt.want) {
			t.Errorf("%s: got %q, want %q", name, got, tt.want)
		}
	}
}
