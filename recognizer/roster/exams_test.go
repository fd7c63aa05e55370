package roster_test

import (
	"errors"
	"maps"
	"testing"

	"hakbeon/recognizer/roster"
)

func TestReadExams(t *testing.T) {
	want := roster.Exams{"SaS_2017_Final": "통계학 기말", "MATH_1": "미적분학 중간"}
	book := workbook(t, sheet{"안내", [][]any{{"시험 목록"}}}, sheet{"s", [][]any{
		{"2017학년도"}, {"순번", "시험 코드", "과목명", "일시"}, {1, "SaS_2017_Final", " 통계학 기말 ", "12.18"}, {}, {2, "MATH_1", "미적분학 중간"},
		{3, "MATH_1", "두 번째"}, {4, "NO_NAME", ""},
	}})
	for name, data := range map[string][]byte{
		"workbook": book,
		"text":     []byte("exam_code;name\nSaS_2017_Final;통계학 기말\nMATH_1;미적분학 중간\n"),
		"object":   []byte("\ufeff" + `{"SaS_2017_Final": "통계학 기말", "MATH_1": "미적분학 중간"}`),
		"list":     []byte(`[{"exam_code": "SaS_2017_Final", "name": "통계학 기말"}, {"exam_code": "MATH_1", "name": "미적분학 중간"}]`),
	} {
		got, err := roster.ReadExams(data, roster.Limits{})
		if err != nil || !maps.Equal(got, want) {
			t.Errorf("%s: got %v, %v", name, got, err)
		}
	}
	if want.Name("MATH_1") != "미적분학 중간" || want.Name("OTHER") != "OTHER" || roster.Exams(nil).Name("X") != "X" {
		t.Error("an exam has a wrong name")
	}
}

func TestReadExamsRefuses(t *testing.T) {
	for name, tt := range map[string]struct {
		data []byte
		lim  roster.Limits
		want error
	}{
		"empty":     {nil, roster.Limits{}, roster.ErrFormat},
		"no header": {[]byte("a,b\n1,2\n"), roster.Limits{}, roster.ErrNoIDs},
		"JSON":      {[]byte(`{"a": 1}`), roster.Limits{}, roster.ErrFormat},
		"large":     {[]byte("exam_code,name\n"), roster.Limits{MaxBytes: 3}, roster.ErrTooLarge},
	} {
		if got, err := roster.ReadExams(tt.data, tt.lim); !errors.Is(err, tt.want) {
			t.Errorf("%s: got %v, %v", name, got, err)
		}
	}
}
