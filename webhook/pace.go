package webhook

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// pace spreads deliveries over time. Who is put off gets a turn of its own, so
// that a backlog goes round the queue once and not every second.
type pace struct {
	limit *rate.Limiter
	step  time.Duration // between two turns

	mu   sync.Mutex
	next time.Time // the first turn that nobody has
}

func newPace(perSecond float64) *pace {
	burst := max(1, int(2*perSecond)) // the queue's delays are whole seconds
	return &pace{limit: rate.NewLimiter(rate.Limit(perSecond), burst), step: time.Duration(float64(time.Second) / perSecond)}
}

// takeFirst takes a turn now, from those to come if it must.
func (p *pace) takeFirst() time.Duration {
	p.limit.ReserveN(time.Now(), 1)
	return 0
}

// take returns 0 if it is now, else when to come back.
func (p *pace) take() time.Duration {
	now := time.Now()
	if p.limit.AllowN(now, 1) {
		return 0
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if soonest := now.Add(time.Second); p.next.Before(soonest) {
		p.next = soonest
	}
	turn := p.next
	// No one is put off for longer than this at once: who comes back too early is
	// put off again.
	if turn.Sub(now) < longestDeferral {
		p.next = turn.Add(p.step)
	}
	return turn.Sub(now)
}
