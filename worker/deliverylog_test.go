package worker_test

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"hakbeon/exam"
	"hakbeon/jobs"
	"hakbeon/lab/embedded"
	"hakbeon/s3store/layout"
	"hakbeon/webhook"
)

// logged are the lines of a batch's log of deliveries that lie in S3.
func (r *rig) logged(b layout.Batch) []exam.Attempt {
	r.t.Helper()
	var all []exam.Attempt
	for _, key := range r.list(b.DeliveriesOf()) {
		var part exam.Attempts
		_, err := r.store.Load(r.t.Context(), key, &part)
		must(r.t, err)
		all = append(all, part.Attempts...)
	}
	return all
}

// faultySink is a receiver with a ledger of its own, and what makes it fail in turns until
// the returned function is called.
func faultySink(t *testing.T, r *rig) (sink *embedded.Sink, calm func()) {
	own, err := embedded.Start(t.Context(), embedded.Options{})
	must(t, err)
	t.Cleanup(func() { must(t, own.Stop()) })
	secrets, err := webhook.ParseSecrets(own.Env["WEBHOOK_SECRET"])
	must(t, err)
	client, err := webhook.New(webhook.Options{Secrets: secrets, Allowed: allowed(t, "127.0.0.1"), Timeout: 2 * time.Second})
	must(t, err)
	t.Cleanup(client.Close)
	r.options.Poster, r.options.WebhookURL = client, own.Env["WEBHOOK_URL"]
	r.options.Receivers = webhook.ReceiversOptions{Failures: -1, Rate: -1}
	sink = own.Sink()
	ctx, stop := context.WithCancel(t.Context())
	round, over := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(over)
		for i := 0; ctx.Err() == nil; i++ {
			faults := []embedded.Behaviour{
				{LoseReply: true}, {Status: http.StatusInternalServerError}, {Status: http.StatusFound, Location: "http://127.0.0.1:1/"},
				{Status: http.StatusTooManyRequests, RetryAfter: 1}, {DelayMS: 6000},
			}
			if i == len(faults) {
				close(round)
			}
			if sink.Behave(ctx, faults[i%len(faults)]) != nil {
				return
			}
			for left := 1; left > 0 && ctx.Err() == nil; left, _ = sink.Pending(ctx) {
				time.Sleep(10 * time.Millisecond)
			}
		}
	}()
	calm = func() {
		<-round // each of them once
		stop()
		<-over
		must(t, sink.Behave(t.Context(), embedded.Behaviour{}))
	}
	t.Cleanup(stop)
	return sink, calm
}

// agrees compares the log with the receiver's ledger: each request once, with its answer.
// An answer that was not heard in time is one that the receiver may have given.
func agrees(t *testing.T, lines []exam.Attempt, ledger []embedded.Request) {
	t.Helper()
	type told struct {
		id     string
		status int
	}
	count := map[told]int{}
	for _, request := range ledger {
		count[told{request.ID, request.Status}]++
	}
	for _, a := range lines {
		if a.To == exam.ToWebhook && a.Outcome != exam.OutcomeOvertaken {
			count[told{a.WebhookID, a.Status}]--
		}
	}
	for what := range count {
		for ; what.status != 0 && count[what] > 0 && count[told{id: what.id}] < 0; count[what]-- {
			count[told{id: what.id}]++
		}
	}
	for what, n := range count {
		if n != 0 {
			t.Errorf("%+v: the receiver's ledger has %d more of it than the log", what, n)
		}
	}
}

// After a run in which the receiver fails in all the ways that it can, the log says what
// the receiver's own ledger says: of every request, under which id and with which answer.
func TestLogOfDeliveriesAgreesWithTheReceiver(t *testing.T) {
	r := newRig(t)
	sink, calm := faultySink(t, r)
	r.resultQueue("results")
	r.options.DeliveriesEvery = 300 * time.Millisecond
	r.roster(kim, lee, park)
	keys := r.sheets(kim, lee, park, "", "!", "x", "12345678", kim+"x")
	stop := r.start()
	other := r.options
	other.Metrics = nil
	stopOther := r.startWith(other)
	b := r.submit(jobs.Recognize{Keys: keys})
	r.until("the batch's end", func() bool { _, err := r.store.Head(t.Context(), b.Done(1)); return err == nil })
	stopOther() // in the middle of it
	calm()
	r.until("everything to be told", func() bool { _, later := r.waiting(r.options.Queues.Callbacks); return later == 0 && r.quiet() })
	stop()
	ledger, err := sink.Requests(t.Context())
	must(t, err)
	lines := r.logged(b)
	agrees(t, lines, ledger)
	kinds, queued := map[string]int{}, map[string]bool{}
	for _, a := range lines {
		if kinds[a.Outcome]++; a.To == exam.ToResultQueue {
			queued[a.WebhookID] = true
		}
		if kinds[a.Error]++; a.Outcome == exam.OutcomeFailed && (a.Error == "" || a.Next.Before(a.At)) {
			t.Errorf("a failure says neither its kind nor when it is tried again: %+v", a)
		}
	}
	for _, kind := range []string{exam.OutcomeDelivered, exam.OutcomeFailed, string(webhook.Reason5xx), string(webhook.ReasonTimeout), string(webhook.ReasonRedirect), string(webhook.ReasonBroken), string(webhook.ReasonTooMany)} {
		if kinds[kind] == 0 {
			t.Errorf("the run had no %s: %v", kind, kinds)
		}
	}
	for _, q := range r.results() {
		if !queued[q.id] {
			t.Errorf("the log does not have %s, which the result queue has", q.id)
		}
	}
	// It says nothing of whom it is about, nor where it went but the host.
	text, err := json.Marshal(lines)
	must(t, err)
	for _, secret := range []string{kim, lee, park, "/hook", ".png"} {
		if strings.Contains(string(text), secret) {
			t.Errorf("the log has %q", secret)
		}
	}
}

// A healthy receiver costs few writes: the events of a batch are gathered, and whoever looks
// for the batch's end does not list them.
func TestLogOfDeliveriesCostsFewWrites(t *testing.T) {
	r := newRig(t)
	r.roster(kim)
	texts := make([]string, 40)
	stop := r.start()
	b := r.submit(jobs.Recognize{Keys: r.sheets(texts...)})
	r.end(b, 1)
	stop()
	if lines, parts := r.logged(b), r.list(b.DeliveriesOf()); len(lines) < len(texts) || len(parts) > len(lines)/10 {
		t.Errorf("got %d lines in %d objects", len(lines), len(parts))
	}
	if under := r.list(b.Prefix()); slices.ContainsFunc(under, func(key string) bool { return strings.Contains(key, layout.Deliveries) }) {
		t.Error("the log lies among the batch's records")
	}
}

// What was refused is in the log, too, whatever the bad message names; so is what is put
// off to spare a receiver, and an attempt that ends for good.
func TestLogOfDeliveriesOutcomes(t *testing.T) {
	r := newRig(t)
	rc := newReceiver(t, status(http.StatusGone))
	r.options.WebhookURL = rc.URL
	r.options.Receivers = webhook.ReceiversOptions{Failures: 1, OpenFor: time.Hour}
	r.options.DeliveriesEvery = 100 * time.Millisecond
	r.start()
	b := layout.Batch{ExamCode: r.exam, BatchID: "nowhere"}
	outcome := func(b layout.Batch, want string) {
		t.Helper()
		r.until("a line of outcome "+want, func() bool {
			return slices.ContainsFunc(r.logged(b), func(a exam.Attempt) bool { return a.Outcome == want })
		})
	}
	r.putText(r.options.Queues.Jobs, `{"type":"rematch","exam_code":"`+r.exam+`","batch_id":"nowhere"}`)
	outcome(b, exam.OutcomeGone)
	rc.mu.Lock()
	rc.answer = status(http.StatusBadGateway)
	rc.mu.Unlock()
	r.putText(r.options.Queues.Jobs, `{"type":"rematch","exam_code":"`+r.exam+`"}`)
	outcome(layout.Batch{ExamCode: r.exam}, exam.OutcomeFailed)
	r.putText(r.options.Queues.Jobs, `{"type":"rematch","exam_code":"`+r.exam+`","batch_id":"other"}`)
	outcome(layout.Batch{ExamCode: r.exam, BatchID: "other"}, exam.OutcomePutOff)
	first := r.logged(b)[0]
	r.put(r.options.Queues.Callbacks, &jobs.Delivery{
		ExamCode: r.exam, BatchID: b.BatchID, Rejected: first.Rejected, Version: 1, Attempt: 30, FirstTry: time.Now().Add(-73 * time.Hour),
	})
	outcome(b, exam.OutcomeGivenUp)
}

// Where S3 takes no lines, events are delivered all the same; what it takes later is there
// once.
func TestLogOfDeliveriesWithoutS3(t *testing.T) {
	r := newRig(t)
	r.options.DeliveriesEvery = 100 * time.Millisecond
	r.roster(kim)
	keys := r.sheets(kim)
	var fail, failed int
	fail = 6
	done := make(chan struct{}, 1)
	done <- struct{}{}
	o := r.over(roundTrip(func(q *http.Request) (*http.Response, error) {
		if strings.Contains(q.URL.Path, layout.Deliveries) {
			<-done
			now := failed < fail
			failed++
			done <- struct{}{}
			if now {
				return answer(q, http.StatusServiceUnavailable, "<Error><Code>SlowDown</Code></Error>"), nil
			}
		}
		return baseConfig.HTTPClient.Do(q)
	}))
	stop := r.startWith(o)
	b := r.submit(jobs.Recognize{Keys: keys})
	r.end(b, 1)
	want := len(r.events(b))
	r.until("the log", func() bool { return len(r.logged(b)) >= want })
	stop()
	if lines := r.logged(b); len(lines) != want || failed <= fail {
		t.Errorf("got %d lines for %d events after %d failures", len(lines), want, failed)
	}
	if lost := r.metric("hakbeon_delivery_log_lost_total", nil); lost != 0 {
		t.Errorf("%v lines count as lost", lost)
	}
}
