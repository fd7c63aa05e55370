package queue

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"time"
	"unicode"

	"go.uber.org/zap"
)

const (
	settleTimeout = 20 * time.Second
	deleteTries   = 5
	firstRetry    = 2 * time.Second
	maxRetry      = 15 * time.Minute

	deletePause    = 100 * time.Millisecond
	maxDeletePause = 2 * time.Second

	// maxAttributes is SQS's limit on a message's attributes.
	maxAttributes = 10
	// maxReason bounds the bytes of a dead letter's reason.
	maxReason = 1000
)

// Attributes that a dead letter carries beside those that it came with.
const (
	AttributeReason = "hakbeon-reason"
	AttributeSource = "hakbeon-source"
)

// guarded runs the handler; a panic is an error of this message alone.
func (c *Consumer) guarded(ctx context.Context, m *Message) (err error) {
	defer func() {
		if p := recover(); p != nil {
			c.opts.Log.Error("handler panicked", zap.String("message_id", m.ID), zap.Any("panic", p), zap.ByteString("stack", debug.Stack()))
			err = fmt.Errorf("handler panicked: %v", p)
		}
	}()
	return c.handle(ctx, m)
}

// settle says to SQS what became of the message; true if it is off the queue.
func (c *Consumer) settle(work context.Context, m *Message, err error) (off bool) {
	if !m.claim() {
		return false
	}
	defer c.slots.release()
	defer c.keeper.remove(m)
	// Shutting down must not undo what is done: settling has its own time.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(work), settleTimeout)
	defer cancel()

	outcome := "lost"
	if m.ours() {
		outcome, off = c.apply(ctx, m, err, work.Err() != nil)
	}
	if err != nil {
		c.opts.Log.Info("message not done", zap.String("message_id", m.ID), zap.String("outcome", outcome),
			zap.Int("receives", m.Receives), zap.Error(err))
	}
	c.opts.Observe(Settled{Queue: c.queue.Name(), Outcome: outcome, Took: time.Since(m.received)})
	return off
}

// apply chooses by the handler's error. Once the drain's time has ended, an error
// is most likely its doing, and the message another worker's at once.
func (c *Consumer) apply(ctx context.Context, m *Message, err error, ended bool) (outcome string, off bool) {
	if err == nil {
		c.opts.Gate.Recovered(m.begun)
		return "done", c.delete(ctx, m)
	}
	if dead, ok := errors.AsType[*DeadError](err); ok {
		return c.bury(ctx, m, dead)
	}
	if retry, ok := errors.AsType[*RetryError](err); ok {
		c.hide(ctx, m, retry.After)
		return "retry", false
	}
	if ended || errors.Is(err, ErrHandBack) {
		c.hide(ctx, m, 0)
		return "handed_back", false
	}
	if pause, ok := errors.AsType[*PauseError](err); ok {
		d := c.opts.Gate.Pause(pause.Cause, pause.Err)
		c.hide(ctx, m, d+growing(firstPause, maxPause, 0))
		return "pause", false
	}
	c.hide(ctx, m, growing(firstRetry, maxRetry, m.Receives-1))
	return "retry", false
}

// delete takes the message off the queue. If that fails for good, the message
// comes again, which every handler bears.
func (c *Consumer) delete(ctx context.Context, m *Message) bool {
	var err error
	for try := range deleteTries {
		if err = c.deletes.do(ctx, m.receipt); err == nil {
			return true
		}
		if isStale(err) || wait(ctx, growing(deletePause, maxDeletePause, try)) != nil {
			break
		}
	}
	c.opts.Log.Warn("could not delete a message that is done: it will come again", zap.String("message_id", m.ID), zap.Error(err))
	return false
}

// bury puts the message on the dead-letter queue and then takes it off this one.
func (c *Consumer) bury(ctx context.Context, m *Message, dead *DeadError) (outcome string, off bool) {
	reason := printable(dead.Reason)
	c.opts.Log.Warn("message goes to the dead-letter queue", zap.String("message_id", m.ID), zap.String("reason", reason))
	if err := c.opts.DeadLetters.Send(ctx, c.deadLetter(m, reason)); err != nil {
		c.opts.Log.Error("could not reach the dead-letter queue: will try again", zap.String("message_id", m.ID), zap.Error(err))
		c.hide(ctx, m, growing(firstRetry, maxRetry, m.Receives))
		return "retry", false
	}
	return "dead", c.delete(ctx, m)
}

func (c *Consumer) deadLetter(m *Message, reason string) Out {
	out := Out{Body: m.Body, Group: m.Group, Attributes: map[string]string{
		AttributeReason: reason, AttributeSource: c.queue.Name(),
	}}
	for name, value := range m.Attributes {
		if _, ours := out.Attributes[name]; !ours && len(out.Attributes) < maxAttributes {
			out.Attributes[name] = value
		}
	}
	if out.bytes() > maxBytes {
		// A message of the largest size has no room for a reason: the log has it.
		out.Attributes = nil
	}
	if c.opts.DeadLetters.to.Ordered() {
		out.Dedup, out.Group = m.ID, cmp.Or(m.Group, m.ID)
	}
	return out
}

// printable makes a text fit for an attribute: SQS refuses a message for a
// control character in one.
func printable(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return ' '
	}, s)
	if len(s) > maxReason {
		s = strings.ToValidUTF8(s[:maxReason], "") + "…"
	}
	return s
}

// hide makes the message visible to others after d. If that fails, it becomes
// visible when its time is over.
func (c *Consumer) hide(ctx context.Context, m *Message, d time.Duration) {
	if err := c.changes.do(ctx, m.wish(time.Now(), d)); err != nil {
		c.opts.Log.Warn("could not hand a message back: it comes back when its visibility ends", zap.String("message_id", m.ID), zap.Error(err))
	}
}
