package worker

import (
	"time"

	"hakbeon/s3store"
)

// Tally is tally.
type Tally struct{ t *tally }

// NewTally is newTally.
func NewTally(interval time.Duration) Tally { return Tally{newTally(interval)} }

// Hold is hold.
func (t Tally) Hold(b s3store.Batch) { t.t.hold(b) }

// Release is release, of a batch of unknown size.
func (t Tally) Release(b s3store.Batch, done bool, look func()) { t.t.release(b, done, 0, look) }

// ReleaseOf is release.
func (t Tally) ReleaseOf(b s3store.Batch, total int, look func()) { t.t.release(b, true, total, look) }

// Stop is stop.
func (t Tally) Stop() []s3store.Batch { return t.t.stop() }

// Kept is how many batches the tally remembers.
func (t Tally) Kept() int {
	t.t.mu.Lock()
	defer t.t.mu.Unlock()
	return len(t.t.batches)
}
