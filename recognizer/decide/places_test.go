package decide_test

import (
	"math"
	"testing"

	"hakbeon/recognizer/decide"
	"hakbeon/recognizer/read"
)

// TestLooksAreNoPrior looks at one of two places once and nine times: a place that was
// looked at more often isn't likelier for that.
func TestLooksAreNoPrior(t *testing.T) {
	ro := students(t, "32141837", "32157264", "32169902")
	one, other := written(0, 0.98, spaced("32141837")), written(1, 0.98, spaced("32157264"))
	once := decide.Decide(page(one, other), ro, decide.DefaultParams())
	lines := []read.Line{one}
	for range 9 {
		lines = append(lines, other)
	}
	often := decide.Decide(page(lines...), ro, decide.DefaultParams())
	for i, c := range once.Candidates {
		if got := often.Candidates[i]; got.StudentID != c.StudentID || math.Abs(got.Confidence-c.Confidence) > 1e-9 {
			t.Errorf("looked at often: %+v, once: %+v", got, c)
		}
	}
}

// TestPriorsOfPlaces has an ID at each of two places, of which the finder takes one
// for the ID's field; where it doesn't know one, both count the same.
func TestPriorsOfPlaces(t *testing.T) {
	ro := students(t, "32141837", "32157264", "32169902")
	decided := func(first, second float64) decide.Decision {
		lines := []read.Line{written(0, 0.999999, spaced("32141837")), written(1, 0.999999, spaced("32157264"))}
		lines[0].Prior, lines[1].Prior = first, second
		return decide.Decide(page(lines...), ro, decide.DefaultParams())
	}
	if d := decided(0.1, 0.9); d.Candidates[0].StudentID != "32157264" || math.Abs(d.Confidence-0.9) > 0.02 || d.Line != 1 {
		t.Errorf("priors of 1 to 9: got %+v", d)
	}
	if d := decided(0.999, 0.001); d.StudentID != "32141837" {
		t.Errorf("priors of 999 to 1: got %+v, want the first place's student accepted", d)
	}
	for _, d := range []decide.Decision{decided(0, 0), decided(0, 0.001)} {
		if math.Abs(d.Confidence-0.5) > 0.01 || d.Reason != decide.Ambiguous {
			t.Errorf("no priors: got %+v", d)
		}
	}
}
