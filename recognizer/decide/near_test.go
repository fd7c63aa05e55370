package decide_test

import (
	"fmt"
	"slices"
	"testing"

	"hakbeon/recognizer/decide"
	"hakbeon/recognizer/read"
)

// split is a sheet whose digits are sharp, but for the places in doubt: there
// the digit of first has the share, the one in other the rest.
func split(first, other string, share float64) *read.Reading {
	columns := [][read.Classes]float64{almost(read.Classes-1, 1), almost(0, 1)}
	for i := range first {
		y := almost(int(1+first[i]-'0'), 1)
		if first[i] != other[i] {
			y = almost(int(1+first[i]-'0'), share)
			y[1+other[i]-'0'] += 1 - share
		}
		columns = append(columns, y, almost(0, 1))
	}
	return page(read.NewLine(written(0, 1, first).Box, 0, columns))
}

// almost is a column that gives one class its share, and little to the others.
func almost(class int, share float64) (y [read.Classes]float64) {
	for i := range y {
		y[i] = 1e-6
	}
	y[class] = share
	return y
}

// crowd is a roster of n students: those given, and others whose IDs begin with
// 3214 too.
func crowd(n int, more ...string) []string {
	ids := append([]string(nil), more...)
	for i := 0; len(ids) < n; i++ {
		ids = append(ids, fmt.Sprintf("3214%04d", 1+i*17))
	}
	return ids
}

// TestDecideRefusesContradictedDigits reads a stranger's ID that differs from a
// student's in digits of which the line model leaves the student's a chance.
func TestDecideRefusesContradictedDigits(t *testing.T) {
	const student = "32149638"
	tests := []struct {
		name   string
		read   string
		share  float64 // of what is read, the rest is the student's
		roster int
	}{
		{"30 students, one digit, hardly a chance", "32149637", 0.997, 30},
		{"150 students, one digit, a small chance", "32149637", 0.97, 150},
		{"500 students, one digit, a chance", "32149637", 0.9, 500},
		{"500 students, one digit, a good chance", "32149637", 0.8, 500},
		{"30 students, the first digit", "82149638", 0.8, 30},
		{"30 students, two digits", "32149617", 0.97, 30},
		{"150 students, two digits", "32141637", 0.9, 150},
		{"500 students, two digits", "32149617", 0.8, 500},
		{"one student", "32149637", 0.8, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			ro := students(t, crowd(tt.roster, student)...)
			rd := split(tt.read, student, tt.share)
			for _, accept := range []float64{0.999, 0.99} {
				d := decide.Decide(rd, ro, decide.Params{Accept: accept})
				checkSound(t, d)
				if d.Status == decide.Matched {
					t.Errorf("from %g: got %+v, but the reading says %s", accept, d, tt.read)
				}
			}
			for _, d := range decide.Solve([]*read.Reading{rd}, ro, decide.Params{}).Decisions {
				if d.Status == decide.Matched {
					t.Errorf("in a batch: got %+v, but the reading says %s", d, tt.read)
				}
			}
		})
	}
}

// TestUnreadDigitsAreNotFilledIn has a sheet of which one digit can't be read, for
// several ways not to read it, and one student whom all other digits fit. No level is so
// low that the roster may fill it in, and what is shown says so, too.
func TestUnreadDigitsAreNotFilledIn(t *testing.T) {
	const id = "32149638"
	even := almost(0, 1e-6)
	for d := range 10 {
		even[1+d] = 0.1
	}
	unread := map[string][][read.Classes]float64{
		"any digit":        {even},
		"something else":   {almost(read.Other, 1)},
		"nothing":          {almost(read.Blank, 1)},
		"a wide blot":      {almost(read.Other, 1), even, almost(read.Other, 1)},
		"any class at all": {{0.08, 0.08, 0.08, 0.08, 0.08, 0.08, 0.08, 0.08, 0.08, 0.08, 0.08, 0.12}},
	}
	for _, n := range []int{1, 30, 500} {
		ro := students(t, crowd(n, id)...)
		for name, there := range unread {
			var columns [][read.Classes]float64
			for i := range id {
				if i == 6 {
					columns = append(columns, there...)
				} else {
					columns = append(columns, almost(int(1+id[i]-'0'), 1))
				}
				columns = append(columns, almost(0, 1))
			}
			rd := page(read.NewLine(written(0, 1, id).Box, 0, columns))
			for _, accept := range []float64{0.99, 0.9, 0.5, 1e-9} {
				p := decide.Params{Accept: accept, Stranger: 1e-6}
				for _, d := range append(decide.Solve([]*read.Reading{rd}, ro, p).Decisions, decide.Decide(rd, ro, p)) {
					checkSound(t, d)
					if d.Status == decide.Matched {
						t.Errorf("%s, %d students, from %g: got %+v", name, n, accept, d)
					}
					if i := slices.IndexFunc(d.Digits, func(d decide.Digit) bool { return d.Doubtful }); name == "any digit" && i != 6 {
						t.Errorf("%s: digit %d is said to be in doubt: %+v", name, i, d.Digits)
					}
				}
			}
		}
	}
}

// TestDecideKeepsSupportedDigits checks that a rival that is less likely than the
// student's own digit costs nothing.
func TestDecideKeepsSupportedDigits(t *testing.T) {
	for _, share := range []float64{0.8, 0.97, 1} {
		ro := students(t, crowd(30, "32149638")...)
		d := decide.Decide(split("32149638", "32149637", share), ro, decide.DefaultParams())
		if d.StudentID != "32149638" {
			t.Errorf("the digit read at %g: got %+v, want it accepted", share, d)
		}
	}
}

// TestDecideWeighsNeighboursOffTheRoster checks the hypothesis itself: the more
// a changed digit explains, the less is left to the student, before the guard.
func TestDecideWeighsNeighboursOffTheRoster(t *testing.T) {
	ro, last := students(t, crowd(30, "32149638")...), 1.0
	for _, share := range []float64{0.5, 0.9, 0.99, 0.999, 0.9999} {
		d := decide.Decide(split("32149637", "32149638", share), ro, decide.DefaultParams())
		if d.Confidence >= last {
			t.Errorf("7 read at %g leaves the student %g, before %g", share, d.Confidence, last)
		}
		last = d.Confidence
	}
	if last > 0.5 {
		t.Errorf("7 read almost surely leaves the student %g", last)
	}
}

// TestSolvePushesNobodyOnANeighbour hands in one student's sheet twice, the
// second time in a hand that may say the next student too.
func TestSolvePushesNobodyOnANeighbour(t *testing.T) {
	const own, next = "32149637", "32149638"
	careful := decide.DefaultParams()
	careful.Accept = 0.999
	ro := students(t, crowd(30, own, next)...)
	torn := func(share float64) *read.Reading { return split(own, next, share) }
	tests := []struct {
		name    string
		sheets  []*read.Reading
		taken   []string
		reasons []decide.Reason
		ids     []string
	}{
		{"a clear sheet and an ambiguous one", []*read.Reading{sheet(own), torn(0.69)}, nil,
			[]decide.Reason{"success", "duplicate_student"}, []string{own, ""}},
		{"the ambiguous one leans to the neighbour", []*read.Reading{sheet(own), torn(0.31)}, nil,
			[]decide.Reason{"success", "ambiguous"}, []string{own, ""}},
		{"the ambiguous one leans to the neighbour clearly", []*read.Reading{sheet(own), torn(0.1)}, nil,
			[]decide.Reason{"success", "success"}, []string{own, next}},
		{"a clear second sheet", []*read.Reading{sheet(own), torn(0.9999)}, nil,
			[]decide.Reason{"duplicate_student", "duplicate_student"}, []string{"", ""}},
		{"two ambiguous sheets", []*read.Reading{torn(0.69), torn(0.6)}, nil,
			[]decide.Reason{"ambiguous", "duplicate_student"}, []string{"", ""}},
		{"a person gave it away, ambiguous", []*read.Reading{torn(0.69)}, []string{own},
			[]decide.Reason{"duplicate_student"}, []string{""}},
		{"a person gave it away, clear", []*read.Reading{sheet(own)}, []string{own},
			[]decide.Reason{"duplicate_student"}, []string{""}},
		{"a person gave it away, fairly clear", []*read.Reading{torn(0.986)}, []string{own, own, "nobody"},
			[]decide.Reason{"duplicate_student"}, []string{""}},
		{"a person gave the neighbour away", []*read.Reading{sheet(own), torn(0.69)}, []string{next},
			[]decide.Reason{"duplicate_student", "duplicate_student"}, []string{"", ""}},
		{"a person gave both away", []*read.Reading{torn(0.69)}, []string{next, own},
			[]decide.Reason{"duplicate_student"}, []string{""}},
		{"taken, and a sheet of another student", []*read.Reading{sheet(next)}, []string{own},
			[]decide.Reason{"success"}, []string{next}},
		{"taken, and a sheet without an ID", []*read.Reading{page(), nil}, []string{own},
			[]decide.Reason{"no_id_found", "no_id_found"}, []string{"", ""}},
		{"taken, and a stranger", []*read.Reading{sheet("71880265")}, []string{own},
			[]decide.Reason{"not_on_roster"}, []string{""}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for i, d := range decide.Solve(tt.sheets, ro, careful, tt.taken...).Decisions {
				checkSound(t, d)
				if d.Reason != tt.reasons[i] || d.StudentID != tt.ids[i] {
					t.Errorf("sheet %d: got %+v, want %s %q", i, d, tt.reasons[i], tt.ids[i])
				}
				if d.Reason == decide.DuplicateStudent && d.Candidates[0].StudentID != own {
					t.Errorf("sheet %d: a duplicate's candidates are %v, want %s first", i, d.Candidates, own)
				}
			}
		})
	}
}

// TestSolveAtALowLevel checks that a sheet whose student is taken goes to no one
// even where anybody would be accepted.
func TestSolveAtALowLevel(t *testing.T) {
	const own, next = "32149637", "32149638"
	ro := students(t, crowd(30, own, next)...)
	for _, accept := range []float64{0.01, 0.3, 0.5} {
		d := decide.Solve([]*read.Reading{split(own, next, 0.55)}, ro, decide.Params{Accept: accept}, own).Decisions[0]
		if d.Status == decide.Matched || d.Reason != decide.DuplicateStudent {
			t.Errorf("accepting from %g: got %+v, want a duplicate", accept, d)
		}
	}
}
