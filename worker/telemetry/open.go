package telemetry

import (
	"sync"
	"time"

	"hakbeon/s3store/layout"
)

const (
	// forgetAfter is when a batch that nobody has seen is somebody else's: its
	// finish message comes every two minutes.
	forgetAfter = 10 * time.Minute
	mostOpen    = 1000
)

// OpenBatches are the batches without an end that this process has lately seen.
type OpenBatches struct {
	mu   sync.Mutex
	seen map[layout.Batch]openBatch
}

type openBatch struct {
	age  time.Duration // when it was seen
	seen time.Time
}

// NewOpenBatches knows of none.
func NewOpenBatches() *OpenBatches { return &OpenBatches{seen: map[layout.Batch]openBatch{}} }

// Saw notes a batch and how old it is.
func (o *OpenBatches) Saw(b layout.Batch, age time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if _, known := o.seen[b]; known || len(o.seen) < mostOpen {
		o.seen[b] = openBatch{age: age, seen: time.Now()}
	}
}

// Close forgets a batch that has ended.
func (o *OpenBatches) Close(b layout.Batch) {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.seen, b)
}

// Oldest is the age of the oldest one, 0 for none.
func (o *OpenBatches) Oldest(now time.Time) time.Duration {
	o.mu.Lock()
	defer o.mu.Unlock()
	var age time.Duration
	for b, open := range o.seen {
		if now.Sub(open.seen) > forgetAfter {
			delete(o.seen, b)
			continue
		}
		age = max(age, open.age+now.Sub(open.seen))
	}
	return age
}
