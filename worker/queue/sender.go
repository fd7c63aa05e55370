package queue

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
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
	sendsAtOnce = 8 * batchSize
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

func (o Out) entry(id string) types.SendMessageBatchRequestEntry {
	e := types.SendMessageBatchRequestEntry{
		Id: &id, MessageBody: aws.String(o.Body), DelaySeconds: min(seconds(o.Delay), int32(MaxDelay/time.Second)),
	}
	if o.Group != "" {
		e.MessageGroupId = aws.String(o.Group)
	}
	if o.Dedup != "" {
		e.MessageDeduplicationId = aws.String(o.Dedup)
	}
	for name, value := range o.Attributes {
		if value == "" {
			continue
		}
		if e.MessageAttributes == nil {
			e.MessageAttributes = map[string]types.MessageAttributeValue{}
		}
		e.MessageAttributes[name] = types.MessageAttributeValue{DataType: aws.String("String"), StringValue: aws.String(value)}
	}
	return e
}

// Sender puts messages on one queue. It is safe for concurrent use and needs no
// closing.
type Sender struct {
	url   string
	batch *batcher[Out]
}

// NewSender returns a Sender to the queue at url.
func NewSender(api API, url string) *Sender {
	return &Sender{url: url, batch: &batcher[Out]{
		weigh: Out.bytes, maxBytes: maxBytes, linger: sendLinger,
		flush: func(ctx context.Context, outs []Out) []error { return sendBatch(ctx, api, url, outs) },
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
func (s *Sender) Name() string { return queueName(s.url) }

func (s *Sender) fifo() bool { return isFIFO(s.url) }

func isFIFO(url string) bool { return strings.HasSuffix(url, ".fifo") }

func queueName(url string) string { return url[strings.LastIndexByte(url, '/')+1:] }
