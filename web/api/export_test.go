package api_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"hakbeon/exam"
	"hakbeon/recognizer/roster"
	"hakbeon/s3store"
	"hakbeon/s3store/layout"
	"hakbeon/web/api"
	"hakbeon/web/export"
)

// ended puts a batch into S3 that has ended: each student has a sheet of one page.
func (a *kit) ended(t *testing.T, students ...string) {
	t.Helper()
	var keys []string
	for i := range students {
		keys = append(keys, fmt.Sprintf("uploads/%d.jpg", i))
	}
	b, sheets := a.batchOf(t, keys...)
	ro, err := roster.New(students...)
	if err != nil {
		t.Fatal(err)
	}
	plan := exam.Plan{Epoch: 1, Roster: ro.Hash()}
	for i, id := range sheets {
		original := "original/E/" + students[i] + "/a.jpg"
		a.store.objects[original] = bytes.Repeat([]byte(students[i]), 1000)
		r := exam.Result{Sheet: id, Version: 1}
		r.Meta.S3Keys.Original = &original
		a.store.put(t, b.Result(id), exam.Sheet{Result: r})
		plan.Sheets = append(plan.Sheets, exam.PlannedSheet{Sheet: id, Key: keys[i], Version: 1, Status: exam.StatusMatched, StudentID: students[i], Confidence: 1})
	}
	a.store.put(t, b.Roster(ro.Hash()), ro)
	a.store.put(t, b.Plan(1), plan)
	a.store.objects[b.Report()] = []byte("xlsx")
	a.store.objects[b.Done(1)] = nil
}

func TestExports(t *testing.T) {
	a := newAPI()
	a.ended(t, "1001", "1002")
	got := a.do(t, get("/exams/E/batches/b/papers.zip?lang=ko&pattern=x-{student_id}"))
	if got.status != 200 || got.header.Get("Content-Type") != "application/zip" || got.header.Get("Content-Disposition") != `attachment; filename="E-b-v1-papers.zip"` {
		t.Fatalf("got %d %v %.100s", got.status, got.header, got.text)
	}
	z, err := zip.NewReader(strings.NewReader(got.text), int64(len(got.text)))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range z.File {
		names = append(names, f.Name)
	}
	if want := []string{"report.xlsx", "students.csv", "x-1001/x-1001_01.jpg", "x-1002/x-1002_01.jpg"}; !slices.Equal(names, want) {
		t.Errorf("got %q", names)
	}
	got = a.do(t, get("/exams/E/batches/b/students.csv"))
	if want := "\ufeffStudent ID,Name,Department,State,Confidence,Files,Folder\r\n1001,,,accepted,1.0000,0.jpg,1001\r\n"; got.status != 200 || !strings.HasPrefix(got.text, want) {
		t.Errorf("got %d %q", got.status, got.text)
	}
	if got := a.do(t, get("/exams/E/batches/b/papers.zip?pdf=true")); got.status != 200 {
		t.Errorf("as PDFs: got %d %s", got.status, got.text)
	}
}

func TestExportsThatAreRefused(t *testing.T) {
	a := newAPI()
	a.options.Exports = export.New(export.Options{Store: a.store, AtOnce: 1})
	a.batchOf(t, "k")
	for path, want := range map[string]int{
		"b/papers.zip": 409, "b/students.csv": 409, "other/papers.zip": 404, "b/papers.zip?pattern=x": 422, "b/papers.zip?pattern={nothing}": 422,
		"b/students.csv?lang=fr": 422, "b/students.csv?pdf=true": 422, "..b/papers.zip": 422,
	} {
		if got := a.do(t, get("/exams/E/batches/"+path)); got.status != want || got.body["success"] != false {
			t.Errorf("%s: got %d %s, want %d", path, got.status, got.text, want)
		}
	}
	a.ended(t, "1001")
	x, err := a.options.Exports.Open(t.Context(), export.Request{Batch: layout.Batch{ExamCode: "E", BatchID: "b"}})
	if err != nil {
		t.Fatal(err)
	}
	if got := a.do(t, get("/exams/E/batches/b/papers.zip")); got.status != 429 || got.header.Get("Retry-After") == "" {
		t.Errorf("while another is made: got %d %s", got.status, got.text)
	}
	x.Close()
	for range 3 { // each gives its place back
		if got := a.do(t, get("/exams/E/batches/b/students.csv")); got.status != 200 {
			t.Errorf("after it: got %d %s", got.status, got.text)
		}
	}
	a.store.err = &s3store.Error{Kind: s3store.ErrUnavailable}
	if got := a.do(t, get("/exams/E/batches/b/papers.zip")); got.status != 503 {
		t.Errorf("without S3: got %d %s", got.status, got.text)
	}
}

// An export that breaks off is an answer that breaks off, and the next one works.
func TestAnExportThatBreaksOff(t *testing.T) {
	a := newAPI()
	var students []string
	for i := range 50 {
		students = append(students, fmt.Sprint(1000+i))
	}
	a.ended(t, students...)
	a.options.Exports = export.New(export.Options{Store: a.store, AtOnce: 1})
	server := httptest.NewServer(api.New(a.options))
	defer server.Close()
	client := server.Client()
	defer client.CloseIdleConnections()
	for _, whole := range []bool{false, true} {
		a.store.mu.Lock()
		if a.store.broken = "original/E/1040/a.jpg"; whole {
			a.store.broken = ""
		}
		a.store.mu.Unlock()
		resp, err := client.Get(server.URL + "/exams/E/batches/b/papers.zip")
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if resp.StatusCode != http.StatusOK || (err == nil) != whole || bytes.Contains(body, []byte("PK\x05\x06")) != whole {
			t.Errorf("whole %v: got %d, %d bytes, %v", whole, resp.StatusCode, len(body), err)
		}
	}
}
