package decide_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"hakbeon/recognizer/decide"
	"hakbeon/recognizer/read"
)

func TestSolve(t *testing.T) {
	const a, b, c, d = "32141837", "32157264", "32169902", "32141807"
	torn := page(written(0, 0.999999, "3_2_1_4_1_8_#_7")) // a or d
	tests := []struct {
		name    string
		sheets  []*read.Reading
		reasons []decide.Reason
		ids     []string
	}{
		{"nothing", nil, nil, nil},
		{"each their own", []*read.Reading{sheet(a), sheet(b)},
			[]decide.Reason{"success", "success"}, []string{a, b}},
		{"two sheets of one student", []*read.Reading{sheet(a), page(written(0, 0.999998, spaced(a))), sheet(b)},
			[]decide.Reason{"duplicate_student", "duplicate_student", "success"}, []string{"", "", b}},
		{"one sheet scanned twice", []*read.Reading{sheet(a), sheet(a)},
			[]decide.Reason{"duplicate_student", "duplicate_student"}, []string{"", ""}},
		{"another sheet settles nothing", []*read.Reading{torn, sheet(d)},
			[]decide.Reason{"low_confidence", "success"}, []string{"", d}},
		{"three sheets for two places", []*read.Reading{torn, sheet(d), sheet(a)},
			[]decide.Reason{"duplicate_student", "success", "success"}, []string{"", d, a}},
		{"a stranger and empty places", []*read.Reading{sheet("32263045"), sheet(a), sheet(b), sheet(c)},
			[]decide.Reason{"not_on_roster", "success", "success", "success"}, []string{"", a, b, c}},
		{"sheets that could not be read", []*read.Reading{nil, sheet(a), page()},
			[]decide.Reason{"no_id_found", "success", "no_id_found"}, []string{"", a, ""}},
	}
	ro := students(t, a, b, c, d)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := decide.Solve(tt.sheets, ro, decide.DefaultParams()).Decisions
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
	var sheets []*read.Reading
	for i := range 40 {
		sure := 0.3 + 0.7*rng.Float64()
		sheets = append(sheets, page(written(0, sure, spaced(ids[i%25])), written(1, 0.5, "#_1_4_0_#")))
	}
	sheets = append(sheets, nil, page(), sheets[3], sheets[3], sheets[7], sheet("32149999"), sheet("32149999"))
	ro := students(t, ids...)
	want := decide.Solve(sheets, ro, decide.DefaultParams()).Decisions
	for range 5 {
		order := rng.Perm(len(sheets))
		mixed := make([]*read.Reading, len(sheets))
		for to, from := range order {
			mixed[to] = sheets[from]
		}
		for to, got := range decide.Solve(mixed, ro, decide.DefaultParams()).Decisions {
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
		var sheets []*read.Reading
		for range 15 {
			sheets = append(sheets, page(written(0, 0.5+0.5*rng.Float64(), spaced(ids[rng.IntN(len(ids))]))))
		}
		taken := make(map[string]bool)
		for i, d := range decide.Solve(sheets, students(t, ids...), decide.DefaultParams()).Decisions {
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
	alone := decide.Decide(odd, ro, decide.DefaultParams())
	batch := decide.Solve([]*read.Reading{odd, sheet("32157264"), sheet("32169902")}, ro, decide.DefaultParams()).Decisions
	if batch[0].Status == decide.Matched && alone.Status != decide.Matched {
		t.Errorf("alone %+v, in a batch with one empty place %+v", alone, batch[0])
	}
}

// TestSolveAcceptsOnlyTheSheetsOwnBest checks on random batches full of
// neighbours that nobody is accepted who isn't likeliest on the sheet alone.
func TestSolveAcceptsOnlyTheSheetsOwnBest(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	ids := []string{"3214", "3217", "3297", "3294", "3814"}
	ro := students(t, ids...)
	raised := 0
	for range 300 {
		var sheets []*read.Reading
		for range 1 + rng.IntN(6) {
			sheets = append(sheets, page(unsure(rng, ids[rng.IntN(len(ids))])))
		}
		p := decide.Params{Accept: []float64{0.999, 0.9, 0.5}[rng.IntN(3)]}
		for i, d := range decide.Solve(sheets, ro, p, ids[:rng.IntN(3)]...).Decisions {
			checkSound(t, d)
			alone := decide.Decide(sheets[i], ro, p)
			if d.StudentID == "" {
				continue
			}
			if d.StudentID != alone.Candidates[0].StudentID {
				t.Errorf("alone %+v, in the batch %+v", alone, d)
			}
			if alone.StudentID == "" {
				raised++
			}
		}
	}
	if raised == 0 {
		t.Error("no batch made a student surer")
	}
}

// unsure is a line that says an ID, each digit more or less clearly.
func unsure(rng *rand.Rand, id string) read.Line {
	var columns [][read.Classes]float64
	for _, c := range id {
		var digit, gap [read.Classes]float64
		sure := 1 - math.Pow(10, -4*rng.Float64())
		for i := range digit {
			digit[i], gap[i] = (1-sure)/11, 1e-6
		}
		digit[1+c-'0'], gap[0] = sure, 1
		columns = append(columns, gap, digit)
	}
	return read.NewLine(page(written(0, 1, "1234")).Lines[0].Box, 0, columns)
}

// TestOneSheetIsDecidedAlone checks that a batch of one changes nothing, but that its
// roster may be another exam's.
func TestOneSheetIsDecidedAlone(t *testing.T) {
	ro := students(t, crowd(30, "32149637", "32149638")...)
	for _, share := range []float64{0.5, 0.7, 0.99, 1} {
		rd := split("32149637", "32149638", share)
		got := decide.Solve([]*read.Reading{rd}, ro, decide.DefaultParams()).Decisions[0]
		want := decide.Decide(rd, ro, decide.DefaultParams())
		if got.StudentID != want.StudentID || got.Reason != want.Reason || math.Abs(got.Confidence-want.Confidence) > 1e-5 {
			t.Errorf("at %g: in a batch of one %+v, alone %+v", share, got, want)
		}
	}
}

// TestSolveKeepsEmptyPlacesEmpty hands in a whole exam but for one student, and
// one more sheet that is near to the absentee.
func TestSolveKeepsEmptyPlacesEmpty(t *testing.T) {
	const absent = "32149638"
	all := crowd(40, absent)
	ro := students(t, all...)
	var exam []*read.Reading
	for _, id := range all[1:] {
		exam = append(exam, sheet(id))
	}
	tests := []struct {
		name string
		odd  *read.Reading
	}{
		{"a stranger one digit off", sheet("32149637")},
		{"a stranger one digit off, not quite clear", split("32149637", absent, 0.9)},
		{"a stranger, the first digit", sheet("82149638")},
		{"a second sheet of a student", page(written(0, 0.999998, spaced(all[5])))},
		{"a second sheet of a student two digits off", split(all[7], absent, 0.97)},
		{"a digit that can't be read", page(written(0, 0.999999, "3_2_1_4_9_6_3_#"))},
		{"no ID", page(written(0, 0.99, "##_#"))},
	}
	for _, tt := range tests {
		for _, p := range []decide.Params{{}, {Stranger: 0.01}} {
			got := decide.Solve(append(slices.Clip(exam), tt.odd), ro, p)
			if d := got.Decisions[len(exam)]; d.Status == decide.Matched {
				t.Errorf("%s, stranger %g: got %+v", tt.name, p.Stranger, d)
			}
			accepted := 0
			for i, d := range got.Decisions[:len(exam)] {
				if d.StudentID != "" && d.StudentID != all[i+1] {
					t.Errorf("%s: sheet %d was given to %s", tt.name, i, d.StudentID)
				}
				if d.StudentID != "" {
					accepted++
				}
			}
			if accepted < len(exam)-3 {
				t.Errorf("%s: only %d of %d sheets were accepted", tt.name, accepted, len(exam))
			}
		}
	}
}

// TestSolveLearnsHowManyStrangersThereAre compares a sheet's confidence in a
// clean batch with that among strangers.
func TestSolveLearnsHowManyStrangersThereAre(t *testing.T) {
	all := crowd(80, "32149638")
	ro := students(t, all...)
	odd := split("32149638", "32149637", 0.9)
	clean, foul := []*read.Reading{odd}, []*read.Reading{odd}
	for i := 1; i < 80; i++ {
		clean = append(clean, sheet(all[i]))
		if i%3 > 0 {
			foul = append(foul, sheet(all[i]))
		} else {
			near := []byte(all[i]) // of an absent student, with one digit changed
			near[5] = '0' + (near[5]-'0'+5)%10
			foul = append(foul, sheet(string(near)))
		}
	}
	alone := decide.Decide(odd, ro, decide.Params{}).Confidence
	a, b := decide.Solve(clean, ro, decide.Params{}), decide.Solve(foul, ro, decide.Params{})
	if !(a.StrangerShare < 0.075 && a.StrangerShare > 0.005) || !(b.StrangerShare > 0.1 && b.StrangerShare < 0.4) {
		t.Errorf("shares of strangers %g and %g, want about 0.01 and 0.3", a.StrangerShare, b.StrangerShare)
	}
	if !(a.Decisions[0].Confidence > alone && alone > b.Decisions[0].Confidence) {
		t.Errorf("confidence %g in a clean batch, %g alone, %g among strangers", a.Decisions[0].Confidence, alone, b.Decisions[0].Confidence)
	}
	if a.RosterMismatch || b.RosterMismatch {
		t.Error("these batches fit the roster")
	}
}

// TestIllegibleSheetsAreNoStrangers adds sheets that show digits which can't be read to
// an exam: they make nobody a stranger, and the roster stays the exam's.
func TestIllegibleSheetsAreNoStrangers(t *testing.T) {
	roster := crowd(60)
	var sheets []*read.Reading
	for i := range 10 {
		sheets = append(sheets, sheet(roster[i]))
	}
	before := decide.Solve(sheets, students(t, roster...), decide.DefaultParams())
	for i := range 30 {
		faint := page(written(0, 0.82, spaced(fmt.Sprintf("%08d", 10_000_019*(i+1)%100_000_000))))
		sheets = append(sheets, faint)
	}
	after := decide.Solve(sheets, students(t, roster...), decide.DefaultParams())
	if after.RosterMismatch {
		t.Error("the roster is said to be another exam's")
	}
	if after.StrangerShare > before.StrangerShare+0.01 {
		t.Errorf("%.3f are said to be strangers', %.3f without what can't be read", after.StrangerShare, before.StrangerShare)
	}
	for i := range 10 {
		if d := after.Decisions[i]; d.StudentID != roster[i] {
			t.Errorf("sheet %d: got %+v", i, d)
		}
	}
}

// TestMisreadDigitsAreNoStrangers adds sheets of students with one digit that was probably
// misread, and sheets without an ID: neither makes strangers more frequent, as plain
// near strangers do, and a doubtful sheet of the exam is as doubtful as without.
func TestMisreadDigitsAreNoStrangers(t *testing.T) {
	roster := crowd(80)
	batch := func(sure float64, blank int) decide.Solution {
		sheets := []*read.Reading{split(roster[0], changed(roster[0], 3), 0.9)}
		for i := range 20 {
			sheets = append(sheets, sheet(roster[1+i]))
		}
		for i := range 10 {
			sheets = append(sheets, page(written(0, sure, spaced(changed(roster[40+i], i%5)))))
		}
		for range blank {
			sheets = append(sheets, page(written(0, 0.9, "_#_#_#_")))
		}
		return decide.Solve(sheets, students(t, roster...), decide.DefaultParams())
	}
	plain, misread, blank := batch(0.9999, 0), batch(0.93, 0), batch(0.93, 40)
	if plain.StrangerShare < 0.2 || misread.StrangerShare > 0.1 {
		t.Errorf("%.3f are strangers' where digits are plain, %.3f where they may be misread", plain.StrangerShare, misread.StrangerShare)
	}
	if a, b := misread.Decisions[0].Confidence, blank.Decisions[0].Confidence; math.Abs(a-b) > 1e-3 {
		t.Errorf("confidence %g, among sheets without an ID %g", a, b)
	}
}

// TestNothingToAccountFor adds sheets that neither a student nor a stranger explains, a
// line without columns and one without digits where every number is somebody's: they say
// nothing of the others.
func TestNothingToAccountFor(t *testing.T) {
	var every []string
	for i := range 100 {
		every = append(every, fmt.Sprintf("%02d", i))
	}
	for name, odd := range map[string]*read.Reading{
		"no columns": page(written(0, 0.9, "")), "no digits": page(written(0, 0.9, "_#_#_")),
	} {
		got := decide.Solve([]*read.Reading{page(written(0, 0.9999, spaced(every[17]))), odd}, students(t, every...), decide.DefaultParams())
		if math.IsNaN(got.StrangerShare) || got.Decisions[0].Candidates[0].StudentID != every[17] || math.IsNaN(got.Decisions[0].Confidence) || got.Decisions[0].Confidence < 0.9 {
			t.Errorf("%s: %g are strangers', and beside it %+v", name, got.StrangerShare, got.Decisions[0])
		}
	}
}

// changed is an ID with one of its digits changed.
func changed(id string, at int) string {
	d := []byte(id)
	d[at] = '0' + (d[at]-'0'+5)%10
	return string(d)
}

// TestRosterMismatch decides batches with another exam's roster.
func TestRosterMismatch(t *testing.T) {
	const clear = 0.999999
	roster := crowd(60)
	id := func(i int) string { return fmt.Sprintf("32%06d", 200_000+i*7919) }
	tests := []struct {
		name                  string
		strangers, fit, blank int
		sure                  float64 // of each digit
		taken                 []string
		want                  bool
	}{
		{"all strangers", 20, 0, 0, clear, nil, true},
		{"one fits by chance", 20, 1, 0, clear, nil, true},
		{"a quarter fits", 15, 5, 0, clear, nil, true},
		{"half fits", 10, 10, 0, clear, nil, false},
		{"half fits, none is clear", 10, 10, 0, 0.95, nil, false},
		{"most fit, none is clear", 20, 30, 0, 0.95, nil, false},
		{"none fits, none is clear", 20, 0, 0, 0.95, nil, true},
		{"few sheets", 4, 0, 0, clear, nil, false},
		{"five sheets", 5, 0, 0, clear, nil, true},
		{"mostly blank", 3, 1, 30, clear, nil, false},
		{"blank sheets say nothing", 8, 1, 30, clear, nil, true},
		{"persons placed the rest", 6, 0, 0, clear, roster[10:30], false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var sheets []*read.Reading
			for i := range tt.strangers {
				sheets = append(sheets, page(written(0, tt.sure, spaced(id(i)))))
			}
			for i := range tt.fit {
				sheets = append(sheets, page(written(0, tt.sure, spaced(roster[i]))))
			}
			for range tt.blank {
				sheets = append(sheets, page(), page(written(0, 0.999, "##_#")), nil)
			}
			got := decide.Solve(sheets, students(t, roster...), decide.DefaultParams(), tt.taken...)
			if got.RosterMismatch != tt.want {
				t.Errorf("mismatch %v, want %v", got.RosterMismatch, tt.want)
			}
			for i, d := range got.Decisions {
				checkSound(t, d)
				fits := i >= tt.strangers && i < tt.strangers+tt.fit
				if d.StudentID != "" && (!fits || tt.want) {
					t.Errorf("sheet %d: got %+v", i, d)
				}
			}
		})
	}
}

// TestScoredTriesOtherParams checks that scoring once and deciding with other
// priors gives what doing both at once gives.
func TestScoredTriesOtherParams(t *testing.T) {
	ids := crowd(40, "32149637", "32149638")
	ro := students(t, ids...)
	var sheets []*read.Reading
	for i := range 20 {
		sheets = append(sheets, split(ids[i], ids[i+1], 0.5+0.025*float64(i)))
	}
	scored := decide.Score(sheets, ro, decide.DefaultParams())
	for _, p := range []decide.Params{{}, {Stranger: 0.3}, {Duplicate: 0.1, Accept: 0.9}, {Verify: 0.01}, {Near: 0.9}} {
		for i, want := range decide.Solve(sheets, ro, p).Decisions {
			got := scored.Solve(p).Decisions[i]
			if got.StudentID != want.StudentID || math.Abs(got.Confidence-want.Confidence) > 1e-4 {
				t.Errorf("%+v: sheet %d: %+v, scored anew %+v", p, i, got, want)
			}
		}
	}
}
