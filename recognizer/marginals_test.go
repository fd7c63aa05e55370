package recognizer_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"hakbeon/recognizer"
)

// TestSolveAgainstAllAssignments compares the message passing with the sum over
// every way of giving a few sheets to a few students, many of which are alike. It
// may be less sure, because it takes the least of all rounds, but hardly surer.
func TestSolveAgainstAllAssignments(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	ids := []string{"3214", "3217", "3297", "3294"}
	ro := students(t, ids...)
	for round := range 300 {
		t.Run(fmt.Sprint(round), func(t *testing.T) {
			var sheets []*recognizer.Reading
			for range 1 + rng.IntN(4) {
				sheets = append(sheets, page(unsure(rng, ids[rng.IntN(len(ids))])))
			}
			exact := assignments(sheets, ids, t)
			for i, d := range recognizer.Solve(sheets, ro, recognizer.DefaultParams()).Decisions {
				if d.Reason == recognizer.DuplicateStudent {
					continue // its candidates are the sheet's own
				}
				for _, c := range d.Candidates {
					want := exact[i][c.StudentID]
					if c.Confidence > want+0.06 {
						t.Errorf("sheet %d: %s has %.4f, over all assignments %.4f", i, c.StudentID, c.Confidence, want)
					}
					if d.StudentID == c.StudentID && want < 0.995 {
						t.Errorf("sheet %d: %s is accepted, over all assignments it has %.4f", i, c.StudentID, want)
					}
				}
			}
		})
	}
}

// unsure is a line that says an ID, each digit more or less clearly.
func unsure(rng *rand.Rand, id string) recognizer.Line {
	var columns [][recognizer.Classes]float64
	for _, c := range id {
		var digit, gap [recognizer.Classes]float64
		sure := 1 - math.Pow(10, -4*rng.Float64())
		for i := range digit {
			digit[i], gap[i] = (1-sure)/11, 1e-6
		}
		digit[1+c-'0'], gap[0] = sure, 1
		columns = append(columns, gap, digit)
	}
	return recognizer.NewLine(page(written(0, 1, "1234")).Lines[0].Box, 0, columns)
}

// assignments sums over all ways of giving each sheet one student or none, and
// each student one sheet at most, weighed by what each sheet says alone.
func assignments(sheets []*recognizer.Reading, ids []string, t *testing.T) []map[string]float64 {
	var weights []map[string]float64
	for _, rd := range sheets {
		w := map[string]float64{"": 1}
		for _, c := range recognizer.Decide(rd, students(t, ids...), recognizer.DefaultParams()).Candidates {
			w[c.StudentID] = c.Confidence
			w[""] -= c.Confidence
		}
		w[""] = max(w[""], 1e-9)
		weights = append(weights, w)
	}
	out := make([]map[string]float64, len(sheets))
	for i := range out {
		out[i] = make(map[string]float64)
	}
	total := 0.0
	chosen := make([]string, len(sheets))
	var try func(i int, weight float64)
	try = func(i int, weight float64) {
		if i == len(sheets) {
			total += weight
			for s, id := range chosen {
				out[s][id] += weight
			}
			return
		}
		for id, w := range weights[i] {
			if id != "" && contains(chosen[:i], id) {
				continue
			}
			chosen[i] = id
			try(i+1, weight*w)
		}
	}
	try(0, 1)
	for _, m := range out {
		for id := range m {
			m[id] /= total
		}
	}
	return out
}

func contains(list []string, id string) bool {
	for _, s := range list {
		if s == id {
			return true
		}
	}
	return false
}
