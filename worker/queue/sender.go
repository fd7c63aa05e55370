package queue

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"
)

const (
	// MaxDelay is how long SQS holds a message back at most.
	MaxDelay = 900 * time.Second
	// maxBytes is SQS's limit on a message, attributes included, and on a batch.
	maxBytes = 1 << 20
	// sendTries is how often a send is tried, beside the SDK's own retries.
	sendTries = 3
	sendPause = 100 * time.Millisecond
	// sendsAtOnce bounds the goroutines of SendAll.
	sendsAtOnce = 8 * BatchSize
)

// Out is a message to send.
type Out struct {
	Body  string
	Group string        // message group; the exam code
	Delay time.Duration // at most MaxDelay; none on a FIFO queue
	// Dedup is a FIFO queue's deduplication id; empty on a standard queue.
	Dedup string
	// Attributes are sent as strings. Empty values are left out.
	Attributes map[string]string
}

func (o Out) bytes() int {
	n := len(o.Body)
	for k, v := range o.Attributes {
		n += len(k) + len(v) + len("String")
	}
	return n
}

// Sender puts messages on one queue. It is safe for concurrent use and needs no
// closing.
type Sender struct {
	to    Driver
	batch *batcher[Out]
}

// NewSender returns a Sender to the queue.
func NewSender(to Driver) *Sender {
	return &Sender{to: to, batch: &batcher[Out]{
		weigh: Out.bytes, maxBytes: maxBytes, linger: sendLinger,
		flush: to.Send,
	}}
}

// Send puts one message on the queue and returns when SQS has it. After an
// error the message may be on the queue all the same.
func (s *Sender) Send(ctx context.Context, out Out) error {
	err := context.Cause(ctx)
	if n := out.bytes(); n > maxBytes {
		err = fmt.Errorf("the message has %d bytes: at most %d fit", n, maxBytes)
	}
	if err == nil {
		err = s.persist(ctx, out)
	}
	if err != nil {
		return fmt.Errorf("send to %s: %w", s.Name(), err)
	}
	return nil
}

func (s *Sender) persist(ctx context.Context, out Out) error {
	err := s.batch.do(ctx, out)
	for try := 1; err != nil && try < sendTries && !isSenderFault(err); try++ {
		if wait(ctx, growing(sendPause, time.Second, try)) != nil {
			break
		}
		err = s.batch.do(ctx, out)
	}
	return err
}

func isSenderFault(err error) bool {
	entry, ok := errors.AsType[*EntryError](err)
	return ok && entry.SenderFault
}

// SendAll puts the messages on the queue, as many at once as make full batches.
// It ends with the first error; then some messages may have been sent.
func (s *Sender) SendAll(ctx context.Context, outs []Out) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(sendsAtOnce)
	for _, out := range outs {
		group.Go(func() error { return s.Send(ctx, out) })
	}
	return group.Wait() //nolint:wrapcheck // Send's own
}

// Name is the queue's name, without its address.
func (s *Sender) Name() string { return s.to.Name() }
