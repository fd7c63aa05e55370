package worker_test

import (
	"context"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"hakbeon/jobs"
	"hakbeon/lab/sqslocal"
	"hakbeon/worker"
)

// While S3 or SQS is out of order the worker pauses and says why; no sheet
// fails for it, and work goes on by itself.
func TestOutage(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, says string
		answer     func(*http.Request) *http.Response
	}{
		{"throttled", "slow down", func(q *http.Request) *http.Response {
			return answer(q, http.StatusServiceUnavailable, "<Error><Code>SlowDown</Code></Error>")
		}},
		{"forbidden", "doctor", func(q *http.Request) *http.Response {
			return answer(q, http.StatusForbidden, "<Error><Code>AccessDenied</Code></Error>")
		}},
		{"broken", "not available", func(q *http.Request) *http.Response {
			return answer(q, http.StatusInternalServerError, "")
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := newRig(t)
			r.options.MaxAttempts = 1
			r.roster(kim, lee)
			keys := r.sheets(kim, lee)
			var away atomic.Bool
			var refused atomic.Int32
			away.Store(true)
			client := roundTrip(func(q *http.Request) (*http.Response, error) {
				isS3 := !strings.HasPrefix(q.Header.Get("X-Amz-Target"), "AmazonSQS")
				if isS3 && away.Load() && !strings.HasSuffix(q.URL.Path, "job.json") {
					refused.Add(1)
					return test.answer(q), nil
				}
				return baseConfig.HTTPClient.Do(q)
			})
			w := r.worker(r.over(client))
			r.run(w)
			b := r.submit(jobs.Recognize{Keys: keys})
			r.until("a pause", func() bool { return w.Ready() != nil && refused.Load() > 1 })
			if got := w.Ready(); got != nil && (!strings.Contains(got.Error(), "s3 is out of order") || !strings.Contains(got.Error(), test.says)) {
				t.Errorf("ready says %q, want %q", got, test.says)
			}
			away.Store(false)
			r.end(b, 1)
			r.wants(b, map[string]string{"1.png": "matched " + kim, "2.png": "matched " + lee})
			r.until("the worker to be ready", func() bool { return w.Ready() == nil })
		})
	}
}

// Calls to SQS fail, are carried out with their answer lost, and every message
// comes twice, out of order: none of it shows.
func TestUnkindSQS(t *testing.T) {
	r := newRig(t)
	r.options.Visibility = 2 * time.Second
	r.sqs.SetFaults(sqslocal.Faults{
		Seed: 1, Error500: 0.05, Lost: 0.05, FailEntry: 0.1, Reorder: 0.5, Duplicate: 0.7, Underfill: 0.3,
	})
	r.roster(kim, lee, park, choi)
	keys := r.sheets(kim, lee, "2017000?", choi, "")
	r.start()
	b := r.submit(jobs.Recognize{Keys: keys})
	r.start()
	r.until("the end", func() bool { _, err := r.store.Head(t.Context(), b.Done(1)); return err == nil })
	r.say(b, keys[0], choi)
	r.until("the next end", func() bool { _, err := r.store.Head(t.Context(), b.Done(2)); return err == nil })
	r.sqs.SetFaults(sqslocal.Faults{})
	r.end(b, 2)
	r.wants(b, map[string]string{
		"1.png": "matched corrected " + choi, "2.png": "matched " + lee, "3.png": "needs_review ambiguous",
		"4.png": "needs_review duplicate_student", "5.png": "needs_review no_id_found",
	})
}

func TestDrainHandsBack(t *testing.T) {
	r := newRig(t)
	r.options.Concurrency = 1
	r.options.DrainTimeout = 200 * time.Millisecond
	r.options.Visibility = 30 * time.Second
	r.options.FinishDelay = time.Minute // the end comes without this net
	r.roster(kim, lee, park)
	keys := r.sheets("~", kim, lee, park)
	stop := r.start()
	b := r.submit(jobs.Recognize{Keys: keys[1:]})
	r.end(b, 1)
	b2 := r.submit(jobs.Recognize{Keys: keys})
	r.until("a reading that hangs", func() bool { return r.reader.count("~") == 1 })
	stop()
	must(t, r.store.Put(t.Context(), keys[0], pngPage(t, ""), "image/png"))
	r.start()
	// What was handed back comes at once and not after the visibility's 30 s.
	r.end(b2, 1)
	r.wants(b2, map[string]string{"1.png": "needs_review no_id_found", "2.png": "matched " + kim, "3.png": "matched " + lee, "4.png": "matched " + park})
}

func TestNewRefuses(t *testing.T) {
	r := newRig(t)
	for _, test := range []struct {
		name, says string
		change     func(*worker.Options)
	}{
		{"no reader", "Reader", func(o *worker.Options) { o.Reader = nil }},
		{"no queue", "SQS_DLQ_URL", func(o *worker.Options) { o.Queues.DeadLetters = "" }},
		{"FIFO work queue", "SQS_WORK_QUEUE_URL is a FIFO", func(o *worker.Options) { o.Queues.Work = "http://x/work.fifo" }},
		{"FIFO callbacks", "SQS_CALLBACK_QUEUE_URL is a FIFO", func(o *worker.Options) { o.Queues.Callbacks = "http://x/callbacks.fifo" }},
		{"one queue for two", "SQS_QUEUE_URL and SQS_WORK_QUEUE_URL", func(o *worker.Options) { o.Queues.Work = o.Queues.Jobs }},
		{"by another name of the host", "SQS_WORK_QUEUE_URL and SQS_DLQ_URL", func(o *worker.Options) {
			o.Queues.Work, o.Queues.DeadLetters = "http://127.0.0.1:1/0/a", "http://localhost:1/0/a/"
		}},
		{"no broker", "Broker", func(o *worker.Options) { o.Broker = nil }},
		{"no poster at all", "Poster", func(o *worker.Options) { o.Poster = nil }},
	} {
		changed := &rig{t: t, options: r.options}
		test.change(&changed.options)
		if err := runRefused(t, changed); err == nil || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: got %v, want an error that says %q", test.name, err, test.says)
		}
	}
}

func runRefused(t *testing.T, r *rig) error {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return worker.Run(ctx, r.options)
}
