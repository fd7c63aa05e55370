package ending

import (
	"sync"
	"time"

	"hakbeon/s3store/layout"
)

// Tally counts the sheets of each batch that this process holds. When it holds
// no more of a batch, someone should look whether the batch has ended: at once
// if this process alone has done as many sheets as the batch has files, else at
// most once in every interval, the last time included.
type Tally struct {
	interval time.Duration

	mu      sync.Mutex
	stopped bool
	looks   sync.WaitGroup
	batches map[layout.Batch]*count
	cleared time.Time // when old ones were last forgotten
}

// count is what the tally knows of one batch.
type count struct {
	held  int
	done  int
	last  time.Time // of the last look
	timer *time.Timer
}

// NewTally counts nothing yet.
func NewTally(interval time.Duration) *Tally {
	return &Tally{interval: interval, batches: map[layout.Batch]*count{}}
}

// Hold begins a sheet of the batch.
func (t *Tally) Hold(b layout.Batch) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.of(b).held++
}

// of must be called with the lock held.
func (t *Tally) of(b layout.Batch) *count {
	c := t.batches[b]
	if c == nil {
		c = &count{}
		t.batches[b] = c
	}
	return c
}

// Release ends a hold; look is called, in a goroutine of its own, if it was the
// last and done says that something was finished by it. Total is the number of
// the batch's files, 0 if it is not known.
func (t *Tally) Release(b layout.Batch, done bool, total int, look func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	c := t.of(b)
	c.held--
	if done {
		c.done++
	}
	if c.held > 0 || !done || t.stopped {
		t.forget()
		return
	}
	wait := max(0, t.interval-time.Since(c.last))
	if total > 0 && c.done >= total {
		c.done, wait = 0, 0
	}
	if c.timer != nil && (wait > 0 || !c.timer.Stop()) {
		return
	}
	c.timer = time.AfterFunc(wait, func() { t.fire(b, look) })
}

func (t *Tally) fire(b layout.Batch, look func()) {
	t.mu.Lock()
	c := t.of(b)
	c.timer = nil
	if t.stopped {
		t.mu.Unlock()
		return
	}
	t.looks.Add(1)
	defer t.looks.Done()
	c.last = time.Now()
	t.forget()
	t.mu.Unlock()
	look()
}

// forget drops the batches of which nothing was heard for a while; it must be
// called with the lock held.
func (t *Tally) forget() {
	now := time.Now()
	if now.Sub(t.cleared) < t.interval {
		return // a thousand batches may be under way, and this is called for each sheet
	}
	t.cleared = now
	for b, c := range t.batches {
		if c.held == 0 && c.timer == nil && time.Since(c.last) > time.Minute {
			delete(t.batches, b)
		}
	}
}

// Stop ends all looks that have not begun, waits for those that have, and
// returns the batches that nobody has looked at.
func (t *Tally) Stop() []layout.Batch {
	t.mu.Lock()
	t.stopped = true
	var left []layout.Batch
	for b, c := range t.batches {
		if c.timer != nil {
			c.timer.Stop()
			left = append(left, b)
		}
	}
	t.mu.Unlock()
	t.looks.Wait()
	return left
}
