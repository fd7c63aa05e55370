// Package decidetest checks decisions in tests.
package decidetest

import (
	"math"
	"testing"

	"hakbeon/recognizer/decide"
)

// Sound checks what holds for every decision.
func Sound(tb testing.TB, d decide.Decision) {
	tb.Helper()
	if (d.Status == decide.Matched) != (d.StudentID != "") || (d.Reason == decide.Success) != (d.StudentID != "") {
		tb.Errorf("status %s, reason %s and student %q contradict each other", d.Status, d.Reason, d.StudentID)
	}
	if d.Candidates == nil || len(d.Candidates) > 5 {
		tb.Errorf("%d candidates, want 0 to 5 and never nil", len(d.Candidates))
	}
	sum, last := 0.0, math.Inf(1)
	for _, c := range d.Candidates {
		if c.Confidence > last || !(c.Confidence >= 0) {
			tb.Errorf("candidates are not sorted: %v", d.Candidates)
		}
		sum, last = sum+c.Confidence, c.Confidence
	}
	if sum > 1+1e-9 || !(d.Confidence >= 0 && d.Confidence <= 1) {
		tb.Errorf("confidence %g, candidates' sum %g, want probabilities", d.Confidence, sum)
	}
	if len(d.Candidates) > 0 && d.Confidence != d.Candidates[0].Confidence {
		tb.Errorf("confidence %g is not the first candidate's %g", d.Confidence, d.Candidates[0].Confidence)
	}
}
