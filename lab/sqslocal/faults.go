package sqslocal

import (
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"time"
)

// Faults are the ways in which the server is unreliable. The zero value is a
// server without faults. Probabilities are from 0 (never) to 1 (always).
type Faults struct {
	// Seed starts the random numbers. With the same seed and the same calls, one
	// after the other, the same faults happen. Defaults to 0, a seed as any other.
	Seed uint64

	// Operations limits the faults of whole calls (the next seven fields) to calls
	// of these operations, for example "DeleteMessageBatch". Defaults to all.
	Operations []string
	// Limit ends the faults Error500 to FailEntry after that many of them.
	// Defaults to 0, no limit.
	Limit int
	// Error500 and Error503 are the probabilities that a call is answered so, with
	// nothing done.
	Error500, Error503 float64
	// Reset is the probability that the connection is reset, with nothing done.
	Reset float64
	// Lost is the probability that the connection is reset after the call was carried
	// out successfully.
	Lost float64
	// FailEntry is the probability that an entry of a batch fails with
	// InternalError, with nothing done for it.
	FailEntry float64
	// Latency delays every call, Jitter adds up to so much more, evenly distributed.
	Latency, Jitter time.Duration

	// Reorder is the probability that a standard queue delivers any message of a
	// group instead of the next.
	Reorder float64
	// Duplicate is the probability that a message received from a standard queue
	// has a second copy, with the same MessageId: it may be received at once
	// (in the same batch even) and must be deleted by a handle of its own.
	Duplicate float64
	// Underfill is the probability that a receive gets fewer messages than there
	// are: at least one on a long poll, perhaps none on a short poll.
	Underfill float64
	// LateVisibility is the longest time by which a message comes back late after
	// its visibility timeout; how late, is random.
	LateVisibility time.Duration
}

// SetFaults replaces the server's faults, for the calls that begin from now
// on. It may be called at any time.
func (s *Server) SetFaults(f Faults) { s.chance.set(f) }

// chance decides which faults happen.
type chance struct {
	mu     sync.Mutex
	faults Faults
	spent  int // faults counted against Limit
	random *rand.Rand
}

func (c *chance) set(f Faults) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f.Operations = slices.Clone(f.Operations)
	c.faults, c.spent = f, 0
	c.random = rand.New(rand.NewPCG(f.Seed, 0))
}

// mishap is what happens to one call.
type mishap struct {
	wait   time.Duration
	status int // of the error to answer, or 0
	reset  bool
	lost   bool
}

// call decides the faults of one call.
func (c *chance) call(operation string) mishap {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.concerns(operation) {
		return mishap{}
	}
	f := &c.faults
	m := mishap{wait: f.Latency + c.upTo(f.Jitter)}
	switch {
	case c.limited(f.Reset):
		m.reset = true
	case c.limited(f.Error500):
		m.status = http.StatusInternalServerError
	case c.limited(f.Error503):
		m.status = http.StatusServiceUnavailable
	case c.limited(f.Lost):
		m.lost = true
	}
	return m
}

// failEntry decides whether an entry of a batch fails.
func (c *chance) failEntry(operation string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.concerns(operation) && c.limited(c.faults.FailEntry)
}

// reorder chooses one of n messages to deliver: mostly the first.
func (c *chance) reorder(n int) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.happens(c.faults.Reorder) {
		return 0
	}
	return c.random.IntN(n)
}

func (c *chance) duplicate() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.happens(c.faults.Duplicate)
}

// underfill chooses how many of n messages a receive may get.
func (c *chance) underfill(n, least int) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.happens(c.faults.Underfill) {
		return n
	}
	return least + c.random.IntN(max(1, n-least))
}

// late chooses by how much a message comes back late.
func (c *chance) late() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.upTo(c.faults.LateVisibility)
}

func (c *chance) concerns(operation string) bool {
	return len(c.faults.Operations) == 0 || slices.Contains(c.faults.Operations, operation)
}

// limited is happens within Limit.
func (c *chance) limited(probability float64) bool {
	if c.faults.Limit > 0 && c.spent >= c.faults.Limit || !c.happens(probability) {
		return false
	}
	c.spent++
	return true
}

func (c *chance) happens(probability float64) bool {
	return probability > 0 && c.random.Float64() < probability
}

func (c *chance) upTo(d time.Duration) time.Duration {
	if d <= 0 {
		return 0
	}
	return time.Duration(c.random.Int64N(int64(d) + 1))
}
