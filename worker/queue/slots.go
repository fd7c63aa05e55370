package queue

import (
	"context"
	"sync"
)

// slots bounds the messages held at once. To save calls, waiting ends only when
// a good part of a batch has room.
type slots struct {
	mu    sync.Mutex
	size  int
	taken int
	freed chan struct{}
}

func newSlots(size int) *slots { return &slots{size: size, freed: make(chan struct{}, 1)} }

// enough is how many free slots are worth a call.
func (s *slots) enough() int { return max(1, min(batchSize, s.size/3)) }

// wait returns the number of free slots once they are worth a receive.
func (s *slots) wait(ctx context.Context) (int, error) {
	for {
		if free := s.size - s.held(); free >= s.enough() {
			return free, nil
		}
		select {
		case <-s.freed:
		case <-ctx.Done():
			return 0, ctx.Err()
		}
	}
}

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
