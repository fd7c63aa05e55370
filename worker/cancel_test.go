package worker_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"hakbeon/exam"
	"hakbeon/jobs"
	"hakbeon/s3store/layout"
	"hakbeon/worker/intake"
)

func (r *rig) cancelBatch(b layout.Batch, by string) {
	r.t.Helper()
	r.put(r.options.Queues.Jobs, &jobs.Cancel{ExamCode: b.ExamCode, BatchID: b.BatchID, By: by})
}

// A batch that is cancelled ends at once: what was read keeps its result, what was not is
// failed and never read. Said again, or after the end, it changes nothing.
func TestCancel(t *testing.T) {
	r := newRig(t)
	r.options.Concurrency = 1
	r.roster(kim, lee, park)
	keys := r.sheets(kim, lee, park)
	b := layout.Batch{ExamCode: r.exam, BatchID: "wrong"}
	// One message of two: the others are never waited for.
	stop := r.start()
	r.submit(jobs.Recognize{BatchID: b.BatchID, BatchTotal: 4, Keys: keys[:1]})
	r.read(b, 1)
	r.cancelBatch(b, "박조교")
	sum := r.end(b, 1)
	if sum.Cancelled == nil || sum.Cancelled.By != "박조교" || sum.Total != 1 || !sum.Incomplete || strings.Join(sum.Alarms, " ") != exam.AlarmCancelled {
		t.Errorf("got %+v", sum)
	}
	// What comes afterwards is not read, and is told of all the same.
	r.submit(jobs.Recognize{BatchID: b.BatchID, BatchTotal: 4, Keys: keys[1:]})
	r.cancelBatch(b, "another")
	r.until("an end with all that came", func() bool {
		plans := len(r.list(b.Prefix() + "plans/"))
		return r.end(b, plans).Total == 3
	})
	r.wants(b, map[string]string{"1.png": "matched " + kim, "2.png": "failed cancelled", "3.png": "failed cancelled"})
	last := r.end(b, len(r.list(b.Prefix()+"plans/")))
	if last.Cancelled.By != "박조교" || last.Reasons[exam.ReasonCancelled] != 2 {
		t.Errorf("got %+v", last)
	}
	if n := r.reader.count(lee) + r.reader.count(park); n > 0 {
		t.Errorf("%d sheets were read after the batch was cancelled", n)
	}
	r.until("the events", func() bool { return r.eventTypes(b)[exam.EventFailed] == 2 })
	stop()

	// A batch that has ended stays as it is.
	r.start()
	whole := r.submit(jobs.Recognize{BatchID: "right", Keys: keys[:1]})
	r.end(whole, 1)
	r.cancelBatch(whole, "")
	r.cancelBatch(layout.Batch{ExamCode: r.exam, BatchID: "none"}, "")
	if got := reasonOf(r.deadLetter()); !strings.Contains(got, "no such batch") {
		t.Errorf("got reason %q", got)
	}
	if sum := r.end(whole, 1); sum.Cancelled != nil || len(r.list(whole.Prefix()+"plans/")) != 1 {
		t.Errorf("got %+v", sum)
	}
}

// A worker that dies between any two steps of a cancelled batch leaves what another one
// finishes, each sheet read and decided or failed.
func TestDeathWhileCancelling(t *testing.T) {
	t.Parallel()
	for _, left := range []int{0, 2, 4, 7, 11, 16} {
		t.Run(itoa(left), func(t *testing.T) {
			r := newRig(t)
			r.options.Visibility = 2 * time.Second
			r.options.ImagePatience = patience
			r.roster(kim, lee, park)
			b := r.submit(jobs.Recognize{BatchID: "wrong", Keys: r.sheets(kim, lee, park)})
			r.cancelBatch(b, "")
			dying, kill := context.WithCancel(context.Background())
			defer kill()
			m := &mortal{since: "/", left: left, kill: kill}
			o := r.over(m)
			o.DrainTimeout = time.Nanosecond
			w := r.worker(o)
			var first sync.WaitGroup
			first.Go(func() { w.Run(dying) })
			defer first.Wait()
			<-dying.Done()
			r.start()
			r.until("an end with all sheets", func() bool {
				plans := len(r.list(b.Prefix() + "plans/"))
				return plans > 0 && r.end(b, plans).Total == 3 && r.quiet()
			})
			sum := r.end(b, len(r.list(b.Prefix()+"plans/")))
			if sum.Matched+sum.Reasons[exam.ReasonCancelled] != 3 {
				t.Errorf("got %+v", sum)
			}
		})
	}
}

// A sheet by HTTP does not join a batch that was cancelled: its sender is told at once.
func TestSheetByHTTPOfACancelledBatch(t *testing.T) {
	r := newRig(t)
	r.roster(kim, lee)
	w := r.worker(r.options)
	r.run(w)
	b := layout.Batch{ExamCode: r.exam, BatchID: "desk"}
	_, err := r.joins(w, "1.png", kim)
	must(t, err)
	r.cancelBatch(b, "")
	if sum := r.end(b, 1); sum.Matched != 1 || sum.Cancelled == nil {
		t.Errorf("got %+v", sum)
	}
	_, err = r.joins(w, "2.png", lee)
	if refused, ok := errors.AsType[*intake.NotJoinedError](err); !ok || !strings.Contains(refused.Why, "cancelled") {
		t.Errorf("got %v", err)
	}
}
