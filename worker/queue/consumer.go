package queue

import (
	"context"
	"sync"
	"time"

	"go.uber.org/zap"
)

// receiveSlack is how much longer than its wait a receive may take.
const receiveSlack = 30 * time.Second

// maxWait is SQS's limit on a long poll.
const maxWait = 20 * time.Second

// Handler does the work of one message. Its context ends when the drain's time
// is over or when the message was lost to another receiver.
type Handler func(ctx context.Context, m *Message) error

// Options configure a [Consumer].
type Options struct {
	// Hold bounds the messages held at once, prefetched ones included. Defaults
	// to 10.
	Hold int
	// Visibility is how long a received message is hidden from others before it
	// is kept alive again; a worker that is killed keeps its messages from the
	// others for so long. Whole seconds, at least one. Defaults to 30 s.
	Visibility time.Duration
	// Wait is the long poll's wait, in whole seconds. Defaults to 20 s, the
	// longest that SQS has.
	Wait time.Duration
	// DrainTimeout is how long begun work may go on after the end was asked
	// for; after that Run returns within 5 s. Defaults to 25 s.
	DrainTimeout time.Duration
	// Gate pauses receiving. Defaults to one of the consumer's own.
	Gate *Gate
	// DeadLetters takes messages that can never succeed; a FIFO queue will do.
	// Required.
	DeadLetters *Sender
	// Observe is told of each settled message. Defaults to nobody.
	Observe func(Settled)
	// Log defaults to none.
	Log *zap.Logger
}

// Settled is what became of a message.
type Settled struct {
	Queue   string
	Outcome string        // "done", "dead", "retry", "pause", "handed_back", "lost"
	Took    time.Duration // from its receipt
}

func (o Options) withDefaults() Options {
	if o.Hold <= 0 {
		o.Hold = 10
	}
	if o.Visibility <= 0 {
		o.Visibility = 30 * time.Second
	}
	o.Visibility = max(o.Visibility, time.Second)
	if o.Wait <= 0 || o.Wait > maxWait {
		o.Wait = maxWait
	}
	if o.DrainTimeout <= 0 {
		o.DrainTimeout = 25 * time.Second
	}
	if o.Gate == nil {
		o.Gate = &Gate{}
	}
	if o.Observe == nil {
		o.Observe = func(Settled) {}
	}
	if o.Log == nil {
		o.Log = zap.NewNop()
	}
	return o
}

// Consumer receives from one queue; of one that is ordered it handles the messages of a
// group one after the other.
type Consumer struct {
	queue   Driver
	opts    Options
	handle  Handler
	keeper  *keeper
	slots   *slots
	deletes *batcher[string]
	changes *batcher[Extension]
	running sync.WaitGroup
}

// NewConsumer returns a Consumer that has not begun: see [Consumer.Run]. It
// panics without DeadLetters.
func NewConsumer(from Driver, opts Options, handle Handler) *Consumer {
	if opts.DeadLetters == nil {
		panic("queue: Options.DeadLetters is required")
	}
	opts = opts.withDefaults()
	opts.Log = opts.Log.With(zap.String("queue", from.Name()))
	return &Consumer{
		queue: from, opts: opts, handle: handle,
		slots:  newSlots(opts.Hold),
		keeper: &keeper{queue: from, visibility: opts.Visibility, log: opts.Log, held: map[*Message]struct{}{}},
		deletes: &batcher[string]{
			weigh: func(string) int { return 1 }, maxBytes: maxBytes, linger: deleteLinger,
			flush: from.Delete,
		},
		changes: &batcher[Extension]{
			weigh: func(Extension) int { return 1 }, maxBytes: maxBytes, linger: sendLinger,
			flush: from.Extend,
		},
	}
}

// Held is how many messages are held now.
func (c *Consumer) Held() int { return c.slots.held() }

// Run receives and handles messages until ctx ends; then it drains: it receives
// no more, lets begun work finish within DrainTimeout, hands back the rest and
// returns. A handler that ignores its context even then is abandoned, and its
// message handed back. Run is called once.
//
// What SQS gave out just when the last long poll was broken off stays hidden for
// Visibility.
func (c *Consumer) Run(ctx context.Context) {
	keep, rest := context.WithCancel(context.WithoutCancel(ctx))
	var keeping sync.WaitGroup
	keeping.Go(func() { c.keeper.run(keep) })
	defer keeping.Wait()
	defer rest()

	work, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	c.receive(ctx, work)
	c.drain(stop)
}

func (c *Consumer) receive(ctx, work context.Context) {
	own := "receiving from " + c.queue.Name()
	for {
		if c.slots.wait(ctx) != nil || c.opts.Gate.wait(ctx, own) != nil {
			return
		}
		asked := time.Now()
		messages, err := c.poll(ctx)
		switch {
		case err == nil:
			c.opts.Gate.Clear(own)
			c.start(ctx, work, messages, asked)
		case ctx.Err() == nil:
			d := c.opts.Gate.pause(own, err, true)
			c.opts.Log.Warn("could not receive", zap.Duration("pause", d), zap.Error(err))
		}
	}
}

func (c *Consumer) poll(ctx context.Context) ([]Received, error) {
	ctx, cancel := context.WithTimeout(ctx, c.opts.Wait+receiveSlack)
	defer cancel()
	return c.queue.Receive(ctx, min(c.slots.free(), BatchSize), c.opts.Wait, c.opts.Visibility) //nolint:wrapcheck // said where it is logged
}

// start hands messages to handlers: each on its own, or the messages of a FIFO
// group one after the other.
func (c *Consumer) start(ctx, work context.Context, received []Received, asked time.Time) {
	c.slots.take(len(received))
	now := time.Now()
	// The time runs from when SQS gave the message out: after it was asked, but a
	// long poll may have waited; and before now, but only by the way back.
	expires := latest(asked, now.Add(-time.Second)).Add(c.opts.Visibility)
	groups := map[string][]*Message{}
	for _, in := range received {
		m := newMessage(in, now, expires, ctx.Done())
		key := m.ID
		if c.queue.Ordered() {
			key = m.Group
		}
		groups[key] = append(groups[key], m)
		c.keeper.add(m)
	}
	for _, group := range groups {
		c.running.Go(func() { c.inOrder(work, group) })
	}
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// inOrder handles messages one after the other. After one that is not off the
// queue the others of its group are handed back, so that they stay behind it.
func (c *Consumer) inOrder(work context.Context, group []*Message) {
	for i, m := range group {
		if c.one(work, m) {
			continue
		}
		for _, behind := range group[i+1:] {
			c.settle(work, behind, ErrHandBack)
		}
		return
	}
}

// one handles and settles a message; true if it is off the queue.
func (c *Consumer) one(work context.Context, m *Message) bool {
	select {
	case <-m.Draining():
		return c.settle(work, m, ErrHandBack)
	default:
	}
	ctx, cancel := context.WithCancelCause(work)
	defer cancel(nil)
	if !m.begin(cancel) {
		return c.settle(work, m, errLost)
	}
	return c.settle(work, m, c.guarded(ctx, m))
}
