package queue

import (
	"context"
	"time"
)

// Driver is what a broker has to be able to do, of one queue. It is safe for concurrent
// use. It makes each call once: trying again is this package's. A message must come back
// by itself when the time for which it is hidden is over, may come more than once, and
// must be kept until it is deleted.
//
// Delete, Extend and Send take at most [BatchSize] entries and say what became of each,
// in their order: nil if it is done, an *[EntryError] if the broker refused it, another
// error if it is not known to be done.
type Driver interface {
	// Receive waits for the first message, at most for the time given, and returns at
	// most so many, hidden from other receivers for as long as said. A broker may have
	// attributes but no groups; Sent and Receives are then as much as it knows.
	Receive(ctx context.Context, most int, wait, hidden time.Duration) ([]Received, error)
	// Delete takes messages off the queue.
	Delete(ctx context.Context, receipts []string) []error
	// Extend hides messages from other receivers, counted from now.
	Extend(ctx context.Context, wishes []Extension) []error
	// Send puts messages on the queue.
	Send(ctx context.Context, messages []Out) []error
	// Name is the queue's, without its address: it is for logs and dead letters.
	Name() string
	// Ordered reports whether messages of one group are given out one after the other.
	Ordered() bool
}

// Counter is a Driver that can tell about how much lies on its queue.
type Counter interface {
	Count(ctx context.Context) (Counts, error)
}

// Counts are of messages. What the broker can't tell is below 0.
type Counts struct{ Visible, InFlight, Delayed int }

// Received is a message as a broker gives it out.
type Received struct {
	ID, Body, Group string
	Receipt         string
	Attributes      map[string]string
	// Sent is when it was put on the queue, by the broker's clock; zero if it can't be
	// told.
	Sent time.Time
	// Receives is how often it was received, this time included; 0 if it can't be told.
	Receives int
}

// Extension is a wish: this receipt's message shall be hidden for so long from now.
type Extension struct {
	Receipt string
	Hidden  time.Duration
}
