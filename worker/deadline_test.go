package worker_test

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"hakbeon/exam"
	"hakbeon/jobs"
)

// A sheet that does not come in time is failed; one that comes late is taken in
// by a next epoch.
func TestDeadline(t *testing.T) {
	t.Parallel()
	for _, late := range []struct{ name, page, want string }{
		{"read late", lee, "matched " + lee},
		{"failed late", "!", "failed internal_error"},
	} {
		t.Run(late.name, func(t *testing.T) {
			r := newRig(t)
			r.options.BatchDeadline = 4 * time.Second
			r.options.ImagePatience = patience
			r.roster(kim, lee)
			keys := append(r.sheets(kim), "uploads/"+r.exam+"/2.png")
			r.start()
			b := r.submit(jobs.Recognize{Keys: keys})
			r.until("the first end", func() bool { _, err := r.store.Head(t.Context(), b.Done(1)); return err == nil })
			if rec := r.sheet(b, keys[1], 1); outcome(&rec.Result) != "failed internal_error" || rec.Meta.Stage != "deadline" || rec.Version != 1 || len(rec.Earlier) > 0 {
				t.Errorf("got %+v", rec)
			}
			r.upload("2.png", pngPage(t, late.page))
			r.end(b, 2)
			r.wants(b, map[string]string{"1.png": "matched " + kim, "2.png": late.want})
			if got, want := r.eventTypes(b)[exam.EventCompleted], len(r.list(b.Prefix()+"plans/")); got != want {
				t.Errorf("got %d batch.completed, want %d, one an epoch", got, want)
			}
		})
	}
}

// A sheet whose result comes between the deadline's plan and its carrying out,
// from either side.
func TestDeadlineMeetsSheet(t *testing.T) {
	t.Parallel()
	for name, hold := range map[string]func(*http.Request) bool{
		"sheet is held": func(q *http.Request) bool {
			return q.Method == http.MethodPut && strings.Contains(q.URL.Path, "/sheets/")
		},
		"plan is held": func(q *http.Request) bool {
			return q.Method == http.MethodPut && strings.Contains(q.URL.Path, "/plans/")
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.options.BatchDeadline = 2 * time.Second
			r.roster(kim)
			keys := r.sheets(kim)
			held, freed := make(chan struct{}), make(chan struct{})
			var once atomic.Bool
			slow := roundTrip(func(q *http.Request) (*http.Response, error) {
				first := hold(q) && once.CompareAndSwap(false, true)
				if first && name == "sheet is held" {
					close(held)
					<-freed
				}
				resp, err := baseConfig.HTTPClient.Do(q)
				if first && name == "plan is held" {
					close(held) // the plan is written, and not yet carried out
					<-freed
				}
				return resp, err
			})
			// One worker is held; the other does the rest.
			b := r.submit(jobs.Recognize{Keys: keys})
			if name == "plan is held" {
				must(t, r.store.Delete(t.Context(), keys[0])) // until the plan is made
				r.options.ImagePatience = patience
			}
			stop := r.startWith(r.over(slow))
			<-held
			if name == "plan is held" {
				r.upload("1.png", pngPage(t, kim))
				r.start()
				r.until("the sheet's result", func() bool { return len(r.list(b.Prefix()+"sheets/")) == 1 })
			} else {
				r.until("the deadline", func() bool { return time.Since(r.job(b).CreatedAt) > 2*time.Second })
				r.start()
				r.until("the plan", func() bool { return len(r.list(b.Prefix()+"done/")) == 1 })
			}
			close(freed)
			r.end(b, 2)
			r.wants(b, map[string]string{"1.png": "matched " + kim})
			stop()
		})
	}
}
