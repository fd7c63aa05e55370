package decide_test

import (
	"errors"
	"reflect"
	"testing"

	"hakbeon/recognizer/decide"
	"hakbeon/recognizer/read"
)

// TestKeptScores decides a batch from scores that were written and read back: to the last
// bit as from the readings, whichever sheets are of which kind.
func TestKeptScores(t *testing.T) {
	readings, ro := largeExam(t, 60)
	readings[2] = heard(readings[2], ro.Students[2].ID, measured())
	want := decide.Solve(readings, ro, decide.DefaultParams())
	scorer := decide.NewScorer(ro, decide.DefaultParams())
	again := decide.NewScorer(ro, decide.DefaultParams())
	all := make([]*decide.Scores, len(readings))
	bytes, kept := 0, 0
	for i, rd := range readings {
		of := scorer.Sheet(rd)
		if got, want := scorer.Decide(of), decide.Decide(rd, ro, decide.DefaultParams()); !reflect.DeepEqual(got, want) {
			t.Fatalf("sheet %d alone: got %+v, want %+v", i, got, want)
		}
		data := scorer.Marshal(of)
		if (data == nil) != (i == 2) {
			t.Fatalf("sheet %d: %d bytes", i, len(data))
		}
		if all[i] = again.Sheet(rd); data == nil {
			continue
		}
		var err error
		if all[i], err = again.Unmarshal(data); err != nil {
			t.Fatalf("sheet %d: %v", i, err)
		}
		bytes, kept = bytes+len(data), kept+1
	}
	t.Logf("%d bytes a sheet", bytes/kept)
	if got := again.Together(all).Solve(decide.DefaultParams()); !reflect.DeepEqual(got, want) {
		t.Errorf("from kept scores: got %+v, want %+v", got, want)
	}
}

func TestOtherScores(t *testing.T) {
	readings, ro := largeExam(t, 8)
	scorer := decide.NewScorer(ro, decide.DefaultParams())
	data := scorer.Marshal(scorer.Sheet(readings[0]))
	careful := decide.DefaultParams()
	careful.Skip *= 2
	_, other := largeExam(t, 9)
	for name, s := range map[string]*decide.Scorer{
		"another roster": decide.NewScorer(other, decide.DefaultParams()), "none": decide.NewScorer(nil, decide.DefaultParams()),
		"other parameters": decide.NewScorer(ro, careful),
	} {
		if _, err := s.Unmarshal(data); !errors.Is(err, decide.ErrScores) {
			t.Errorf("%s: got %v, want ErrScores", name, err)
		}
	}
	for n := range len(data) {
		if _, err := scorer.Unmarshal(data[:n]); !errors.Is(err, decide.ErrScores) {
			t.Fatalf("cut off after %d bytes: got %v, want ErrScores", n, err)
		}
	}
	if _, err := scorer.Unmarshal(append(data, 0)); !errors.Is(err, decide.ErrScores) {
		t.Errorf("a byte more: got %v, want ErrScores", err)
	}
}

// FuzzScores takes any bytes: what is not scores is an error, and never a panic.
func FuzzScores(f *testing.F) {
	readings, ro := largeExam(f, 12)
	scorer := decide.NewScorer(ro, decide.DefaultParams())
	for _, rd := range []*read.Reading{readings[0], readings[3], nil} {
		f.Add(scorer.Marshal(scorer.Sheet(rd)))
	}
	f.Fuzz(func(_ *testing.T, data []byte) {
		if of, err := scorer.Unmarshal(data); err == nil {
			scorer.Decide(of)
		}
	})
}
