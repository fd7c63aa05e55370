package reading

import (
	"context"
	"sync"
	"time"
)

// visits are the sheets that somebody waits for, without a message that would
// come back: at the drain they are finished, and no more are taken.
type visits struct {
	mu      sync.Mutex
	closed  bool
	open    sync.WaitGroup
	ctx     context.Context
	cut     context.CancelFunc
	timeout time.Duration
}

func newVisits(timeout time.Duration) *visits {
	v := &visits{timeout: timeout}
	v.ctx, v.cut = context.WithCancel(context.Background())
	return v
}

// enter returns the context of one visit and the function that ends it;
// ErrStopping once the drain has begun.
func (v *visits) enter(ctx context.Context) (context.Context, func(), error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.closed {
		return nil, nil, ErrStopping
	}
	v.open.Add(1)
	ctx, cancel := context.WithCancel(ctx)
	unhook := context.AfterFunc(v.ctx, cancel)
	return ctx, func() { unhook(); cancel(); v.open.Done() }, nil
}

// close takes no more visits and waits for those under way, which are cut off
// after the timeout.
func (v *visits) close() {
	v.mu.Lock()
	v.closed = true
	v.mu.Unlock()
	timer := time.AfterFunc(v.timeout, v.cut)
	defer timer.Stop()
	v.open.Wait()
	v.cut()
}
