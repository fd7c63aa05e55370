package decide_test

import (
	"fmt"
	"testing"

	"hakbeon/recognizer/decide"
	"hakbeon/recognizer/read"
	"hakbeon/recognizer/roster"
)

// attended is a roster of n students of whom every tenth, the last of each ten, is marked
// as absent, and clear sheets of the others.
func attended(n int) ([]*read.Reading, *roster.Roster) {
	ro := &roster.Roster{}
	var readings []*read.Reading
	for i := range n {
		s := roster.Student{ID: fmt.Sprintf("%08d", 31000000+i*7919), Absent: i%10 == 9}
		ro.Students = append(ro.Students, s)
		if !s.Absent {
			readings = append(readings, page(line(0, 0.9999, s.ID)))
		}
	}
	return readings, ro
}

func TestAbsentStudentsSheetGoesToAPerson(t *testing.T) {
	readings, ro := attended(40)
	absent := ro.Students[9].ID
	readings = append(readings, page(line(0, 0.9999, absent)))
	s := decide.Solve(readings, ro, decide.DefaultParams())
	for i, d := range s.Decisions[:36] {
		checkSound(t, d)
		if d.Status != decide.Matched {
			t.Errorf("sheet %d, of a student who was there: got %+v", i, d)
		}
	}
	last := s.Decisions[36]
	if last.Reason != decide.MarkedAbsent || last.Candidates[0].StudentID != absent {
		t.Errorf("a sheet of a student who is marked absent: got %+v", last)
	}
	if s.AttendanceDisagrees {
		t.Error("one such sheet of 37 raises the alarm")
	}
	p := decide.DefaultParams()
	p.NoAttendance = true
	if d := decide.Solve(readings, ro, p).Decisions[36]; d.Status != decide.Matched {
		t.Errorf("with the marks left out: got %+v", d)
	}
	p = decide.DefaultParams()
	p.Accept = 0.01
	if d := decide.Solve(readings, ro, p).Decisions[36]; d.Status == decide.Matched {
		t.Errorf("at the lowest level: got %+v", d)
	}
}

// TestAttendanceSettles shows that whose number may be two students' is the one's who was
// there.
func TestAttendanceSettles(t *testing.T) {
	readings, ro := attended(40)
	was, wasNot := ro.Students[0].ID, ro.Students[0].ID[:7]+"9"
	ro.Students = append(ro.Students, roster.Student{ID: wasNot})
	readings[0] = page(line(0, 0.9999, was[:7], digit(rune(was[7]), '9', 0.5)))
	without := decide.Solve(readings, ro, decide.DefaultParams()).Decisions[0]
	ro.Students[40].Absent = true
	with := decide.Solve(readings, ro, decide.DefaultParams()).Decisions[0]
	if with.Candidates[0].StudentID != was || !(with.Confidence > without.Confidence) {
		t.Errorf("with the marks %+v, without %+v", with, without)
	}
}

// TestAttendanceOfAnotherDay leaves the marks out, and says so, where the absent hand in
// sheets as others do.
func TestAttendanceOfAnotherDay(t *testing.T) {
	readings, ro := attended(40)
	for i, s := range ro.Students {
		ro.Students[i].Absent = i%3 == 0
		if i%10 == 9 {
			readings = append(readings, page(line(0, 0.9999, s.ID)))
		}
	}
	s := decide.Solve(readings, ro, decide.DefaultParams())
	if !s.AttendanceDisagrees {
		t.Error("no alarm")
	}
	for i, d := range s.Decisions {
		if d.Status != decide.Matched {
			t.Errorf("sheet %d: got %+v", i, d)
		}
	}
}

// TestAttendanceByVerdict counts a sheet that a person gave to a student who is marked as
// absent as one of theirs: what was found out before a verdict stands after it.
func TestAttendanceByVerdict(t *testing.T) {
	readings, ro := attended(16)
	readings = readings[:0]
	for i := range ro.Students {
		ro.Students[i].Absent = i < 6
		readings = append(readings, page(line(0, 0.9999, ro.Students[i].ID)))
	}
	for _, tt := range []struct {
		name     string
		readings []*read.Reading
		taken    []string
		want     bool
	}{
		{"before", readings, nil, true},
		{"one sheet fewer", readings[1:], nil, false},
		{"one sheet given by a person", readings[1:], []string{ro.Students[0].ID}, true},
	} {
		if got := decide.Solve(tt.readings, ro, decide.DefaultParams(), tt.taken...).AttendanceDisagrees; got != tt.want {
			t.Errorf("%s: the marks disagree: %v, want %v", tt.name, got, tt.want)
		}
	}
}
