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
	last  time.Time // of the failures
	until time.Time
	tries int
	own   bool // holds back only who names the cause
}

// Pause closes the gate for a while that grows as long as the cause goes on, from
// half a second to half a minute, and returns how long it stays closed.
func (g *Gate) Pause(cause string, err error) time.Duration { return g.pause(cause, err, false) }

func (g *Gate) pause(cause string, err error, own bool) time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := time.Now()
	p := g.causes[cause]
	if p == nil {
		p = &pause{own: own}
		if g.causes == nil {
			g.causes = map[string]*pause{}
		}
		g.causes[cause] = p
	}
	p.err, p.last = err, now
	// Messages that were under way when the gate closed fail together: they
	// are one failure and not many.
	if !now.Before(p.until) {
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

// Recovered says that work which began at that time got through from end to
// end. It opens the gate, but for causes that failed since: such work may have
// been past the point that is out of order now.
func (g *Gate) Recovered(began time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for cause, p := range g.causes {
		if !p.own && began.After(p.last) {
			delete(g.causes, cause)
		}
	}
}

// Wait returns when the gate is open, or with ctx's error.
func (g *Gate) Wait(ctx context.Context) error { return g.wait(ctx, "") }

// wait also heeds the caller's own cause.
func (g *Gate) wait(ctx context.Context, own string) error {
	for {
		left := g.left(own)
		if left <= 0 {
			return ctx.Err()
		}
		if err := wait(ctx, left); err != nil {
			return err
		}
	}
}

func (g *Gate) left(own string) time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	var longest time.Duration
	for cause, p := range g.causes {
		if !p.own || cause == own {
			longest = max(longest, time.Until(p.until))
		}
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
		d = min(limit, base<<max(0, tries))
	}
	return d/2 + rand.N(d/2+1)
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
