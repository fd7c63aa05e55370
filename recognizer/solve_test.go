package recognizer_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"

	"hakbeon/recognizer"
)

func TestSolve(t *testing.T) {
	const a, b, c, d = "32141837", "32157264", "32169902", "32141807"
	torn := page(written(0, 0.999999, "3_2_1_4_1_8_#_7")) // a or d
	tests := []struct {
		name    string
		sheets  []*recognizer.Reading
		reasons []recognizer.Reason
		ids     []string
	}{
		{"nothing", nil, nil, nil},
		{"each their own", []*recognizer.Reading{sheet(a), sheet(b)},
			[]recognizer.Reason{"success", "success"}, []string{a, b}},
		{"two sheets of one student", []*recognizer.Reading{sheet(a), page(written(0, 0.999998, spaced(a))), sheet(b)},
			[]recognizer.Reason{"duplicate_student", "duplicate_student", "success"}, []string{"", "", b}},
		{"one sheet scanned twice", []*recognizer.Reading{sheet(a), sheet(a)},
			[]recognizer.Reason{"duplicate_student", "duplicate_student"}, []string{"", ""}},
		{"another sheet settles nothing", []*recognizer.Reading{torn, sheet(d)},
			[]recognizer.Reason{"low_confidence", "success"}, []string{"", d}},
		{"three sheets for two places", []*recognizer.Reading{torn, sheet(d), sheet(a)},
			[]recognizer.Reason{"duplicate_student", "duplicate_student", "duplicate_student"}, []string{"", "", ""}},
		{"a stranger and empty places", []*recognizer.Reading{sheet("32263045"), sheet(a), sheet(b), sheet(c)},
			[]recognizer.Reason{"not_on_roster", "success", "success", "success"}, []string{"", a, b, c}},
		{"sheets that could not be read", []*recognizer.Reading{nil, sheet(a), page()},
			[]recognizer.Reason{"no_id_found", "success", "no_id_found"}, []string{"", a, ""}},
	}
	ro := students(t, a, b, c, d)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := recognizer.Solve(tt.sheets, ro, recognizer.DefaultParams()).Decisions
			if len(got) != len(tt.sheets) {
				t.Fatalf("%d decisions for %d sheets", len(got), len(tt.sheets))
			}
			for i, dec := range got {
				checkSound(t, dec)
				if dec.Reason != tt.reasons[i] || dec.StudentID != tt.ids[i] {
					t.Errorf("sheet %d: got %+v, want %s %q", i, dec, tt.reasons[i], tt.ids[i])
				}
			}
		})
	}
}

// TestSolveIgnoresOrder shuffles a muddled batch and expects the same bits for
// each sheet.
func TestSolveIgnoresOrder(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	var ids []string
	for i := range 30 {
		ids = append(ids, fmt.Sprintf("3214%04d", i*37))
	}
	var sheets []*recognizer.Reading
	for i := range 40 {
		sure := 0.3 + 0.7*rng.Float64()
		sheets = append(sheets, page(written(0, sure, spaced(ids[i%25])), written(1, 0.5, "#_1_4_0_#")))
	}
	sheets = append(sheets, nil, page())
	ro := students(t, ids...)
	want := recognizer.Solve(sheets, ro, recognizer.DefaultParams()).Decisions
	for range 5 {
		order := rng.Perm(len(sheets))
		mixed := make([]*recognizer.Reading, len(sheets))
		for to, from := range order {
			mixed[to] = sheets[from]
		}
		for to, got := range recognizer.Solve(mixed, ro, recognizer.DefaultParams()).Decisions {
			if from := order[to]; !reflect.DeepEqual(got, want[from]) {
				t.Fatalf("sheet %d: got %+v, in another order %+v", from, got, want[from])
			}
		}
	}
}

// TestSolveAcceptsNoStudentTwice checks the rule itself on random batches.
func TestSolveAcceptsNoStudentTwice(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for range 30 {
		var ids []string
		for range 12 {
			ids = append(ids, fmt.Sprintf("321%02d", rng.IntN(100)))
		}
		ids = distinct(ids)
		var sheets []*recognizer.Reading
		for range 15 {
			sheets = append(sheets, page(written(0, 0.5+0.5*rng.Float64(), spaced(ids[rng.IntN(len(ids))]))))
		}
		taken := make(map[string]bool)
		for i, d := range recognizer.Solve(sheets, students(t, ids...), recognizer.DefaultParams()).Decisions {
			checkSound(t, d)
			if d.StudentID != "" && taken[d.StudentID] {
				t.Fatalf("sheet %d: %s was accepted before", i, d.StudentID)
			}
			taken[d.StudentID] = true
		}
	}
}

func distinct(ids []string) []string {
	seen := make(map[string]bool)
	var out []string
	for _, id := range ids {
		if !seen[id] {
			seen[id] = true
			out = append(out, id)
		}
	}
	return out
}

// TestSolveNeverHelpsAgainstNoOne checks that the rule raises no student's odds
// against the sheet being no one's.
func TestSolveNeverHelpsAgainstNoOne(t *testing.T) {
	ro := students(t, "32141837", "32157264", "32169902")
	odd := page(written(0, 0.9, spaced("32141899")))
	alone := recognizer.Decide(odd, ro, recognizer.DefaultParams())
	batch := recognizer.Solve([]*recognizer.Reading{odd, sheet("32157264"), sheet("32169902")}, ro, recognizer.DefaultParams()).Decisions
	if batch[0].Status == recognizer.Matched && alone.Status != recognizer.Matched {
		t.Errorf("alone %+v, in a batch with one empty place %+v", alone, batch[0])
	}
}

// TestSolveRaisesNobody checks on random batches full of neighbours that no
// student is likelier in the batch than on the sheet alone, so that nobody is
// accepted whom the sheet alone doesn't name.
func TestSolveRaisesNobody(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	ids := []string{"3214", "3217", "3297", "3294", "3814"}
	ro := students(t, ids...)
	for range 200 {
		var sheets []*recognizer.Reading
		for range 1 + rng.IntN(6) {
			sheets = append(sheets, page(unsure(rng, ids[rng.IntN(len(ids))])))
		}
		for i, d := range recognizer.Solve(sheets, ro, recognizer.DefaultParams(), ids[:rng.IntN(3)]...).Decisions {
			checkSound(t, d)
			alone := recognizer.Decide(sheets[i], ro, recognizer.DefaultParams())
			own := make(map[string]float64)
			for _, c := range alone.Candidates {
				own[c.StudentID] = c.Confidence
			}
			for _, c := range d.Candidates {
				if c.Confidence > own[c.StudentID] {
					t.Errorf("%s has %g in the batch, %g alone", c.StudentID, c.Confidence, own[c.StudentID])
				}
			}
			if d.StudentID != "" && d.StudentID != alone.StudentID {
				t.Errorf("alone %+v, in the batch %+v", alone, d)
			}
		}
	}
}
