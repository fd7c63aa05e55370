package synth_test

import (
	"bytes"
	"fmt"
	"image/jpeg"
	"reflect"
	"regexp"
	"testing"

	"github.com/xuri/excelize/v2"

	"hakbeon/lab/synth"
)

func newExam(t testing.TB, seed uint64, s synth.ExamSpec) *synth.Exam {
	t.Helper()
	e, err := synth.NewExam(seed, s)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// count returns how many sheets of each kind there are.
func count(e *synth.Exam) map[synth.Kind]int {
	n := map[synth.Kind]int{}
	for _, s := range e.Sheets {
		n[s.Kind]++
	}
	return n
}

func TestNewExamCounts(t *testing.T) {
	tests := map[string]struct {
		spec           synth.ExamSpec
		roster, sheets int
		kinds          map[synth.Kind]int
	}{
		"default": {synth.ExamSpec{}, 30, 30, map[synth.Kind]int{synth.Normal: 30}},
		"absent":  {synth.ExamSpec{Roster: 20, Absent: 5}, 20, 15, map[synth.Kind]int{synth.Normal: 15}},
		"everything": {
			synth.ExamSpec{Roster: 50, Absent: 4, Strangers: 3, Duplicates: 2, Blanks: 5, Broken: 1}, 50, 51,
			map[synth.Kind]int{synth.Normal: 40, synth.Stranger: 3, synth.Duplicate: 2, synth.Blank: 5, synth.Broken: 1},
		},
		"so many sheets": {
			synth.ExamSpec{Roster: 50, Sheets: 12, Strangers: 2, Broken: 1}, 50, 12,
			map[synth.Kind]int{synth.Normal: 9, synth.Stranger: 2, synth.Broken: 1},
		},
		"nobody there": {synth.ExamSpec{Roster: 3, Absent: 3}, 3, 0, map[synth.Kind]int{}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			e := newExam(t, 11, test.spec)
			if len(e.Roster) != test.roster || len(e.Sheets) != test.sheets {
				t.Errorf("%d students and %d sheets, want %d and %d", len(e.Roster), len(e.Sheets), test.roster, test.sheets)
			}
			if got := count(e); !reflect.DeepEqual(got, test.kinds) {
				t.Errorf("kinds are %v, want %v", got, test.kinds)
			}
		})
	}
}

func TestNewExamRefuses(t *testing.T) {
	for name, spec := range map[string]synth.ExamSpec{
		"a negative number":         {Absent: -1},
		"more absent than students": {Roster: 3, Absent: 4},
		"more sheets than students": {Roster: 3, Sheets: 4},
		"fewer sheets than extras":  {Roster: 3, Sheets: 1, Strangers: 2},
		"more blanks than sheets":   {Roster: 3, Blanks: 2, Broken: 2},
		"nothing to duplicate":      {Roster: 1, Blanks: 1, Duplicates: 1},
		"too many people":           {Roster: 10_001},
	} {
		if _, err := synth.NewExam(1, spec); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestExamIsDeterministic(t *testing.T) {
	spec := synth.ExamSpec{Roster: 40, Strangers: 2, Duplicates: 2, Blanks: 2, NearNeighbours: true}
	if a, b := newExam(t, 3, spec), newExam(t, 3, spec); !reflect.DeepEqual(a, b) {
		t.Error("the same seed invents another exam")
	}
	if a, b := newExam(t, 3, spec), newExam(t, 4, spec); reflect.DeepEqual(a.Roster, b.Roster) {
		t.Error("another seed invents the same roster")
	}
}

func TestExamTruth(t *testing.T) {
	e := newExam(t, 5, synth.ExamSpec{Roster: 200, Absent: 9, Strangers: 6, Duplicates: 5, Blanks: 4, Broken: 3})
	form := regexp.MustCompile(`^32\d{6}$`)
	roster, written := map[string]bool{}, map[string]int{}
	for _, p := range e.Roster {
		if !form.MatchString(p.ID) || roster[p.ID] || p.Name == "" {
			t.Errorf("student %+v", p)
		}
		roster[p.ID] = true
	}
	for _, s := range e.Sheets {
		written[s.ID]++
	}
	for i, s := range e.Sheets {
		if want := fmt.Sprintf("%03d.jpg", i+1); s.File != want {
			t.Errorf("file %d is %s", i, s.File)
		}
		empty := s.Kind == synth.Blank || s.Kind == synth.Broken
		if (s.ID == "") != empty || roster[s.Author] == (s.Kind == synth.Stranger) {
			t.Errorf("sheet %+v", s)
		}
		if s.Kind == synth.Duplicate && written[s.ID] < 2 {
			t.Errorf("no other sheet has the ID of %+v", s)
		}
	}
}

func TestNearNeighbours(t *testing.T) {
	near := func(e *synth.Exam) (n int) {
		for i, p := range e.Roster {
			for j, q := range e.Roster {
				if i != j && differing(p.ID, q.ID) <= 2 {
					n++
					break
				}
			}
		}
		return n
	}
	if n := near(newExam(t, 7, synth.ExamSpec{Roster: 100, NearNeighbours: true})); n < 75 {
		t.Errorf("%d of 100 students have a near neighbour, want most", n)
	}
	if n := near(newExam(t, 7, synth.ExamSpec{Roster: 100})); n > 60 {
		t.Errorf("%d of 100 students have a near neighbour by chance", n)
	}
}

// differing returns in how many places two IDs differ.
func differing(a, b string) (n int) {
	for i := range a {
		if a[i] != b[i] {
			n++
		}
	}
	return n
}

func TestRosterXLSX(t *testing.T) {
	e := newExam(t, 2, synth.ExamSpec{Roster: 7})
	data, err := e.RosterXLSX()
	if err != nil {
		t.Fatal(err)
	}
	file, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := file.GetRows("Sheet1")
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 9 || rows[1][0] != "학번" || rows[1][1] != "이름" || rows[1][2] != "학과" {
		t.Fatalf("rows are %v", rows)
	}
	for i, p := range e.Roster {
		if got := rows[i+2]; got[0] != p.ID || got[1] != p.Name {
			t.Errorf("row %d is %v, want %v", i+3, got, p)
		}
	}
}

func TestExamFiles(t *testing.T) {
	e := newExam(t, 6, synth.ExamSpec{Roster: 3, Broken: 1, Blanks: 1, DPI: 110})
	for i, sheet := range e.Sheets {
		spec := e.Spec(i)
		if spec.ID != sheet.ID || spec.Title != e.Title || spec.Blank != (sheet.Kind == synth.Blank) {
			t.Errorf("sheet %+v is drawn from %+v", sheet, spec)
		}
		if spec.Pose.Skew < -1 || spec.Pose.Skew > 1 {
			t.Errorf("skew of %g degrees", spec.Pose.Skew)
		}
		file, err := e.File(load(t), i)
		if err != nil {
			t.Fatal(err)
		}
		_, err = jpeg.Decode(bytes.NewReader(file))
		if broken := sheet.Kind == synth.Broken; (err != nil) != broken {
			t.Errorf("%s sheet: decoding says %v", sheet.Kind, err)
		}
	}
}
