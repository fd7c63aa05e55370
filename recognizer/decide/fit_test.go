package decide_test

import (
	"testing"

	"hakbeon/recognizer/decide"
)

// TestFit starts far off and expects a lower log loss and other parameters untouched.
func TestFit(t *testing.T) {
	c := newHall(1)
	b := decide.Labelled{Roster: students(t, c.ids...)}
	for _, id := range c.ids[:20] {
		b.Readings, b.Truth = append(b.Readings, c.reading(id)), append(b.Truth, id)
	}
	off := decide.DefaultParams()
	off.Verify, off.Skip = 0.5, 0.3
	before := decide.LogLoss(decide.Solve(b.Readings, b.Roster, off).Decisions, b.Truth)
	got, loss := decide.Fit([]decide.Labelled{b}, off)
	if loss >= before/2 || got.Verify >= off.Verify || got.Skip >= off.Skip {
		t.Errorf("log loss %g, before %g, with %+v", loss, before, got)
	}
	if got.Accept != off.Accept || got.Stranger != off.Stranger || got.Duplicate != off.Duplicate {
		t.Errorf("got %+v: expectation or policy was changed", got)
	}
	if again := decide.LogLoss(decide.Solve(b.Readings, b.Roster, got).Decisions, b.Truth); again != loss {
		t.Errorf("its parameters have the log loss %g, not %g", again, loss)
	}
}

func TestFitOnNothing(t *testing.T) {
	if got, loss := decide.Fit(nil, decide.Params{}); got != decide.DefaultParams() || loss != 0 {
		t.Errorf("got %+v, %g", got, loss)
	}
}

func TestLogLoss(t *testing.T) {
	d := decide.Decide(sheet("32141837"), students(t, "32141837", "32157264"), decide.Params{})
	if right, wrong := decide.LogLoss([]decide.Decision{d}, []string{"32141837"}), decide.LogLoss([]decide.Decision{d}, []string{"32157264"}); right > 0.001 || wrong < 6 {
		t.Errorf("right %g, wrong %g", right, wrong)
	}
	none := decide.Decide(nil, nil, decide.Params{})
	if loss := decide.LogLoss([]decide.Decision{none}, []string{""}); loss != 0 {
		t.Errorf("no ID, none found: %g", loss)
	}
}
