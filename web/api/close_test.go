package api_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"hakbeon/exam"
	"hakbeon/jobs"
	"hakbeon/s3store/layout"
	"hakbeon/web/api"
)

func TestCloseBatch(t *testing.T) {
	a := newAPI()
	for id, open := range map[string]bool{"open": true, "whole": false} {
		b := layout.Batch{ExamCode: "e", BatchID: id}
		a.store.put(t, b.Job(), exam.Job{ExamCode: "e", BatchID: id, Open: open})
	}
	for id, want := range map[string]int{"open": 202, "whole": 409, "none": 404} {
		if got := a.do(t, postJSON("/exams/e/batches/"+id+"/close", "")); got.status != want {
			t.Errorf("%s: got %d %s, want %d", id, got.status, got.text, want)
		}
	}
	if len(a.queue) != 1 || *a.queue[0].(*jobs.Close) != (jobs.Close{ExamCode: "e", BatchID: "open"}) {
		t.Errorf("got %+v on the queue", a.queue)
	}
}

// The batch comes by query or by form, and what can't join one is told why.
func TestExtractJoinsABatch(t *testing.T) {
	for _, tt := range []struct {
		path   string
		fields []string
		batch  string
		total  int
		status int
	}{
		{"", nil, "", 0, 200},
		{"?batch_id=desk", nil, "desk", 0, 200},
		{"", []string{"batch_id", "desk", "batch_total", "100"}, "desk", 100, 200},
		{"?batch_id=a&batch_total=3", []string{"batch_id", "b"}, "a", 3, 200},
		{"?batch_total=3", nil, "", 0, 409},
		{"?batch_id=a&batch_total=0", nil, "", 0, 422},
		{"?batch_id=a&batch_total=100001", nil, "", 0, 422},
		{"?batch_id=../x", nil, "", 0, 422},
		{"", []string{"batch_id", "a..b"}, "", 0, 422},
	} {
		a := newAPI()
		got := a.do(t, postFile(t, "/extract-student-id/"+tt.path, "image", "a.jpg", []byte("x"), tt.fields...))
		if got.status != tt.status || tt.status == 200 && (a.uploads[0].BatchID != tt.batch || a.uploads[0].Total != tt.total) {
			t.Errorf("%s %v: got %d %s, %+v", tt.path, tt.fields, got.status, got.text, a.uploads)
		}
	}
	a := newAPI()
	a.options.Extract = func(context.Context, api.Upload) (*api.Extraction, error) {
		return nil, fmt.Errorf("%w: it is not open", api.ErrNotJoined)
	}
	if got := a.do(t, postFile(t, "/extract-student-id/?batch_id=a", "image", "a.jpg", []byte("x"))); got.status != http.StatusConflict || !strings.Contains(got.text, "it is not open") {
		t.Errorf("got %d %s", got.status, got.text)
	}
}
