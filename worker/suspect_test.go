package worker_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"hakbeon/exam"
	"hakbeon/jobs"
	"hakbeon/s3store/layout"
	"hakbeon/worker"
)

// A sheet on which the reader hangs or fails is tried alone, counted in S3 and
// given up; its neighbours are read.
func TestSuspects(t *testing.T) {
	t.Parallel()
	for name, page := range map[string]string{"hangs": "~", "fails": "#"} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.options.MaxAttempts = 1
			r.options.Concurrency = 3
			r.options.ReadTimeout = 200 * time.Millisecond
			r.roster(kim, lee)
			keys := r.sheets(page, kim, lee)
			r.start()
			b := r.submit(jobs.Recognize{Keys: keys})
			r.end(b, 1)
			r.wants(b, map[string]string{"1.png": "failed internal_error", "2.png": "matched " + kim, "3.png": "matched " + lee})
			if marks := r.list(b.Prefix() + "attempts/"); len(marks) != 1 {
				t.Errorf("got marks %v, want one for the one sheet", marks)
			}
			if n := r.reader.count(page); n != 2 {
				t.Errorf("the sheet was tried %d times, want once among others and once alone", n)
			}
		})
	}
}

// A sheet that took other workers down: many receipts, and all its tries used up.
func TestCrashedTooOften(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		marks int
		want  string
	}{{"one try left", 1, "matched " + kim}, {"none left", 2, "failed internal_error"}} {
		t.Run(test.name, func(t *testing.T) {
			r := newRig(t)
			r.options.MaxAttempts = 2
			r.options.Visibility = 3 * time.Second
			r.roster(kim)
			keys := r.sheets(kim)
			b := r.registered("crashing", keys)
			sheet := jobs.SheetID(r.exam, b.BatchID, keys[0], 1)
			for n := range test.marks {
				must(t, r.store.Put(t.Context(), b.Attempt(sheet, n+1), nil, "text/plain"))
			}
			r.receiveUnsettled(3, &jobs.Sheet{ExamCode: r.exam, BatchID: b.BatchID, Key: keys[0], Page: 1})
			r.start()
			r.end(b, 1)
			r.wants(b, map[string]string{"1.png": test.want})
			if marks := r.list(b.Prefix() + "attempts/"); len(marks) != test.marks {
				t.Errorf("got marks %v, want %d: a try that went well is not counted", marks, test.marks)
			}
		})
	}
}

// When readings hang on all slots nothing goes on: the worker says so and ends.
func TestAllReadersHang(t *testing.T) {
	r := newRig(t)
	r.options.Concurrency = 1
	r.options.ReadTimeout = 50 * time.Millisecond
	r.options.DrainTimeout = 50 * time.Millisecond
	keys := r.sheets("~")
	r.roster(kim)
	w := r.worker(r.options)
	ended := make(chan error, 1)
	go func() { ended <- w.Run(t.Context()) }()
	r.submit(jobs.Recognize{Keys: keys})
	r.until("the worker not to be ready", func() bool { return w.Ready() != nil })
	if got := w.Ready().Error(); !strings.Contains(got, "hang") {
		t.Errorf("got %q", got)
	}
	if err := <-ended; !errors.Is(err, worker.ErrHung) {
		t.Errorf("the worker ended with %v, want ErrHung", err)
	}
}

// registered writes down a batch whose job message is done and whose sheets are
// yet to be read.
func (r *rig) registered(id string, keys []string) layout.Batch {
	r.t.Helper()
	b := layout.Batch{ExamCode: r.exam, BatchID: id}
	part := jobs.PartID(keys)
	must(r.t, r.store.CreateRecord(r.t.Context(), b.Job(), exam.Job{
		ExamCode: b.ExamCode, BatchID: b.BatchID, Total: len(keys), Part: part, PagesPerSheet: 1, CreatedAt: time.Now().UTC(),
	}))
	must(r.t, r.store.CreateRecord(r.t.Context(), b.Part(part), exam.Part{Keys: keys}))
	return b
}
