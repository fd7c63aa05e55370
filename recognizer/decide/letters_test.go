package decide_test

import (
	"math/rand/v2"
	"testing"

	"hakbeon/recognizer/decide"
	"hakbeon/recognizer/read"
)

// TestLettersAreNotTold has two students whose IDs differ only in letters: their
// sheets go to a person, even where one of them is taken and little is asked.
func TestLettersAreNotTold(t *testing.T) {
	ro := students(t, "B911234", "C911234", "B954321")
	twin, own := page(written(0, 0.999999, "_#_9_1_1_2_3_4")), page(written(0, 0.999999, "_#_9_5_4_3_2_1"))
	for _, taken := range [][]string{nil, {"B911234"}, {"C911234"}} {
		got := decide.Solve([]*read.Reading{twin, own}, ro, decide.Params{Accept: 0.9}, taken...).Decisions
		if d := got[0]; d.Status == decide.Matched || len(d.Candidates) < 2 || d.Candidates[0].StudentID == "B954321" || d.Candidates[1].StudentID == "B954321" {
			t.Errorf("%v taken: got %+v, want a person to tell B911234 and C911234 apart", taken, d)
		}
		if got[1].StudentID != "B954321" {
			t.Errorf("%v taken: got %+v, want B954321", taken, got[1])
		}
	}
}

// TestAnyRoster decides batches with rosters of all IDs that are allowed.
func TestAnyRoster(t *testing.T) {
	const signs = "0123456789--ABCXYZabcxyz"
	rng := rand.New(rand.NewPCG(15, 16))
	sheets := []*read.Reading{nil, page(), page(written(0, 0.9, "")), sheet("32141837"), page(written(0, 0.5, "#1#_#23##_-_#9")), sheet("1")}
	for range 200 {
		ids := []string{"-", "0", "A", "--------------------------------"}
		for range rng.IntN(12) {
			id := make([]byte, 1+rng.IntN(32))
			for k := range id {
				id[k] = signs[rng.IntN(len(signs))]
			}
			ids = append(ids, string(id))
		}
		ro := students(t, distinct(ids)...)
		for _, p := range []decide.Params{{}, {Misread: 1e-12, Skip: 1e-12, Noise: 1e-12}, {Misread: 1, Skip: 1, Noise: 1, Stranger: 0.5}, {Accept: 1e-9}} {
			for _, d := range decide.Solve(sheets, ro, p, ids[0], "no one").Decisions {
				checkSound(t, d)
			}
			checkSound(t, decide.Decide(sheets[4], ro, p))
		}
	}
}
