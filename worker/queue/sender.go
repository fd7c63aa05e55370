package queue

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

const (
	// MaxDelay is how long SQS holds a message back at most.
	MaxDelay = 900 * time.Second
	// maxBytes is SQS's limit on a message, attributes included, and on a batch.
	maxBytes = 1 << 20
	// sendTries is how often a send is tried, beside the SDK's own retries.
	sendTries = 3
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
		weigh: Out.bytes, maxBytes: maxBytes,
		flush: func(ctx context.Context, outs []Out) []error { return sendBatch(ctx, api, url, outs) },
	}}
}

// Send puts one message on the queue and returns when SQS has it. After an
// error the message may be on the queue all the same.
func (s *Sender) Send(ctx context.Context, out Out) error {
	var err error
	for try := range sendTries {
		if err = s.batch.do(ctx, out); err == nil {
			return nil
		}
		if entryErr, ok := err.(*EntryError); ok && entryErr.SenderFault { //nolint:errorlint // made here, never wrapped
			break
		}
		if wait(ctx, time.Duration(try+1)*100*time.Millisecond) != nil {
			break
		}
	}
	return fmt.Errorf("send to %s: %w", s.Name(), err)
}

// SendAll puts the messages on the queue, as many at once as make full batches,
// and returns the first error.
func (s *Sender) SendAll(ctx context.Context, outs []Out) error {
	const atOnce = 8 * batchSize
	slots := make(chan struct{}, atOnce)
	errs := make(chan error, len(outs))
	for _, out := range outs {
		slots <- struct{}{}
		go func() {
			errs <- s.Send(ctx, out)
			<-slots
		}()
	}
	var first error
	for range outs {
		if err := <-errs; err != nil && first == nil {
			first = err
		}
	}
	return first
}

// Name is the queue's name, without its address.
func (s *Sender) Name() string { return queueName(s.url) }

func queueName(url string) string { return url[strings.LastIndexByte(url, '/')+1:] }
