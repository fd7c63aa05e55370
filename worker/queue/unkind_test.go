package queue_test

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"hakbeon/lab/sqslocal"
	"hakbeon/worker/queue"
)

// Over real sockets, against an SQS that does all that it may: every message is
// handled, and the queue is empty at the end.
func TestNothingIsLostOnAnUnkindSQS(t *testing.T) {
	t.Parallel()
	b := newSocketBed(t)
	const n = 200
	outs := make([]queue.Out, n)
	for i, body := range numbers(n) {
		outs[i] = queue.Out{Body: body, Group: "exam"}
	}
	if err := b.sender("jobs").SendAll(t.Context(), outs); err != nil {
		t.Fatal(err)
	}
	b.server.SetFaults(sqslocal.Faults{
		Seed: 7, Error500: 0.03, Error503: 0.03, Reset: 0.03, Lost: 0.03, FailEntry: 0.03,
		Reorder: 0.2, Duplicate: 0.03, Underfill: 0.3, LateVisibility: 100 * time.Millisecond, Jitter: 2 * time.Millisecond,
	})
	seen := make(chan string, 100*n)
	handle := func(_ context.Context, m *queue.Message) error {
		if n, _ := strconv.Atoi(m.Body); n%10 == 0 && m.Receives == 1 {
			return &queue.RetryError{Err: errors.New("not yet")}
		}
		seen <- m.Body
		return nil
	}
	opts := queue.Options{Hold: 30, Visibility: time.Second, Wait: time.Second}
	for range 3 {
		b.consume("jobs", opts, handle)
	}
	late := time.NewTimer(b.limit)
	defer late.Stop()
	done := map[string]bool{}
	for len(done) < n {
		select {
		case body := <-seen:
			done[body] = true
		case <-late.C:
			t.Fatalf("got %d of %d messages done", len(done), n)
		}
	}
	t.Logf("%d messages, handled %d times more", n, len(seen))
}

// A thousand messages through a socket, each handled once.
func TestThousandMessages(t *testing.T) {
	t.Parallel()
	b := newSocketBed(t)
	const n = 1000
	outs := make([]queue.Out, n)
	for i, body := range numbers(n) {
		outs[i] = queue.Out{Body: body}
	}
	if err := b.sender("jobs").SendAll(t.Context(), outs); err != nil {
		t.Fatal(err)
	}
	if calls := b.tap.calls("send"); calls > n/5 {
		t.Errorf("got %d sends of %d messages, want mostly full batches", calls, n)
	}
	var handled atomic.Int32
	r := b.consume("jobs", queue.Options{Hold: 50}, func(context.Context, *queue.Message) error { handled.Add(1); return nil })
	r.wants(slices.Repeat([]string{"done"}, n)...)
	if handled.Load() != n {
		t.Errorf("got %d messages handled, want %d", handled.Load(), n)
	}
	b.wantCounts("at the end", "jobs", "0 0")
}
