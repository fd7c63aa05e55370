package queue

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"
)

const (
	firstPause = 500 * time.Millisecond
	maxPause   = 30 * time.Second
)

// Gate is closed while something outside is out of order. Several consumers
// share one. The zero value is open; it is safe for concurrent use.
type Gate struct {
	mu     sync.Mutex
	causes map[string]*pause
}

type pause struct {
	err   error
	since time.Time
	until time.Time
	tries int
}

// Pause closes the gate for a while that grows as long as the cause goes on, and
// returns how long it stays closed.
func (g *Gate) Pause(cause string, err error) time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := time.Now()
	p := g.causes[cause]
	if p == nil {
		p = &pause{since: now}
		if g.causes == nil {
			g.causes = map[string]*pause{}
		}
		g.causes[cause] = p
	}
	p.err = err
	// Messages that were under way when the gate closed fail together: they
	// are one failure and not many.
	if now.After(p.until) {
		p.until = now.Add(growing(firstPause, maxPause, p.tries))
		p.tries++
	}
	return p.until.Sub(now)
}

// Clear says that the cause is gone.
func (g *Gate) Clear(cause string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.causes, cause)
}

// ClearAll says that work got through from end to end.
func (g *Gate) ClearAll() {
	g.mu.Lock()
	defer g.mu.Unlock()
	clear(g.causes)
}

// Wait returns when the gate is open, or with ctx's error.
func (g *Gate) Wait(ctx context.Context) error {
	for {
		left := g.left()
		if left <= 0 {
			return ctx.Err()
		}
		if err := wait(ctx, left); err != nil {
			return err
		}
	}
}

func (g *Gate) left() time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	var longest time.Duration
	for _, p := range g.causes {
		longest = max(longest, time.Until(p.until))
	}
	return longest
}

// Paused tells what is out of order: the error by cause, empty if all is well.
func (g *Gate) Paused() map[string]error {
	g.mu.Lock()
	defer g.mu.Unlock()
	out := make(map[string]error, len(g.causes))
	for cause, p := range g.causes {
		out[cause] = p.err
	}
	return out
}

// growing is exponential back-off with full jitter over its upper half.
func growing(base, limit time.Duration, tries int) time.Duration {
	d := limit
	if tries < 16 {
		d = min(limit, base<<tries)
	}
	return d/2 + rand.N(d/2+1) //nolint:gosec // jitter is no secret
}

func wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
