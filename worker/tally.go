package worker

import (
	"sync"
	"time"

	"hakbeon/s3store"
)

// tally counts the sheets of each batch that this process holds. When it holds
// no more of a batch, someone should look whether the batch has ended: at most
// once in every interval, the last time included.
type tally struct {
	interval time.Duration

	mu      sync.Mutex
	stopped bool
	looks   sync.WaitGroup
	held    map[s3store.Batch]int
	last    map[s3store.Batch]time.Time
	timers  map[s3store.Batch]*time.Timer
}

func newTally(interval time.Duration) *tally {
	return &tally{
		interval: interval, held: map[s3store.Batch]int{},
		last: map[s3store.Batch]time.Time{}, timers: map[s3store.Batch]*time.Timer{},
	}
}

func (t *tally) hold(b s3store.Batch) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.held[b]++
}

// release ends a hold; look is called, in a goroutine of its own, if it was the
// last and done says that something was finished by it.
func (t *tally) release(b s3store.Batch, done bool, look func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.held[b]--; t.held[b] > 0 {
		return
	}
	delete(t.held, b)
	if !done || t.stopped || t.timers[b] != nil {
		return
	}
	t.timers[b] = time.AfterFunc(max(0, t.interval-time.Since(t.last[b])), func() { t.fire(b, look) })
}

func (t *tally) fire(b s3store.Batch, look func()) {
	t.mu.Lock()
	delete(t.timers, b)
	if t.stopped {
		t.mu.Unlock()
		return
	}
	t.looks.Add(1)
	defer t.looks.Done()
	now := time.Now()
	t.last[b] = now
	for other, at := range t.last {
		if now.Sub(at) > time.Minute {
			delete(t.last, other)
		}
	}
	t.mu.Unlock()
	look()
}

// stop ends all looks that have not begun and waits for those that have.
func (t *tally) stop() {
	t.mu.Lock()
	t.stopped = true
	for _, timer := range t.timers {
		timer.Stop()
	}
	t.mu.Unlock()
	t.looks.Wait()
}
