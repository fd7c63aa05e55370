package jobs_test

import (
	"errors"
	"strings"
	"testing"

	"hakbeon/jobs"
)

func TestGlean(t *testing.T) {
	for _, tt := range []struct {
		name, body string
		want       jobs.Gleaned
	}{
		{"a good job", `{"exam_code":"x","batch_id":"b","keys":["a"]}`, jobs.Gleaned{Type: "recognize", ExamCode: "x", BatchID: "b"}},
		{"one with a mistake", `{"type":"resolve","exam_code":"x","batch_id":"b","sheeet":"a"}`, jobs.Gleaned{Type: "resolve", ExamCode: "x", BatchID: "b"}},
		{"type null", `{"type":null,"exam_code":"x"}`, jobs.Gleaned{Type: "recognize", ExamCode: "x"}},
		{"an unknown type", `{"type":"cook","exam_code":"x"}`, jobs.Gleaned{ExamCode: "x"}},
		{"one of our own", `{"type":"sheet","exam_code":"x"}`, jobs.Gleaned{ExamCode: "x"}},
		{"codes that can't be", `{"exam_code":"../x","batch_id":"uploads/김.jpg"}`, jobs.Gleaned{Type: "recognize"}},
		{"codes of another kind", `{"type":1,"exam_code":["x"],"batch_id":{}}`, jobs.Gleaned{}},
		{"another spelling", `{"Exam_Code":"x"}`, jobs.Gleaned{}},
		{"a byte order mark", "\ufeff" + `{"exam_code":"x"}`, jobs.Gleaned{Type: "recognize", ExamCode: "x"}},
		{"no JSON", `{"exam_code":"x"`, jobs.Gleaned{}},
		{"a list", `["x"]`, jobs.Gleaned{}},
		{"null", `null`, jobs.Gleaned{}},
		{"nothing", ``, jobs.Gleaned{}},
		{"too long", `{"exam_code":"x"}` + strings.Repeat(" ", jobs.MaxMessageBytes), jobs.Gleaned{}},
	} {
		if got := jobs.Glean(tt.body); got != tt.want {
			t.Errorf("%s: got %+v, want %+v", tt.name, got, tt.want)
		}
	}
}

// What may be said of a wrong message holds nothing of it.
func TestPlain(t *testing.T) {
	for _, tt := range []struct{ body, field, should string }{
		{`{"exam_code":"김철수.jpg","keys":["a"]}`, "exam_code", "should match " + jobs.CodePattern + ` and not hold ".."`},
		{`{"exam_code":"x","김철수.jpg":1}`, "", "is not a field of this message: known are"},
		{`{"exam_code":"x","김철수":1,"김철수":2}`, "", "stands there twice"},
		{`{"exam_code":"x","type":"김철수.jpg"}`, "type", "is not a message of this queue"},
		{`{"exam_code":"x","keys":["a","/김철수.jpg"]}`, "keys[1]", "without a slash"},
		{`{"exam_code":"x","keys":["a"],"roster_key":"김철수.jpg"}`, "roster_key", "should end in .xlsx"},
		{`{"exam_code":"x","keys":["a"],"pages_per_sheet":"김철수"}`, "pages_per_sheet", `a whole number or "auto"`},
		{`{"type":"resolve","exam_code":"x","batch_id":"b","sheet":"9f86d081884c7d65","student_id":"김철수"}`, "student_id", "should match"},
	} {
		_, err := jobs.ParseJob(tt.body)
		blame, ok := errors.AsType[*jobs.FieldError](err)
		if !ok {
			t.Errorf("%s: got %v", tt.body, err)
			continue
		}
		field, should := blame.Plain()
		if field != tt.field || !strings.Contains(should, tt.should) || strings.Contains(should, "김철수") {
			t.Errorf("%s: got %q, %q, want %q, %q", tt.body, field, should, tt.field, tt.should)
		}
	}
}
