package queue

import (
	"context"
	"sync"
	"time"
)

// patience is how long a receive waits for more slots than the first free one.
const patience = 250 * time.Millisecond

// slots bounds the messages held at once. To save calls, a receive waits until a
// good part of a batch has room, but not for long: other handlers may be at work
// for hours. Only the one receiving goroutine takes slots, so what was free for it
// stays free.
type slots struct {
	mu    sync.Mutex
	size  int
	taken int
	freed chan struct{}
}

func newSlots(size int) *slots { return &slots{size: size, freed: make(chan struct{}, 1)} }

// enough is how many free slots are worth a call at once.
func (s *slots) enough() int { return max(1, min(BatchSize, s.size/3)) }

// wait returns when there are free slots worth a receive.
func (s *slots) wait(ctx context.Context) error {
	var over <-chan time.Time
	for {
		free := s.free()
		if free >= s.enough() {
			return ctx.Err()
		}
		if free > 0 && over == nil {
			timer := time.NewTimer(patience)
			defer timer.Stop()
			over = timer.C
		}
		select {
		case <-s.freed:
		case <-over:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (s *slots) free() int { return s.size - s.held() }

func (s *slots) held() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.taken
}

func (s *slots) take(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.taken += n
}

func (s *slots) release() {
	s.mu.Lock()
	s.taken--
	s.mu.Unlock()
	select {
	case s.freed <- struct{}{}:
	default:
	}
}
