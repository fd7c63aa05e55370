package main_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hakbeon/exam"
	"hakbeon/lab/synth"
	"hakbeon/s3store/layout"
)

// TestLoopIsOneExam is the loop that backends have: one call a sheet. With
// a batch_id they are one exam, with a summary, its duplicates and absentees, and a report.
func TestLoopIsOneExam(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("takes half a minute")
	}
	drawn, sheets, roster := drawExam(t, 2034, synth.ExamSpec{Code: "LOOP_2034", Roster: 44, Absent: 6, Duplicates: 2})
	if len(drawn.Sheets) != 40 {
		t.Fatalf("drew %d sheets, want 40", len(drawn.Sheets))
	}
	w := serveWorker(t)
	if status, answer := w.send(t, "/upload-roster/?exam_code=LOOP_2034", "file", roster); status != 200 {
		t.Fatalf("roster: %d %s", status, answer)
	}
	for i, s := range drawn.Sheets {
		status, answer := w.send(t, "/extract-student-id/?exam_code=LOOP_2034&batch_id=loop", "image", filepath.Join(sheets, s.File))
		var got exam.Result
		mustDo(t, json.Unmarshal([]byte(answer), &got))
		if status != 200 || got.BatchID != "loop" || got.Filename != s.File || got.Success != (got.StudentID != nil) {
			t.Fatalf("sheet %d: %d %s", i, status, tail(answer, 300))
		}
	}
	const at = "/exams/LOOP_2034/batches/loop"
	if status := w.call(t, http.MethodPost, at+"/close", nil); status != http.StatusAccepted {
		t.Fatalf("the close was answered with %d", status)
	}
	var batch struct {
		Status  string
		Summary exam.Summary
	}
	await(t, time.Minute, "the batch's end", func() bool {
		return w.call(t, http.MethodGet, at, &batch) == http.StatusOK && batch.Status == "completed"
	})
	sum := batch.Summary
	if sum.Total != 40 || sum.Matched+sum.NeedsReview+sum.Failed != 40 || sum.Students != 44 || sum.Present+sum.Missing != 44 || sum.Version != 1 {
		t.Errorf("the summary does not add up: %+v", sum)
	}
	if sum.Reasons[exam.ReasonDuplicateStudent] < 2 || sum.Missing < 6 {
		t.Errorf("got %d duplicates and %d absent, want 2 or more and 6 or more", sum.Reasons[exam.ReasonDuplicateStudent], sum.Missing)
	}
	if want := (layout.Batch{ExamCode: "LOOP_2034", BatchID: "loop"}).Report(); sum.S3Keys.Report != want {
		t.Errorf("the report lies at %q", sum.S3Keys.Report)
	}
	var exams struct{ Batches []struct{ Batch string } }
	if w.call(t, http.MethodGet, "/exams/LOOP_2034/batches", &exams); len(exams.Batches) != 1 {
		t.Errorf("the loop made %d batches", len(exams.Batches))
	}
	// What can't join says why.
	if status, answer := w.send(t, "/extract-student-id/?exam_code=LOOP_2034&batch_id=loop&student_id_list=32159999", "image", filepath.Join(sheets, drawn.Sheets[0].File)); status != http.StatusConflict {
		t.Errorf("another roster: %d %s", status, answer)
	}
	if status := w.call(t, http.MethodPost, "/exams/LOOP_2034/batches/none/close", nil); status != http.StatusNotFound {
		t.Errorf("a close of no batch: %d", status)
	}
}

// TestSheetBySheetExample runs the documented programs of a backend with such a loop.
func TestSheetBySheetExample(t *testing.T) {
	for _, e := range []example{inPython("sheet_by_sheet.py", "requests"), inJava("SheetBySheet")} {
		t.Run(e.language, func(t *testing.T) {
			command := e.command(t)
			const key = "0123456789abcdef0123456789abcdef"
			drawn, sheets, roster := drawExam(t, 79, synth.ExamSpec{Code: "SHEETS_2034", Roster: 6, Sheets: 4, Broken: 1})
			w := serveWorker(t, "API_KEY="+key)
			out, files := runExample(t, command, map[string]string{"AI_SERVER_URL": w.url, "API_KEY": key}, drawn.Code, roster, sheets)
			lines := strings.Split(strings.TrimSpace(out), "\n")
			if len(lines) != 2*files || strings.Count(out, " at first\n") != files || strings.Count(out, " failed - ") != 1 || !strings.Contains(out, " original/SHEETS_2034/") {
				t.Errorf("the example printed:\n%s", out)
			}
		})
	}
}

// call asks the worker, and reads the answer into out, if not nil.
func (w served) call(t *testing.T, method, path string, out any) (status int) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, w.url+path, nil)
	mustDo(t, err)
	answer, err := http.DefaultClient.Do(request)
	mustDo(t, err)
	defer answer.Body.Close()
	var body bytes.Buffer
	_, err = body.ReadFrom(answer.Body)
	mustDo(t, err)
	if out != nil && answer.StatusCode == http.StatusOK {
		mustDo(t, json.Unmarshal(body.Bytes(), out))
	}
	return answer.StatusCode
}
