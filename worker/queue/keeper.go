package queue

import (
	"context"
	"sync"
	"time"

	"go.uber.org/zap"
)

const (
	maxVisibility = 12 * time.Hour
	// keepAtMost is when a message is no longer kept: SQS ends a receipt 12 hours
	// after it was given, and refuses a beat that would reach beyond.
	keepAtMost = maxVisibility - 5*time.Minute
)

// keeper keeps the held messages hidden from other receivers.
type keeper struct {
	api        API
	url        string
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

// run beats for every message at half its time, until ctx ends.
func (k *keeper) run(ctx context.Context) {
	tick := time.NewTicker(k.visibility / 6)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			k.beat(ctx)
		}
	}
}

func (k *keeper) beat(ctx context.Context) {
	now := time.Now()
	due := k.due(now)
	var calls sync.WaitGroup
	for start := 0; start < len(due); start += batchSize {
		chunk := due[start:min(start+batchSize, len(due))]
		calls.Go(func() { k.extend(ctx, now, chunk) })
	}
	calls.Wait()
}

func (k *keeper) due(now time.Time) []*Message {
	k.mu.Lock()
	defer k.mu.Unlock()
	var due []*Message
	for m := range k.held {
		if now.Sub(m.received) < keepAtMost && m.startBeat(now, k.visibility) {
			due = append(due, m)
		}
	}
	return due
}

func (k *keeper) extend(ctx context.Context, now time.Time, chunk []*Message) {
	// A beat that hangs must not hold its messages' settling for ever.
	ctx, cancel := context.WithTimeout(ctx, k.visibility/2)
	defer cancel()
	wishes := make([]visibility, len(chunk))
	for i, m := range chunk {
		wishes[i] = visibility{m.receipt, k.visibility}
	}
	for i, err := range changeBatch(ctx, k.api, k.url, wishes) {
		chunk[i].endBeat(now.Add(k.visibility), err)
		if err != nil {
			k.log.Warn("could not keep a message", zap.String("message_id", chunk[i].ID), zap.Error(err))
		}
	}
}
