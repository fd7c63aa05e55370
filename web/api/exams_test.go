package api_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"hakbeon/exam"
	"hakbeon/internal/apikey"
	"hakbeon/s3store/layout"
	"hakbeon/web/auth"
)

// fill puts two exams into the bucket, one of which has ended.
func (a *kit) fill(t *testing.T) {
	t.Helper()
	for _, code := range []string{"e", "open"} {
		b := layout.Batch{ExamCode: code, BatchID: "b"}
		a.store.put(t, b.Job(), exam.Job{ExamCode: code, BatchID: "b", Total: 2})
		a.store.put(t, b.Result("0123456789abcdef"), exam.Sheet{Result: exam.Result{Sheet: "0123456789abcdef"}})
		if code == "e" {
			a.store.put(t, b.Summary(), exam.Summary{Total: 2, Matched: 2})
			a.store.put(t, b.Done(1), nil)
		}
	}
}

func TestListExams(t *testing.T) {
	a := newAPI()
	a.fill(t)
	list := a.do(t, get("/exams"))
	if status, body := list.status, list.text; status != http.StatusOK || !strings.Contains(body, `"exam_code":"open","batches":1`) || !strings.Contains(body, `"status":"completed","done":2`) || !strings.Contains(body, `"more":false`) {
		t.Errorf("got %d %s", status, body)
	}
	if got := a.do(t, get("/exams?limit=1")); got.status != http.StatusOK || got.body["more"] != true {
		t.Errorf("one of two: got %d %s", got.status, got.text)
	}
	if got := a.do(t, get("/exams/e/batches")); got.status != http.StatusOK || !strings.Contains(got.text, `"batch_id":"b"`) || !strings.Contains(got.text, `"files":2`) {
		t.Errorf("batches: got %d %s", got.status, got.text)
	}
}

func TestDeleteExam(t *testing.T) {
	keys, err := apikey.Parse("a-key-that-may-all-of-it,a-key-that-may-not-delete:jobs+read+rosters")
	if err != nil {
		t.Fatal(err)
	}
	a := newAPI()
	a.options.Auth = auth.New(keys, true)
	a.fill(t)
	for _, tt := range []struct {
		key, path string
		want      int
	}{
		{"", "/exams/e?confirm=e", 401},
		{"a-key-that-may-not-delete", "/exams/e?confirm=e", 403},
		{"a-key-that-may-all-of-it", "/exams/e", 422},
		{"a-key-that-may-all-of-it", "/exams/e?confirm=other", 400},
		{"a-key-that-may-all-of-it", "/exams/open?confirm=open", 409},
		{"a-key-that-may-all-of-it", "/exams/nothing?confirm=nothing", 404},
		{"a-key-that-may-all-of-it", "/exams/e?confirm=e", 200},
		{"a-key-that-may-all-of-it", "/exams/e?confirm=e", 404},
		{"a-key-that-may-all-of-it", "/exams/open?confirm=open&force=true", 200},
	} {
		before := len(a.store.objects)
		r := httptest.NewRequest(http.MethodDelete, tt.path, nil)
		r.Header.Set("X-Api-Key", tt.key)
		got := a.do(t, r)
		if got.status != tt.want || (tt.want == 200) != (len(a.store.objects) < before) {
			t.Errorf("%s: got %d %s, want %d; %d of %d objects are left", tt.path, got.status, got.text, tt.want, len(a.store.objects), before)
		}
	}
	if len(a.store.objects) != 0 {
		t.Errorf("%d objects are left", len(a.store.objects))
	}
}
