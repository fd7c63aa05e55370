package roster_test

import (
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
		{"everybody absent", list("출석", "X", "X"), nil},
		{"a week's lesson", list("1주차 출석", "O", "X"), nil},
		{"the exam before the course", []sheet{{"s", [][]any{
			{"학번", "출석", "응시"}, {1, "X", "O"}, {2, "O", "X"}, {3, "O", "O"},
		}}}, []int{2}},
		{"points beside the exam's column", []sheet{{"s", [][]any{
			{"학번", "출석", "결시"}, {1, 10, nil}, {2, 7, "O"}, {3, 9, nil},
		}}}, []int{2}},
		{"lists side by side", []sheet{{"s", [][]any{
			{"학번", "이름", "결시", "학번", "이름", "결시"}, {1, "a", "O", 3, "c", nil}, {2, "b", nil, 4, "d", "O"},
		}}}, []int{1, 4}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, err := roster.Read(workbook(t, tt.sheets...), roster.Limits{})
			must(t, err)
			var absent []int
			for _, s := range r.Students {
				if s.Absent {
					absent = append(absent, int(s.ID[len(s.ID)-1]-'0'))
				}
			}
			if !reflect.DeepEqual(absent, tt.absent) || r.Absent() != len(tt.absent) {
				t.Errorf("got %v absent, want %v", absent, tt.absent)
			}
			told := false
			for _, d := range r.Doubts {
				told = told || strings.Contains(d.EN, "marked absent") && strings.Contains(d.KO, "결시")
			}
			if told != (len(tt.absent) > 0) {
				t.Errorf("told: %v, with doubts %v", told, r.Doubts)
			}
		})
	}
}
