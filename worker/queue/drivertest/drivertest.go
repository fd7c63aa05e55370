// Package drivertest says what worker/queue needs of a broker, as tests. A new driver is
// done when they pass against the real thing.
package drivertest

import (
	"context"
	"errors"
	"maps"
	"slices"
	"testing"
	"time"

	"hakbeon/worker/queue"
)

// Options say how a broker is tested.
type Options struct {
	// Open returns an empty queue of the test's own, ordered or not. It returns nil for a
	// kind that the broker does not have.
	Open func(t *testing.T, ordered bool) queue.Driver
	// Patience is the longest time to wait for something that must happen at some time.
	// Defaults to 30 seconds.
	Patience time.Duration
}

// Run runs the tests, in parallel.
func Run(t *testing.T, o Options) {
	if o.Patience == 0 {
		o.Patience = 30 * time.Second
	}
	for name, test := range map[string]func(*bench){
		"what is sent is received":                 (*bench).carries,
		"a message that is not settled comes back": (*bench).comesBack,
		"one that is deleted does not":             (*bench).staysAway,
		"an extension keeps it hidden":             (*bench).extends,
		"an extension of nothing gives it back":    (*bench).givesBack,
		"a delay holds it back":                    (*bench).delays,
		"each entry has its own outcome":           (*bench).outcomes,
		"an empty queue ends the wait":             (*bench).waits,
		"an end of the context ends the wait":      (*bench).breaksOff,
		"messages of one group keep their order":   (*bench).keepsOrder,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(&bench{t, o})
		})
	}
}

type bench struct {
	*testing.T
	Options
}

func (b *bench) open(ordered bool) queue.Driver {
	b.Helper()
	d := b.Open(b.T, ordered)
	if d == nil {
		b.Skipf("SKIPPED: the broker has no such queue (ordered: %v)", ordered)
	}
	if d.Ordered() != ordered {
		b.Fatalf("%s: ordered is %v", d.Name(), d.Ordered())
	}
	return d
}

// send fails the test unless all messages are sent.
func (b *bench) send(d queue.Driver, messages ...queue.Out) {
	b.Helper()
	b.all(d.Send(b.Context(), messages), len(messages))
}

func (b *bench) all(errs []error, want int) {
	b.Helper()
	if err := errors.Join(errs...); err != nil || len(errs) != want {
		b.Fatalf("got %d outcomes, want %d: %v", len(errs), want, err)
	}
}

// receive returns the next message, hidden for as long as said.
func (b *bench) receive(d queue.Driver, hidden time.Duration) queue.Received {
	b.Helper()
	for end := time.Now().Add(b.Patience); time.Now().Before(end); {
		got, err := d.Receive(b.Context(), 1, time.Second, hidden)
		if err != nil {
			b.Fatal(err)
		}
		if len(got) == 1 {
			return got[0]
		}
	}
	b.Fatalf("no message came in %v", b.Patience)
	return queue.Received{}
}

// nothing fails the test if a message can be received.
func (b *bench) nothing(d queue.Driver, within time.Duration) {
	b.Helper()
	got, err := d.Receive(b.Context(), queue.BatchSize, within, time.Minute)
	if err != nil || len(got) > 0 {
		b.Fatalf("received %d messages, %v; want none", len(got), err)
	}
}

func (b *bench) carries() {
	d := b.open(false)
	before := time.Now()
	sent := queue.Out{Body: "답안 <&>\n\t", Group: "exam", Attributes: map[string]string{"traceparent": "00-01", "empty": ""}}
	b.send(d, sent)
	got := b.receive(d, time.Minute)
	if got.Body != sent.Body || got.ID == "" || got.Receipt == "" || !maps.Equal(got.Attributes, map[string]string{"traceparent": "00-01"}) {
		b.Errorf("got %+v", got)
	}
	if got.Receives > 1 {
		b.Errorf("received for the %d. time, want the first", got.Receives)
	}
	if off := got.Sent.Sub(before); !got.Sent.IsZero() && off.Abs() > time.Hour {
		b.Errorf("sent %v from now", off)
	}
}

func (b *bench) comesBack() {
	d := b.open(false)
	b.send(d, queue.Out{Body: "x"})
	first := b.receive(d, time.Second)
	again := b.receive(d, time.Minute)
	if again.ID != first.ID || again.Receives == 1 {
		b.Errorf("got %+v after %+v", again, first)
	}
	for _, err := range d.Delete(b.Context(), []string{first.Receipt}) {
		// Whether an old receipt still deletes is the broker's to say; what it refuses, it
		// calls stale.
		if entry, ok := errors.AsType[*queue.EntryError](err); ok && !entry.Stale {
			b.Errorf("an old receipt: %v", err)
		}
	}
}

func (b *bench) staysAway() {
	d := b.open(false)
	b.send(d, queue.Out{Body: "x"})
	got := b.receive(d, time.Second)
	b.all(d.Delete(b.Context(), []string{got.Receipt}), 1)
	b.nothing(d, 3*time.Second)
}

func (b *bench) extends() {
	d := b.open(false)
	b.send(d, queue.Out{Body: "x"})
	got := b.receive(d, 2*time.Second)
	b.all(d.Extend(b.Context(), []queue.Extension{{Receipt: got.Receipt, Hidden: time.Minute}}), 1)
	b.nothing(d, 4*time.Second)
}

func (b *bench) givesBack() {
	d := b.open(false)
	b.send(d, queue.Out{Body: "x"})
	got := b.receive(d, time.Hour)
	b.all(d.Extend(b.Context(), []queue.Extension{{Receipt: got.Receipt}}), 1)
	if again := b.receive(d, time.Minute); again.ID != got.ID {
		b.Errorf("got %+v", again)
	}
}

func (b *bench) delays() {
	d := b.open(false)
	b.send(d, queue.Out{Body: "x", Delay: 4 * time.Second})
	b.nothing(d, 2*time.Second)
	b.receive(d, time.Minute)
}

func (b *bench) outcomes() {
	d := b.open(false)
	b.send(d, queue.Out{Body: "x"})
	got := b.receive(d, time.Minute)
	errs := d.Delete(b.Context(), []string{"no receipt of ours", got.Receipt})
	if len(errs) != 2 || errs[0] == nil || errs[1] != nil {
		b.Fatalf("got %v, want an error and none", errs)
	}
	ten := make([]queue.Out, queue.BatchSize)
	for i := range ten {
		ten[i].Body = "x"
	}
	b.send(d, ten...)
}

func (b *bench) waits() {
	d := b.open(false)
	since := time.Now()
	b.nothing(d, 2*time.Second)
	if took := time.Since(since); took < time.Second || took > b.Patience {
		b.Errorf("the wait took %v, want two seconds", took)
	}
}

func (b *bench) breaksOff() {
	d := b.open(false)
	ctx, cancel := context.WithTimeout(b.Context(), time.Second)
	defer cancel()
	since := time.Now()
	if _, err := d.Receive(ctx, 1, 20*time.Second, time.Minute); err == nil || time.Since(since) > 10*time.Second {
		b.Errorf("got %v after %v", err, time.Since(since))
	}
}

func (b *bench) keepsOrder() {
	d := b.open(true)
	for _, body := range []string{"1", "2"} {
		b.send(d, queue.Out{Body: body, Group: "a", Dedup: body})
	}
	b.send(d, queue.Out{Body: "other", Group: "b", Dedup: "other"})
	first := map[string]queue.Received{}
	for range 2 { // one of each group: 2 waits for 1
		m := b.receive(d, time.Minute)
		first[m.Body] = m
	}
	if len(first) != 2 || first["1"].Receipt == "" || first["other"].Receipt == "" {
		b.Fatalf("the first messages of two groups are %v", slices.Sorted(maps.Keys(first)))
	}
	b.all(d.Delete(b.Context(), []string{first["1"].Receipt}), 1)
	if last := b.receive(d, time.Minute); last.Body != "2" {
		b.Errorf("after 1 was done came %s", last.Body)
	}
}
