package worker_test

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"hakbeon/exam"
	"hakbeon/jobs"
)

// A worker that is held up while it moves a sheet's copies, until another has carried
// the same plan out, and that is killed then, leaves no copy that no result names.
// Nobody would remove it: the end is over.
func TestMovedTwice(t *testing.T) {
	r := newRig(t)
	r.roster(kim, lee)
	keys := r.sheets(kim, kim) // none of the two can be accepted: both move at the end
	moves := func(q *http.Request) bool {
		copies := q.Method == http.MethodPut && q.Header.Get("X-Amz-Copy-Source") != ""
		return strings.Contains(q.URL.Path, "/unknown_id/") && (copies || q.Method == http.MethodHead)
	}
	slow := newHolding(moves)
	var killed atomic.Bool
	late := make(chan struct{})
	note := sync.OnceFunc(func() { close(late) })
	stop := r.startWith(r.over(roundTrip(func(q *http.Request) (*http.Response, error) {
		if killed.Load() && q.Method == http.MethodPut && !moves(q) {
			note()
			return nil, errors.New("killed")
		}
		return slow.Do(q)
	})))
	t.Cleanup(slow.free)
	b := r.submit(jobs.Recognize{Keys: keys})
	<-slow.held
	r.start()
	r.until("the end", func() bool {
		r.put(r.options.Queues.Work, &jobs.Finish{ExamCode: r.exam, BatchID: b.BatchID})
		_, err := r.store.Head(t.Context(), b.Done(1))
		return err == nil
	})
	killed.Store(true)
	slow.free()
	<-late // it has moved the copies and is about to write the result
	stop()
	r.end(b, 1)
	var named []string
	for _, rec := range r.records(b) {
		for _, version := range append([]exam.Result{rec.Result}, rec.Earlier...) {
			named = append(named, *version.Meta.S3Keys.Original, *version.Meta.S3Keys.Header)
		}
	}
	for _, key := range slices.Concat(r.list("original/"+r.exam+"/"), r.list("header/"+r.exam+"/")) {
		if !slices.Contains(named, key) {
			t.Errorf("no result names %s", key)
		}
	}
}
