package queue

import (
	"context"
	"sync"
	"time"

	"go.uber.org/zap"
)

const (
	// endGrace is how long a handler may take to end once its context has.
	endGrace = 3 * time.Second
	// abandonGrace is how long handing back the messages of those that did not
	// may take.
	abandonGrace = time.Second
)

// drain waits for the handlers to end, tells them to by stop, and gives up on
// those that don't. The messages are kept alive meanwhile.
func (c *Consumer) drain(stop context.CancelFunc) {
	idle := make(chan struct{})
	go func() { c.running.Wait(); close(idle) }()
	if within(idle, c.opts.DrainTimeout) {
		return
	}
	c.opts.Log.Warn("drain timeout: handing back what is not finished", zap.Int("held", c.Held()))
	stop()
	if within(idle, endGrace) {
		return
	}
	c.opts.Log.Error("abandoning handlers that do not end", zap.Int("held", c.Held()))
	c.abandon()
}

// abandon hands back the messages of handlers that go on without their context.
func (c *Consumer) abandon() {
	var calls sync.WaitGroup
	for _, m := range c.keeper.all() {
		calls.Go(func() { c.settle(context.Background(), m, ErrHandBack) })
	}
	done := make(chan struct{})
	go func() { calls.Wait(); close(done) }()
	within(done, abandonGrace)
}

func within(done <-chan struct{}, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-done:
		return true
	case <-t.C:
		return false
	}
}
