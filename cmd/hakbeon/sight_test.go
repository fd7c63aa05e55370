package main_test

import (
	"flag"
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"golang.org/x/sync/errgroup"

	"hakbeon/exam"
	"hakbeon/recognizer/roster"
	"hakbeon/s3store"
	"hakbeon/s3store/layout"
)

// sightSheets is how many sheets the exam has that is opened: 1,000 for the figure in the README.
var sightSheets = flag.Int("sight", 200, "sheets of the exam that TestFirstSight opens")

// slowSight is far above the second that is wanted: other tests share the machine.
const slowSight = 15 * time.Second

// TestFirstSight opens a large exam that has ended, and says how long it takes until its
// numbers and the first sheet to review stand there, in a process that has never looked
// at it, and in one that has.
func TestFirstSight(t *testing.T) {
	chrome := findChrome(t)
	env := local(t)
	writeExam(t, env, layout.Batch{ExamCode: "Sight_2039", BatchID: "b"}, *sightSheets)
	address := httpOf(t, start(t, "web", "--env-file", env))
	w := newBrowser(t, chrome, address).window("ko-KR")
	w.run(chromedp.Navigate(address+"/exams"), chromedp.WaitVisible(".exams li"))
	for _, how := range []string{"for the first time", "again"} {
		since := time.Now()
		w.run(chromedp.Navigate(address+"/exams/Sight_2039"), chromedp.WaitVisible("#sheet-name"))
		took := time.Since(since)
		t.Logf("%d sheets, %s: %v", *sightSheets, how, took.Round(time.Millisecond))
		if took > slowSight {
			t.Errorf("%s: a grader waits %v", how, took)
		}
		if n := w.text("#tab-all"); n != fmt.Sprintf("전체 %d", *sightSheets) {
			t.Errorf("%s: the page tells %q", how, n)
		}
	}
}

// writeExam writes the records of a batch that has ended: one sheet in ten is to review.
func writeExam(t *testing.T, env string, b layout.Batch, sheets int) {
	t.Helper()
	store := storeOf(t, env)
	ids := make([]string, sheets)
	for i := range ids {
		ids[i] = fmt.Sprintf("32%06d", i)
	}
	ro, err := roster.New(ids...)
	mustDo(t, err)
	now := time.Now().UTC()
	plan := exam.Plan{Epoch: 1, CreatedAt: now, Roster: ro.Hash()}
	records := map[string]any{b.Roster(ro.Hash()): ro, b.Job(): exam.Job{ExamCode: b.ExamCode, BatchID: b.BatchID, Total: sheets, CreatedAt: now}}
	for i, id := range ids {
		r := exam.Result{
			ExamCode: b.ExamCode, BatchID: b.BatchID, Sheet: fmt.Sprintf("%016x", i+1), SheetKey: fmt.Sprintf("uploads/%s/%04d.jpg", b.ExamCode, i), Page: 1,
			Version: 2, Final: true, UpdatedAt: now, Status: exam.StatusMatched, Confidence: 0.9999, StudentID: &id, Success: true,
			Candidates: []exam.Candidate{{StudentID: id, Confidence: 0.9999}},
		}
		if i%10 == 0 {
			r.Status, r.StudentID, r.Success, r.Confidence, r.Meta.Reason = exam.StatusNeedsReview, nil, false, 0.7, exam.ReasonLowConfidence
		}
		records[b.Result(r.Sheet)] = exam.Sheet{Result: r}
	}
	records[b.Plan(1)] = plan
	var group errgroup.Group
	group.SetLimit(16)
	for key, record := range records {
		group.Go(func() error {
			body, err := s3store.Encode(record)
			if err != nil {
				return err
			}
			return store.Put(t.Context(), key, body, s3store.TypeJSON)
		})
	}
	mustDo(t, group.Wait())
	mustDo(t, store.Put(t.Context(), b.Done(1), []byte("{}"), s3store.TypeJSON))
}
