package worker_test

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"hakbeon/exam"
	"hakbeon/jobs"
	"hakbeon/webhook"
)

// A receiver that is down is left alone, which holds up nobody and costs no
// attempt; when it is back it gets all it should have had.
func TestReceiverIsDown(t *testing.T) {
	r := newRig(t)
	var well atomic.Bool
	rc := newReceiver(t, func(w http.ResponseWriter, _ string) {
		if !well.Load() {
			w.WriteHeader(http.StatusBadGateway)
		}
	})
	other := newReceiver(t, status(http.StatusOK))
	r.options.WebhookURL = rc.URL + "/hook?token=secret"
	r.options.Receivers = webhook.ReceiversOptions{Failures: 2, OpenFor: time.Second}
	r.roster(kim, lee, park)
	keys := r.sheets(kim, lee, park)
	r.start()
	b := r.submit(jobs.Recognize{Keys: keys})
	circuit := func() float64 { return r.metric("hakbeon_webhook_circuit", map[string]string{"receiver": rc.URL}) }
	r.until("an open circuit", func() bool {
		return circuit() == 2 && r.metric("hakbeon_webhook_deferred_total", map[string]string{"cause": "circuit"}) > 0
	})
	healthy := r.submit(jobs.Recognize{Keys: keys, BatchID: "healthy", CallbackURL: other.URL})
	r.until("another receiver's events", func() bool {
		bodies, _ := other.got()
		return len(bodies) >= 4 && r.metric("hakbeon_messages_held", map[string]string{"queue": "callbacks"}) < 32
	})
	// The last attempt is made all the same.
	r.put(r.options.Queues.Callbacks, &jobs.Delivery{
		ExamCode: b.ExamCode, BatchID: healthy.BatchID, Version: 99, FirstTry: time.Now().Add(-73 * time.Hour),
	})
	if got := reasonOf(r.deadLetter()); !strings.Contains(got, "S3") {
		t.Errorf("got reason %q", got)
	}
	well.Store(true)
	want := map[event]bool{{"", 1}: true}
	for _, rec := range r.records(b) {
		want[event{rec.Sheet, rec.Version}] = true
	}
	r.until("all events", func() bool {
		got := rc.tries(t)
		for e := range want {
			if got[e] == 0 {
				return false
			}
		}
		return r.quiet()
	})
	if got := circuit(); got != 0 {
		t.Errorf("the circuit is at %v at the end", got)
	}
}

// A receiver gets its events at its rate, and all of them.
func TestReceiverRate(t *testing.T) {
	r := newRig(t)
	rc := newReceiver(t, status(http.StatusOK))
	r.options.WebhookURL = rc.URL
	r.options.Receivers = webhook.ReceiversOptions{Rate: 2}
	r.roster(kim)
	keys := r.sheets(kim, "", "", "", "", "", "", "", "", "")
	r.start()
	begin := time.Now()
	b := r.submit(jobs.Recognize{Keys: keys})
	r.until("the end", func() bool { _, err := r.store.Head(t.Context(), b.Done(1)); return err == nil })
	r.until("the batch's event and all sheets'", func() bool {
		sheets := map[string]bool{}
		for e := range rc.tries(t) {
			sheets[e.sheet] = true
		}
		return len(sheets) == len(keys)+1 && r.quiet() // the worker has heard the answers, too
	})
	if took := time.Since(begin); took < 2*time.Second || r.metric("hakbeon_webhook_deferred_total", map[string]string{"cause": "rate"}) == 0 {
		t.Errorf("took %v, or nothing was put off", took)
	}
	if got := r.metric("hakbeon_webhook_attempts_total", map[string]string{"type": exam.EventCompleted, "result": "delivered"}); got < 1 {
		t.Errorf("batch.completed was delivered %v times", got)
	}
}
