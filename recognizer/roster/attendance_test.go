package roster_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"hakbeon/recognizer/roster"
)

func TestAttendance(t *testing.T) {
	list := func(header string, marks ...any) []sheet {
		rows := [][]any{{"학번", "이름", header}}
		for i, m := range marks {
			rows = append(rows, []any{30000001 + i, "학생", m})
		}
		return []sheet{{"s", rows}}
	}
	tests := []struct {
		name   string
		sheets []sheet
		absent []int // rows, from 1
	}{
		{"words", list("출결", "출석", "결석", "지각", nil), []int{2}},
		{"words in English", list("Attendance", "Present", "ABSENT", "late"), []int{2}},
		{"circles and crosses", list("출석", "○", "×", "O", "X", "✓"), []int{2, 4}},
		{"the absent are marked", list("결시", nil, "O", nil, "√"), []int{2, 4}},
		{"the absent are marked by a word", list("결시 여부", nil, "결시", "-"), []int{2}},
		{"the absent are numbered", list("결시", 0, 1, 0), []int{2}},
		{"logical values", list("응시여부", true, false, true), []int{2}},
		{"nobody knows of an empty cell", list("출석", "O", nil, "O"), nil},
		{"points for attendance", list("출석", 10, 8, 0), nil},
		{"points of zero and one", list("출석", 1, 0, 1), nil},
		{"a remark among the marks", list("결시", nil, "O", "see the office"), nil},
		{"ticks where the header names both", list("응시/결시", "O", "X"), nil},
		{"words where the header names both", list("응시/결시", "응시", "결시"), []int{2}},
		{"a legend in the header", list("출결(O:출석, X:결석)", "O", "X"), nil},
		{"lessons that were missed", list("결석", 0, 1, 0), nil},
		{"marks of other alphabets", list("결시", "ㅇ", "１", "❌", "✅"), []int{1, 2, 4}},
		{"a mark that nobody knows", list("결시", "O", "△"), nil},
		{"an excuse", list("출결", "출석", "공결", "지"), []int{2}},
		{"a week's lesson", list("1주차 출석", "O", "X"), nil},
		{"the exam before the course", []sheet{{"s", [][]any{
			{"학번", "출석", "응시"}, {1, "X", "O"}, {2, "O", "X"}, {3, "O", "O"},
		}}}, []int{2}},
		{"points beside the exam's column", []sheet{{"s", [][]any{
			{"학번", "출석", "결시"}, {1, 10, nil}, {2, 7, "O"}, {3, 9, nil},
		}}}, []int{2}},
		{"nobody absent from the exam", []sheet{{"s", [][]any{
			{"학번", "출석", "결시"}, {1, "X", nil}, {2, "O", nil},
		}}}, nil},
		{"points before the marks", []sheet{{"s", [][]any{
			{"학번", "출석", "출결"}, {1, 10, "출석"}, {2, 7, "결석"},
		}}}, []int{2}},
		{"absent on the second page alone", []sheet{{"s", [][]any{
			{"학번", "결시"}, {1, nil}, {2, nil}, {"학번", "결시"}, {3, "O"}, {4, nil},
		}}}, []int{3}},
		{"a total below", []sheet{{"s", [][]any{
			{"학번", "이름", "결시"}, {1, "a", nil}, {2, "b", "O"}, {"합계", 2, 1},
		}}}, []int{2}},
		{"lists side by side, of which nobody can tell whose it is", []sheet{{"s", [][]any{
			{"학번", "이름", "결시", "학번", "이름", "결시"}, {1, "a", "O", 3, "c", nil}, {2, "b", nil, 4, "d", "O"},
		}}}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, err := roster.Read(workbook(t, tt.sheets...), roster.Limits{})
			must(t, err)
			snapshot, err := json.Marshal(r)
			must(t, err)
			again, err := roster.Decode(snapshot)
			must(t, err)
			for _, r := range []*roster.Roster{r, again} {
				var absent []int
				for _, s := range r.Students {
					if s.Absent {
						absent = append(absent, int(s.ID[len(s.ID)-1]-'0'))
					}
				}
				if !reflect.DeepEqual(absent, tt.absent) || r.Absent() != len(tt.absent) {
					t.Errorf("got %v absent, want %v", absent, tt.absent)
				}
			}
			told := false
			for _, d := range r.Doubts {
				told = told || strings.Contains(d.EN, "marked as absent") && strings.Contains(d.KO, "결시")
			}
			if told != (len(tt.absent) > 0) {
				t.Errorf("told: %v, with doubts %v", told, r.Doubts)
			}
		})
	}
}
