package roster_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"hakbeon/recognizer/roster"
)

func TestReadKeepsTheFilesOwnColumns(t *testing.T) {
	tests := []struct {
		name    string
		sheets  []sheet
		columns []string
		rows    [][]string
		id      int
	}{
		{"all with a header, in the file's order, as shown", []sheet{{"명단", [][]any{
			{"2017학년도 2학기"}, {"번호", "학과", "학번", nil, "학년", "성 명"},
			{1, "수학과", "30000002", "no header", 3, " 나 학생 "}, {2, "물리학과", 30000001},
		}}}, []string{"번호", "학과", "학번", "학년", "성 명"}, [][]string{
			{"1", "수학과", "30000002", "3", "나 학생"}, {"2", "물리학과", "30000001", "", ""},
		}, 2},
		{"an ID is kept as it was taken", []sheet{{"s", [][]any{
			{"학번", "비고"}, {" 3000-0002 ", "=1+1"}, {padded{30000001, "#,##0"}, "x"},
		}}}, []string{"학번", "비고"}, [][]string{{"3000-0002", "=1+1"}, {"30000001", "x"}}, 0},
		{"the same header twice", []sheet{{"s", [][]any{
			{"비고", "학번", "비고"}, {"a", "1", "b"},
		}}}, []string{"비고", "학번", "비고 (2)"}, [][]string{{"a", "1", "b"}}, 1},
		{"lists side by side: ID and name alone", []sheet{{"s", [][]any{
			{"반", "학번", "이름", "반", "학번", "이름"}, {"A", "1", "a", "B", "2", "b"},
		}}}, []string{"학번", "이름"}, [][]string{{"1", "a"}, {"2", "b"}}, 0},
		{"a sheet for each class: brought together by header", []sheet{
			{"01", [][]any{{"학번", "이름", "학과"}, {"1", "a", "수학"}}},
			{"02", [][]any{{"Name", "Student ID", "학과 ", "점수"}, {"b", "2", "물리", 90}}},
		}, []string{"학번", "이름", "학과", "점수"}, [][]string{{"1", "a", "수학", ""}, {"2", "b", "물리", "90"}}, 0},
		{"a student who comes twice has one row", []sheet{{"s", [][]any{
			{"학번", "비고"}, {"1", "first"}, {"1", "second"},
		}}}, []string{"학번", "비고"}, [][]string{{"1", "first"}}, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, err := roster.Read(workbook(t, tt.sheets...), roster.Limits{})
			must(t, err)
			var rows [][]string
			for i := range r.Students {
				rows = append(rows, r.Row(i))
			}
			if !reflect.DeepEqual(r.Columns, tt.columns) || !reflect.DeepEqual(rows, tt.rows) || r.IDColumn() != tt.id {
				t.Errorf("got %q %q, ID at %d, want %q %q, %d", r.Columns, rows, r.IDColumn(), tt.columns, tt.rows, tt.id)
			}
		})
	}
}

func TestColumnsAreBounded(t *testing.T) {
	header, row := []any{}, []any{}
	for range 100 {
		header, row = append(header, "note"), append(row, strings.Repeat("가", 1000))
	}
	r, err := roster.Read(workbook(t, sheet{"s", [][]any{append(header, "학번"), append(row, "1")}}), roster.Limits{})
	must(t, err)
	if len(r.Columns) != 25 || r.IDColumn() != 24 || len([]rune(r.Row(0)[0])) != 200 {
		t.Errorf("got %d columns, ID at %d, a field of %d runes", len(r.Columns), r.IDColumn(), len([]rune(r.Row(0)[0])))
	}
}

func TestHashTellsColumnsApart(t *testing.T) {
	hash := func(note string) string {
		r, err := roster.Read(workbook(t, sheet{"s", [][]any{{"학번", "비고"}, {"1", note}}}), roster.Limits{})
		must(t, err)
		return r.Hash()
	}
	if first := hash("a"); hash("b") == first || hash("a") != first {
		t.Error("the hash does not name the columns' content")
	}
}

func TestDecodeRefusesRowsThatAreNotTheStudents(t *testing.T) {
	snapshot, err := json.Marshal(map[string]any{"students": []roster.Student{{ID: "1"}}, "columns": []string{"a"}, "rows": [][]string{{"x"}, {"y"}}})
	must(t, err)
	if _, err := roster.Decode(snapshot); err == nil {
		t.Error("took a snapshot with two rows for one student")
	}
}

func TestRowOfARosterWithoutColumns(t *testing.T) {
	r, err := roster.New("1")
	must(t, err)
	if got := r.Row(0); len(got) != 0 || r.IDColumn() != -1 {
		t.Errorf("got %q, ID at %d", got, r.IDColumn())
	}
}
