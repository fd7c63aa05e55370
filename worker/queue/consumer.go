package queue

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"go.uber.org/zap"
)

// Handler does the work of one message. Its context ends when the drain's time
// is over or when the message was lost to another receiver.
type Handler func(ctx context.Context, m *Message) error

// Options configure a [Consumer].
type Options struct {
	// URL is the queue's address. One that ends in ".fifo" is handled in the
	// order of its message groups.
	URL string
	// Hold bounds the messages held at once, prefetched ones included. Defaults
	// to 10.
	Hold int
	// Visibility is how long a received message is hidden from others before it
	// is kept alive again. Defaults to 30 s.
	Visibility time.Duration
	// Wait is the long poll's wait. Defaults to 20 s, the longest that SQS has.
	Wait time.Duration
	// DrainTimeout is how long begun work may go on after the end was asked
	// for. Defaults to 25 s.
	DrainTimeout time.Duration
	// Gate pauses receiving. Defaults to one of the consumer's own.
	Gate *Gate
	// DeadLetters takes messages that can never succeed. Required.
	DeadLetters *Sender
	// Observe is told of each settled message. Defaults to nobody.
	Observe func(Settled)
	// Log defaults to none.
	Log *zap.Logger
}

// Settled is what became of a message.
type Settled struct {
	Queue   string
	Outcome string // "done", "dead", "retry", "pause", "handed_back", "lost"
	Took    time.Duration
}

func (o Options) withDefaults() Options {
	if o.Hold <= 0 {
		o.Hold = 10
	}
	if o.Visibility <= 0 {
		o.Visibility = 30 * time.Second
	}
	if o.Wait <= 0 {
		o.Wait = 20 * time.Second
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
	o.Log = o.Log.With(zap.String("queue", queueName(o.URL)))
	return o
}

// Consumer receives from one queue.
type Consumer struct {
	api     API
	opts    Options
	handle  Handler
	fifo    bool
	keeper  *keeper
	slots   *slots
	deletes *batcher[string]
	changes *batcher[visibility]
	running sync.WaitGroup
}

// NewConsumer returns a Consumer that has not begun: see [Consumer.Run].
func NewConsumer(api API, opts Options, handle Handler) *Consumer {
	opts = opts.withDefaults()
	return &Consumer{
		api: api, opts: opts, handle: handle, fifo: strings.HasSuffix(opts.URL, ".fifo"),
		slots:  newSlots(opts.Hold),
		keeper: &keeper{api: api, url: opts.URL, visibility: opts.Visibility, log: opts.Log, held: map[*Message]struct{}{}},
		deletes: &batcher[string]{
			weigh: func(string) int { return 1 }, maxBytes: maxBytes,
			flush: func(ctx context.Context, r []string) []error { return deleteBatch(ctx, api, opts.URL, r) },
		},
		changes: &batcher[visibility]{
			weigh: func(visibility) int { return 1 }, maxBytes: maxBytes,
			flush: func(ctx context.Context, v []visibility) []error { return changeBatch(ctx, api, opts.URL, v) },
		},
	}
}

// Held is how many messages are held now.
func (c *Consumer) Held() int { return c.slots.held() }

// Run receives and handles messages until ctx ends; then it drains: it receives
// no more, lets begun work finish within DrainTimeout, hands back the rest and
// returns. A handler that ignores its context even then is abandoned.
func (c *Consumer) Run(ctx context.Context) {
	work, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	var keeping sync.WaitGroup
	keeping.Go(func() { c.keeper.run(work) })

	c.receive(ctx, work)

	idle := make(chan struct{})
	go func() { c.running.Wait(); close(idle) }()
	if !within(idle, c.opts.DrainTimeout) {
		c.opts.Log.Warn("drain timeout: handing back what is not finished", zap.Int("held", c.Held()))
		stop()
		if !within(idle, settleTimeout+time.Second) {
			c.opts.Log.Error("abandoned handlers that do not end", zap.Int("held", c.Held()))
		}
	}
	stop()
	keeping.Wait()
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

func (c *Consumer) receive(ctx, work context.Context) {
	for ctx.Err() == nil {
		if c.opts.Gate.Wait(ctx) != nil {
			return
		}
		free, err := c.slots.wait(ctx)
		if err != nil {
			return
		}
		asked := time.Now()
		out, err := c.api.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{
			QueueUrl: &c.opts.URL, MaxNumberOfMessages: int32(min(free, batchSize)), //nolint:gosec // at most 10
			WaitTimeSeconds: seconds(c.opts.Wait), VisibilityTimeout: seconds(c.opts.Visibility),
			MessageSystemAttributeNames: []types.MessageSystemAttributeName{types.MessageSystemAttributeNameAll},
			MessageAttributeNames:       []string{"All"},
		})
		switch {
		case err == nil:
			c.opts.Gate.Clear("sqs")
			c.start(ctx, work, out.Messages, asked)
		case ctx.Err() == nil:
			d := c.opts.Gate.Pause("sqs", err)
			c.opts.Log.Warn("could not receive", zap.Duration("pause", d), zap.Error(err))
		}
	}
}

// start hands messages to handlers: each on its own, or the messages of a FIFO
// group one after the other.
func (c *Consumer) start(ctx, work context.Context, received []types.Message, asked time.Time) {
	c.slots.take(len(received))
	groups := map[string][]*Message{}
	for _, in := range received {
		// The time counts from when SQS gave the message out. A long poll may have
		// waited before, so now is later than that by the way back only.
		m := newMessage(in, latest(asked, time.Now().Add(-time.Second)), c.opts.Visibility, ctx.Done())
		key := m.ID
		if c.fifo {
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

// inOrder handles messages one after the other. After one that did not get done
// the others of its group are handed back, so that they stay behind it.
func (c *Consumer) inOrder(work context.Context, group []*Message) {
	for i, m := range group {
		if done := c.one(work, m); done {
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
	ctx, cancel := context.WithCancelCause(work)
	defer cancel(nil)
	if !m.begin(cancel) {
		return c.settle(work, m, errLost)
	}
	return c.settle(work, m, c.guarded(ctx, m))
}
