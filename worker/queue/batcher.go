package queue

import (
	"context"
	"sync"
	"time"
)

const (
	// BatchSize is the most entries of a driver's call, SQS's limit on the entries of a batch call.
	BatchSize = 10
	// sendLinger is how long a first message waits for others to share its call.
	sendLinger = 5 * time.Millisecond
	// deleteLinger is longer: nobody waits for a delete.
	deleteLinger = 25 * time.Millisecond
	// batchTimeout bounds one batch call, the SDK's own retries included.
	batchTimeout = 30 * time.Second
)

// batcher gathers the entries of many goroutines into calls of at most
// BatchSize entries and maxBytes bytes. It has no goroutine of its own while
// nothing is pending.
type batcher[T any] struct {
	flush    func(context.Context, []T) []error // one error an entry, in order
	weigh    func(T) int                        // an entry's bytes
	maxBytes int
	linger   time.Duration // how long a first entry waits for others

	mu      sync.Mutex
	pending []entry[T]
	bytes   int
	timer   *time.Timer
}

type entry[T any] struct {
	item T
	done chan error
}

// do adds the item to a call and waits for its own outcome. If ctx ends first,
// the outcome is unknown.
func (b *batcher[T]) do(ctx context.Context, item T) error {
	e := entry[T]{item: item, done: make(chan error, 1)}
	b.add(e)
	select {
	case err := <-e.done:
		return err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (b *batcher[T]) add(e entry[T]) {
	b.mu.Lock()
	defer b.mu.Unlock()
	weight := b.weigh(e.item)
	if len(b.pending) > 0 && b.bytes+weight > b.maxBytes {
		go b.send(b.take())
	}
	b.pending = append(b.pending, e)
	b.bytes += weight
	switch len(b.pending) {
	case BatchSize:
		go b.send(b.take())
	case 1:
		b.timer = time.AfterFunc(b.linger, b.expire)
	}
}

// take must be called with the lock held.
func (b *batcher[T]) take() []entry[T] {
	full := b.pending
	b.pending, b.bytes = nil, 0
	b.timer.Stop()
	return full
}

func (b *batcher[T]) expire() {
	b.mu.Lock()
	var late []entry[T]
	if len(b.pending) > 0 {
		late = b.take()
	}
	b.mu.Unlock()
	if late != nil {
		b.send(late)
	}
}

func (b *batcher[T]) send(entries []entry[T]) {
	// The callers' contexts are not used: one that ends must not fail its
	// neighbours, and a delete is wanted even while shutting down.
	ctx, cancel := context.WithTimeout(context.Background(), batchTimeout)
	defer cancel()
	items := make([]T, len(entries))
	for i, e := range entries {
		items[i] = e.item
	}
	for i, err := range b.flush(ctx, items) {
		entries[i].done <- err
	}
}
