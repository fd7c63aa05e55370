package worker_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"hakbeon/exam"
	"hakbeon/s3store/layout"
	"hakbeon/worker"
	"hakbeon/worker/reading"
)

// TestExtract: the answer is what lies in S3, and the batch of one comes to its
// end like any other.
func TestExtract(t *testing.T) {
	r := newRig(t)
	r.roster(kim, lee)
	w := r.worker(r.options)
	r.run(w)
	image := pngPage(t, kim)
	out, err := w.Extract(t.Context(), reading.Upload{ExamCode: r.exam, Filename: `C:\scans\답안 1.PNG`, Image: image})
	must(t, err)
	res := out.Result
	if outcome(&res) != "matched "+kim || res.Version != 1 || res.Final || res.Filename != "답안_1.png" || string(out.Page) != string(image) || len(out.Header) == 0 {
		t.Errorf("got %+v", res)
	}
	if !strings.HasPrefix(res.SheetKey, "uploads/"+r.exam+"/") {
		t.Errorf("uploaded to %s", res.SheetKey)
	}
	for _, key := range []string{res.SheetKey, *res.Meta.S3Keys.Original, *res.Meta.S3Keys.Header, res.Meta.S3Keys.Result} {
		if _, err := r.store.Head(t.Context(), key); err != nil {
			t.Errorf("named and not there: %v", err)
		}
	}
	b := layout.Batch{ExamCode: r.exam, BatchID: res.BatchID}
	if sum := r.end(b, 1); sum.Total != 1 || sum.Matched != 1 {
		t.Errorf("got summary %+v", sum)
	}
	if rec := r.sheet(b, res.SheetKey, 1); rec.Version != 2 || !rec.Final {
		t.Errorf("after the batch's end: version %d, final %v", rec.Version, rec.Final)
	}
	if got := r.eventTypes(b); got[exam.EventCompleted] != 1 {
		t.Errorf("got events %v", got)
	}
}

func TestExtractOutcomes(t *testing.T) {
	r := newRig(t)
	r.roster(kim, lee)
	w := r.worker(r.options)
	r.run(w)
	for _, tt := range []struct {
		name     string
		exam     string
		image    []byte
		students []string
		want     string
	}{
		{"of the list", r.exam, pngPage(t, park), []string{park, choi}, "matched " + park},
		{"not of the list", r.exam, pngPage(t, kim), []string{park, choi}, "needs_review not_on_roster"},
		{"no roster", r.exam + "-none", pngPage(t, kim), nil, "needs_review roster_missing"},
		{"an empty file", r.exam, []byte{}, nil, "failed image_unreadable"},
		{"no image", r.exam, []byte("no image"), nil, "failed image_unreadable"},
		{"a crash", r.exam, pngPage(t, "!"), nil, "failed internal_error"},
	} {
		out, err := w.Extract(t.Context(), reading.Upload{ExamCode: tt.exam, Filename: "a.png", Image: tt.image, Students: tt.students})
		if err != nil || outcome(&out.Result) != tt.want {
			t.Errorf("%s: got %+v, %v; want %s", tt.name, out, err, tt.want)
			continue
		}
		rec := r.sheet(layout.Batch{ExamCode: tt.exam, BatchID: out.Result.BatchID}, out.Result.SheetKey, 1)
		if rec.Meta.S3Keys.Original == nil {
			t.Errorf("%s: the sheet was not kept", tt.name)
		}
	}
}

// The process loses S3 after the upload: the sender is told so, and the sheet is
// done all the same, by whoever gets the finish message.
func TestExtractTakenOver(t *testing.T) {
	r := newRig(t)
	r.roster(kim, lee)
	var once sync.Mutex
	var lost string
	w := r.worker(r.over(roundTrip(func(req *http.Request) (*http.Response, error) {
		if strings.Contains(req.URL.Path, "/evidence/") {
			once.Lock()
			defer once.Unlock()
			lost = req.URL.Path
			return answer(req, http.StatusServiceUnavailable, ""), nil
		}
		return http.DefaultClient.Do(req)
	})))
	if _, err := w.Extract(t.Context(), reading.Upload{ExamCode: r.exam, Filename: "a.png", Image: pngPage(t, kim)}); err == nil {
		t.Fatal("an answer without evidence")
	}
	r.start()
	_, path, _ := strings.Cut(lost, "results/")
	batch := strings.Split(path, "/")[1]
	if sum := r.end(layout.Batch{ExamCode: r.exam, BatchID: batch}, 1); sum.Matched != 1 {
		t.Errorf("got summary %+v", sum)
	}
}

// At the drain what has begun is finished, and nothing more is taken.
func TestExtractDrain(t *testing.T) {
	r := newRig(t)
	r.roster(kim)
	begun, goOn := make(chan struct{}), make(chan struct{})
	var held atomic.Bool
	w := r.worker(r.over(roundTrip(func(req *http.Request) (*http.Response, error) {
		if strings.Contains(req.URL.Path, "/evidence/") {
			if held.CompareAndSwap(false, true) {
				close(begun)
				<-goOn
			}
		}
		return http.DefaultClient.Do(req)
	})))
	stop := r.run(w)
	up := reading.Upload{ExamCode: r.exam, Filename: "a.png", Image: pngPage(t, kim)}
	done := make(chan error, 1)
	go func() { _, err := w.Extract(t.Context(), up); done <- err }()
	<-begun
	stopped := make(chan struct{})
	go func() { stop(); close(stopped) }()
	r.until("the drain", func() bool {
		_, err := w.Extract(t.Context(), up)
		return errors.Is(err, reading.ErrStopping)
	})
	close(goOn)
	if err := <-done; err != nil {
		t.Errorf("begun before the drain: %v", err)
	}
	<-stopped
}

// A sender who goes away frees the place in the line.
func TestExtractGivenUp(t *testing.T) {
	r := newRig(t)
	r.roster(kim)
	r.options.Concurrency = 1
	w := r.worker(r.options)
	r.run(w)
	ctx, cancel := context.WithCancel(t.Context())
	hung := make(chan error, 1)
	go func() {
		_, err := w.Extract(ctx, reading.Upload{ExamCode: r.exam, Filename: "a.png", Image: pngPage(t, "~")})
		hung <- err
	}()
	r.until("the reader to hang", func() bool { return r.reader.count("~") == 1 })
	cancel()
	if err := <-hung; err == nil {
		t.Error("an answer from a reader that hangs")
	}
	if err := w.Ready(); !errors.Is(err, worker.ErrHung) {
		t.Errorf("got %v, want that the reader hangs", err)
	}
	if _, err := w.Extract(t.Context(), reading.Upload{ExamCode: r.exam, Image: pngPage(t, kim)}); err == nil {
		t.Error("took a sheet that nobody can read")
	}
}

// TestHold: uploads have half of the memory for files, so that slow senders don't keep
// the queues' sheets waiting; one that is larger is taken alone.
func TestHold(t *testing.T) {
	r := newRig(t)
	r.options.MemoryBudget = 100
	w := r.worker(r.options)
	all, err := w.Hold(t.Context(), 1<<40)
	must(t, err)
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := w.Hold(gone, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("beyond it: got %v", err)
	}
	all()
	again, err := w.Hold(t.Context(), 50)
	must(t, err)
	again()
}
