package queue

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"go.uber.org/zap"
)

const (
	maxVisibility = 12 * time.Hour
	// keepAtMost is when a message is no longer kept: SQS ends a receipt 12 hours
	// after it was given.
	keepAtMost = maxVisibility - 5*time.Minute
)

// keeper keeps the held messages hidden from other receivers.
type keeper struct {
	queue      Driver
	visibility time.Duration
	log        *zap.Logger

	mu   sync.Mutex
	held map[*Message]struct{}
}

func (k *keeper) add(m *Message) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.held[m] = struct{}{}
}

func (k *keeper) remove(m *Message) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.held, m)
}

func (k *keeper) all() []*Message {
	k.mu.Lock()
	defer k.mu.Unlock()
	return slices.Collect(maps.Keys(k.held))
}

// run beats for every message at half its time, until ctx ends.
func (k *keeper) run(ctx context.Context) {
	var calls sync.WaitGroup
	defer calls.Wait()
	tick := time.NewTicker(k.pace())
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			k.beat(ctx, &calls)
		}
	}
}

// pace is the time between two looks at the messages, and that of a call: one
// that hangs leaves time for another try and doesn't hold up other messages'.
func (k *keeper) pace() time.Duration { return k.visibility / 6 }

func (k *keeper) beat(ctx context.Context, calls *sync.WaitGroup) {
	now := time.Now()
	for chunk := range slices.Chunk(k.due(now), BatchSize) {
		calls.Go(func() { k.extend(ctx, now, chunk) })
	}
}

func (k *keeper) due(now time.Time) []*Message {
	var due []*Message
	for _, m := range k.all() {
		if now.Sub(m.received) >= keepAtMost {
			m.lose()
			continue
		}
		if m.startBeat(now, k.visibility) {
			due = append(due, m)
		}
	}
	return due
}

func (k *keeper) extend(ctx context.Context, now time.Time, chunk []*Message) {
	ctx, cancel := context.WithTimeout(ctx, k.pace())
	defer cancel()
	wishes := make([]Extension, len(chunk))
	for i, m := range chunk {
		wishes[i] = m.wish(now, k.visibility)
	}
	for i, err := range k.queue.Extend(ctx, wishes) {
		chunk[i].endBeat(now.Add(wishes[i].Hidden), err)
		if err != nil {
			k.log.Warn("could not keep a message", zap.String("message_id", chunk[i].ID), zap.Error(err))
		}
	}
}
