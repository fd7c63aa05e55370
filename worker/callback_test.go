package worker_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"hakbeon/exam"
	"hakbeon/jobs"
	"hakbeon/s3store/layout"
)

// receiver is a backend that answers as told.
type receiver struct {
	*httptest.Server
	mu     sync.Mutex
	answer func(w http.ResponseWriter, body string)
	bodies []string
	ids    []string
}

func newReceiver(t *testing.T, answer func(w http.ResponseWriter, body string)) *receiver {
	rc := &receiver{answer: answer}
	rc.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		body, _ := io.ReadAll(q.Body)
		rc.mu.Lock()
		defer rc.mu.Unlock()
		rc.bodies, rc.ids = append(rc.bodies, string(body)), append(rc.ids, q.Header.Get("webhook-id"))
		rc.answer(w, string(body))
	}))
	t.Cleanup(rc.Close)
	return rc
}

func (rc *receiver) got() (bodies, ids []string) {
	rc.mu.Lock()
	defer rc.mu.Unlock()
	return append([]string(nil), rc.bodies...), append([]string(nil), rc.ids...)
}

// event is what a delivery is of.
type event struct {
	sheet   string
	version int
}

// tries counts the deliveries by what they were of.
func (rc *receiver) tries(t *testing.T) map[event]int {
	t.Helper()
	count := map[event]int{}
	bodies, _ := rc.got()
	for _, body := range bodies {
		var in struct {
			Data struct {
				Sheet   string `json:"sheet"`
				Version int    `json:"version"`
			} `json:"data"`
		}
		must(t, json.Unmarshal([]byte(body), &in))
		count[event{in.Data.Sheet, in.Data.Version}]++
	}
	return count
}

func status(code int, headers ...string) func(http.ResponseWriter, string) {
	return func(w http.ResponseWriter, _ string) {
		for i := 0; i+1 < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(code)
	}
}

// isCompleted tells a batch's event from a sheet's.
func isCompleted(body string) bool { return strings.Contains(body, exam.EventCompleted) }

// retried runs a batch of one sheet against a receiver and returns the
// deliveries that wait to be tried again.
func retried(t *testing.T, answer func(http.ResponseWriter, string)) (*rig, *receiver, layout.Batch, []jobs.Delivery) {
	r := newRig(t)
	rc := newReceiver(t, answer)
	r.options.WebhookURL = rc.URL + "/hook?token=secret"
	r.roster(kim)
	keys := r.sheets(kim)
	stop := r.start()
	b := r.submit(jobs.Recognize{Keys: keys})
	r.end(b, 1)
	stop()
	return r, rc, b, r.deliveries()
}

// deliveries waits until those that were put off are due, and takes them.
func (r *rig) deliveries() []jobs.Delivery {
	r.t.Helper()
	_, delayed := r.waiting(r.options.Queues.Callbacks)
	var all []jobs.Delivery
	r.until("deliveries put off", func() bool {
		if len(all) == delayed {
			return true
		}
		out, err := r.client.ReceiveMessage(r.t.Context(), &sqs.ReceiveMessageInput{
			QueueUrl: &r.options.Queues.Callbacks, MaxNumberOfMessages: 10, WaitTimeSeconds: 20,
		})
		must(r.t, err)
		for _, m := range out.Messages {
			d, err := jobs.ParseDelivery(*m.Body)
			must(r.t, err)
			all = append(all, *d)
		}
		return len(all) == delayed
	})
	return all
}

// A delivery that fails comes again, by a message of its own that names neither
// address nor body.
func TestRetry(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name        string
		answer      func(http.ResponseWriter, string)
		least, most time.Duration
	}{
		{"server error", status(http.StatusInternalServerError), 2 * time.Second, 8 * time.Second},
		{"redirect", status(http.StatusFound, "Location", "/elsewhere"), 2 * time.Second, 8 * time.Second},
		{"retry after", status(http.StatusServiceUnavailable, "Retry-After", "11"), 11 * time.Second, 13 * time.Second},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, rc, b, waiting := retried(t, test.answer)
			// Version 1 of the sheet may have been overtaken before any of its tries,
			// and on a slow machine there may have been several.
			if len(waiting) < 2 {
				t.Errorf("got %d deliveries to come, want the sheet's and the batch's at least", len(waiting))
			}
			tries := rc.tries(t)
			for _, d := range waiting {
				wait := d.NotBefore.Sub(d.FirstTry)
				if made := tries[event{d.Sheet, d.Version}]; d.Attempt != made || made == 0 || d.BatchID != b.BatchID {
					t.Errorf("got %+v after %d tries", d, made)
				}
				if wait < test.least || wait > test.most && d.Attempt == 1 {
					t.Errorf("attempt %d waits %v after the first, want %v to %v", d.Attempt, wait, test.least, test.most)
				}
			}
		})
	}
}

// Messages on the callback queue, and what is done with each.
func TestDeliveries(t *testing.T) {
	r := newRig(t)
	rc := newReceiver(t, status(http.StatusNoContent))
	r.options.WebhookURL = rc.URL
	r.roster(kim)
	keys := r.sheets(kim)
	r.start()
	b := r.submit(jobs.Recognize{Keys: keys})
	r.end(b, 1)
	r.put(r.options.Queues.Jobs, &jobs.Rematch{Type: jobs.TypeRematch, ExamCode: b.ExamCode, BatchID: b.BatchID})
	r.end(b, 2)
	sheet := r.sheet(b, keys[0], 1)
	delivery := func(d jobs.Delivery) jobs.Delivery {
		d.ExamCode, d.BatchID = b.ExamCode, b.BatchID
		return d
	}
	before, _ := rc.got()
	t.Run("again", func(t *testing.T) {
		d := delivery(jobs.Delivery{Sheet: sheet.Sheet, Version: sheet.Version, Attempt: 3, FirstTry: time.Now().Add(-time.Hour)})
		r.put(r.options.Queues.Callbacks, &d)
		r.until("the repeat", func() bool { now, _ := rc.got(); return len(now) == len(before)+1 })
		bodies, ids := rc.got()
		last := len(ids) - 1
		for i := range ids[:last] {
			if (ids[i] == ids[last]) != (bodies[i] == bodies[last]) {
				t.Errorf("same id %v, same body %v", ids[i] == ids[last], bodies[i] == bodies[last])
			}
		}
	})
	t.Run("overtaken", func(t *testing.T) {
		for _, d := range []jobs.Delivery{{Sheet: sheet.Sheet, Version: sheet.Version - 1}, {Version: 1}} {
			d = delivery(d)
			r.put(r.options.Queues.Callbacks, &d)
		}
		r.until("the queue to be empty", r.quiet)
		if now, _ := rc.got(); len(now) != len(before)+1 {
			t.Errorf("got %d deliveries more, want none", len(now)-len(before)-1)
		}
	})
	t.Run("not yet due", func(t *testing.T) {
		d := delivery(jobs.Delivery{Version: 2, NotBefore: time.Now().Add(time.Hour)})
		r.put(r.options.Queues.Callbacks, &d)
		r.until("it to be put off again", func() bool { _, delayed := r.waiting(r.options.Queues.Callbacks); return delayed == 1 && r.quiet() })
	})
	t.Run("of no version", func(t *testing.T) {
		for _, d := range []jobs.Delivery{{Sheet: sheet.Sheet, Version: 99}, {Version: 99}} {
			d = delivery(d)
			r.put(r.options.Queues.Callbacks, &d)
			if got := reasonOf(r.deadLetter()); !strings.Contains(got, "not in S3") {
				t.Errorf("got reason %q", got)
			}
		}
	})
}

// 410 ends a delivery; one that has failed for three days is a dead letter.
func TestDeliveryEnds(t *testing.T) {
	t.Parallel()
	t.Run("gone", func(t *testing.T) {
		_, rc, _, waiting := retried(t, status(http.StatusGone))
		if bodies, _ := rc.got(); len(bodies) < 2 || len(waiting) != 0 {
			t.Errorf("got %d tries, %d to come, want none to come", len(bodies), len(waiting))
		}
	})
	t.Run("after three days", func(t *testing.T) {
		r, _, b, _ := retried(t, status(http.StatusGone))
		rc := newReceiver(t, status(http.StatusBadGateway))
		r.options.WebhookURL = rc.URL + "/hook?token=secret"
		r.start()
		d := jobs.Delivery{ExamCode: b.ExamCode, BatchID: b.BatchID, Version: 1, Attempt: 30, FirstTry: time.Now().Add(-73 * time.Hour)}
		r.put(r.options.Queues.Callbacks, &d)
		if got := reasonOf(r.deadLetter()); !strings.Contains(got, "three days") || strings.Contains(got, "secret") {
			t.Errorf("got reason %q", got)
		}
	})
}

// A job's own address is used, and only if it is on the list, now too.
func TestCallbackURL(t *testing.T) {
	r := newRig(t)
	own := newReceiver(t, status(http.StatusOK))
	r.roster(kim)
	keys := r.sheets(kim)
	stop := r.start()
	b := r.submit(jobs.Recognize{Keys: keys, CallbackURL: own.URL + "/own"})
	r.end(b, 1)
	bodies, _ := own.got()
	completed := 0
	for _, body := range bodies {
		if isCompleted(body) {
			completed++
			var event struct{ Data exam.Summary }
			must(t, json.Unmarshal([]byte(body), &event))
			if event.Data.Matched != 1 || event.Data.Sheets != nil || len(body) > 20_000 {
				t.Errorf("got batch.completed %s", body)
			}
		}
	}
	if completed != 1 || len(r.events(b)) > 0 {
		t.Errorf("got %d batch.completed at the job's address and %d events elsewhere", completed, len(r.events(b)))
	}
	stop()
	r.options.Allowed = allowed(t, "backend.example.com")
	r.start()
	r.put(r.options.Queues.Callbacks, &jobs.Delivery{ExamCode: b.ExamCode, BatchID: b.BatchID, Version: 1})
	if got := reasonOf(r.deadLetter()); !strings.Contains(got, "allowed") {
		t.Errorf("got reason %q", got)
	}
}

func TestNoWebhook(t *testing.T) {
	r := newRig(t)
	r.options.WebhookURL = ""
	r.roster(kim)
	keys := r.sheets(kim)
	r.start()
	b := r.submit(jobs.Recognize{Keys: keys})
	r.end(b, 1)
	r.wants(b, map[string]string{"1.png": "matched " + kim})
	r.put(r.options.Queues.Callbacks, &jobs.Delivery{ExamCode: b.ExamCode, BatchID: b.BatchID, Version: 1})
	r.until("the delivery to be dropped", r.quiet)
	if got := len(r.events(b)); got != 0 {
		t.Errorf("got %d events, want none", got)
	}
}
