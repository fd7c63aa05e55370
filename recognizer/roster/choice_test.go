package roster_test

import (
	"fmt"
	"strings"
	"testing"

	"hakbeon/recognizer/roster"
)

// grid makes a .csv of a header and of rows that are drawn from columns.
func grid(header string, rows int, columns ...func(row int) string) []byte {
	var out strings.Builder
	out.WriteString(header + "\n")
	for i := range rows {
		var cells []string
		for _, column := range columns {
			cells = append(cells, column(i))
		}
		out.WriteString(strings.Join(cells, ",") + "\n")
	}
	return []byte(out.String())
}

func counting(from int) func(int) string {
	return func(i int) string { return fmt.Sprint(from + 37*i) }
}

func numbering(i int) string { return fmt.Sprint(i + 1) }

func same(s string) func(int) string { return func(int) string { return s } }

func name(i int) string { return fmt.Sprintf("학생 %d", i) }

// Which column holds the IDs is told by its header and by what stands in it.
func TestReadChoosesTheColumn(t *testing.T) {
	student := counting(32200000)
	tests := []struct {
		name, header string
		columns      []func(int) string
		doubt        string // what it must say; "" for none
	}{
		{"a teacher's number before", "개설학과,교번,담당교수,학번,성명", []func(int) string{same("수학과"), same("10234"), same("김"), student, name}, ""},
		{"a teacher's number and name before", "교번,이름,학번,성명", []func(int) string{same("10234"), same("김"), student, name}, ""},
		{"an LMS' number before", "학생ID,학번,성명", []func(int) string{counting(70001), student, name}, ""},
		{"an LMS' number behind", "학번,성명,학생ID", []func(int) string{student, name, counting(70001)}, ""},
		{"Canvas", "Student,ID,Student ID,SIS User ID,Section", []func(int) string{name, counting(5), counting(70001), student, same("1")}, ""},
		{"Student ID beside 학번", "Student ID,학번", []func(int) string{counting(70001), student}, ""},
		{"numbers of the rows under a sure header", "학번,학생ID,이름", []func(int) string{numbering, student, name}, "does not hold a different ID"},
		{"one value under a sure header", "학번,학생번호,이름", []func(int) string{same("1234"), student, name}, "does not hold a different ID"},
		{"two that could be", "Student ID,Student Number,Name", []func(int) string{student, counting(70001), name}, "could be the student IDs as well"},
		{"words under a sure header", "학번,Student ID", []func(int) string{same("미정"), student}, "does not hold a different ID"},
	}
	for _, tt := range tests {
		r, err := roster.Read(grid(tt.header, 30, tt.columns...), roster.Limits{})
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if len(r.Students) != 30 || r.Students[29].ID != student(29) {
			t.Errorf("%s: %d students, the last %+v", tt.name, len(r.Students), r.Students[len(r.Students)-1])
		}
		said := ""
		for _, d := range r.Doubts {
			said += d.EN
		}
		if (said == "") != (tt.doubt == "") || !strings.Contains(said, tt.doubt) {
			t.Errorf("%s: said %q, want %q", tt.name, said, tt.doubt)
		}
	}
}

// What the sheets say may choose another column: its roster is at hand.
func TestOthersAreTheRostersOfOtherColumns(t *testing.T) {
	r, err := roster.Read(grid("Student ID,Student Number,Name", 30, counting(70001), counting(32200000), name), roster.Limits{})
	must(t, err)
	if len(r.Others()) != 1 {
		t.Fatalf("%d others", len(r.Others()))
	}
	other := r.Others()[0]
	if got, want := other.Students[3], (roster.Student{ID: "32200111", Name: "학생 3"}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if len(other.Doubts) == 0 {
		t.Error("it doesn't say that it is not the first choice")
	}
}

func TestReadListsSideBySide(t *testing.T) {
	for _, tt := range []struct{ header, row string }{
		{"학번,이름,,학 번,이름,,학번(ID),이름", "%d,a,,%d,b,,%d,c"},
		{"학번,성명,학번,성명,학생번호,성명", "%d,a,%d,b,%d,c"},
		{"이름,학번,이름,학번(Student ID),Name,Student ID", "a,%d,b,%d,c,%d"},
	} {
		text := tt.header + "\n"
		for i := range 10 {
			text += fmt.Sprintf(tt.row, 32200000+i, 32210000+i, 32220000+i) + "\n"
		}
		r, err := roster.Read([]byte(text), roster.Limits{})
		must(t, err)
		if len(r.Students) != 30 || r.Students[2].ID != "32220000" || r.Students[2].Name != "c" || len(r.Skipped) > 0 {
			t.Errorf("%s: %d students, %+v, skipped %+v", tt.header, len(r.Students), r.Students[:3], r.Skipped)
		}
	}
}

func TestReadListsOfIDsAlone(t *testing.T) {
	text := "학번,학 번,학번(ID),학번 / Student ID\n"
	for i := range 10 {
		text += fmt.Sprintf("%d,%d,%d,%d\n", 32200000+i, 32210000+i, 32220000+i, 32230000+i)
	}
	r, err := roster.Read([]byte(text), roster.Limits{})
	must(t, err)
	if len(r.Students) != 40 {
		t.Errorf("%d students, want 40", len(r.Students))
	}
}

// Of an old and a new ID of each student one is taken, and it is said.
func TestReadTwoIDsOfAStudent(t *testing.T) {
	r, err := roster.Read(grid("학번(신),이름,학번(구)", 30, counting(32200000), name, counting(1200000)), roster.Limits{})
	must(t, err)
	if len(r.Students) != 30 || r.Students[0].ID != "32200000" || len(r.Doubts) != 1 || len(r.Others()) != 1 {
		t.Errorf("%d students, doubts %+v", len(r.Students), r.Doubts)
	}
}

// A list of teachers beside the students' is left out, and told.
func TestReadAListOfTeachers(t *testing.T) {
	r, err := roster.Read(workbook(t,
		sheet{"교수", [][]any{{"교번", "이름"}, {"10234", "김"}, {"10235", "이"}}},
		sheet{"01", [][]any{{"학번", "이름"}, {"32200001", "a"}, {"32200002", "b"}}},
		sheet{"02", [][]any{{"학생번호", "이름"}, {"32200003", "c"}}},
	), roster.Limits{})
	must(t, err)
	if got := strings.Join(ids(r), " "); got != "32200001 32200002 32200003" || len(r.Doubts) != 1 || !strings.Contains(r.Doubts[0].EN, "교수") {
		t.Errorf("got %q, doubts %+v", got, r.Doubts)
	}
}

// A cell of one list that holds no ID is told, though the list beside it goes on.
func TestReadTellsOfACellInOneOfTheLists(t *testing.T) {
	r, err := roster.Read([]byte("학번,이름,학번,이름\n1001,a,none,b\n1002,c,,\n"), roster.Limits{})
	must(t, err)
	if len(r.Students) != 2 || len(r.Skipped) != 1 || r.Skipped[0].Cell != "C2" || r.Skipped[0].Value != "none" {
		t.Errorf("got %+v, skipped %+v", r.Students, r.Skipped)
	}
}

// A word that counts students may stand as a remark in a student's row.
func TestReadTotalAsARemark(t *testing.T) {
	r, err := roster.Read([]byte("번호,학번,이름,비고\n1,32200001,a,\n2,32200002,b,총원\n3,32200003,c,\n총원,3,,\n,총 3명,,\n합계,,,3\n,45,총원,\n"), roster.Limits{})
	must(t, err)
	if got := strings.Join(ids(r), " "); got != "32200001 32200002 32200003" {
		t.Errorf("got %q", got)
	}
}

func TestReadSaysWhichIDsAreUnlikeTheOthers(t *testing.T) {
	r, err := roster.Read(grid("학번", 30, func(i int) string {
		if i == 6 {
			return "322000001"
		}
		return counting(32200000)(i)
	}), roster.Limits{})
	must(t, err)
	if len(r.Students) != 30 || len(r.Doubts) != 1 || !strings.Contains(r.Doubts[0].EN, "A8") || strings.Contains(r.Doubts[0].EN, "322000001") {
		t.Errorf("%d students, %+v", len(r.Students), r.Doubts)
	}
}
