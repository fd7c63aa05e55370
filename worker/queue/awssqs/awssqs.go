// Package awssqs is SQS as a queue.Driver, by the AWS SDK: Amazon's, or whatever speaks
// its protocol.
package awssqs

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"hakbeon/worker/queue"
)

// API is the part of *sqs.Client that this package uses.
type API interface {
	ReceiveMessage(context.Context, *sqs.ReceiveMessageInput, ...func(*sqs.Options)) (*sqs.ReceiveMessageOutput, error)
	DeleteMessageBatch(context.Context, *sqs.DeleteMessageBatchInput, ...func(*sqs.Options)) (*sqs.DeleteMessageBatchOutput, error)
	ChangeMessageVisibilityBatch(context.Context, *sqs.ChangeMessageVisibilityBatchInput, ...func(*sqs.Options)) (*sqs.ChangeMessageVisibilityBatchOutput, error)
	GetQueueAttributes(context.Context, *sqs.GetQueueAttributesInput, ...func(*sqs.Options)) (*sqs.GetQueueAttributesOutput, error)
	SendMessageBatch(context.Context, *sqs.SendMessageBatchInput, ...func(*sqs.Options)) (*sqs.SendMessageBatchOutput, error)
}

var _ API = (*sqs.Client)(nil)

// Queue is one queue of SQS.
type Queue struct {
	api API
	url string
}

// Open returns the queue at an address. One that ends in ".fifo" is ordered.
func Open(api API, url string) *Queue { return &Queue{api, url} }

// Broker opens the queues that a client reaches.
func Broker(api API) func(url string) queue.Driver {
	return func(url string) queue.Driver { return Open(api, url) }
}

// Name implements queue.Driver.
func (q *Queue) Name() string { return q.url[strings.LastIndexByte(q.url, '/')+1:] }

// Ordered implements queue.Driver.
func (q *Queue) Ordered() bool { return strings.HasSuffix(q.url, ".fifo") }

// Receive implements queue.Driver by a long poll of at most 20 s.
func (q *Queue) Receive(ctx context.Context, most int, wait, hidden time.Duration) ([]queue.Received, error) {
	out, err := q.api.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{
		QueueUrl: &q.url, MaxNumberOfMessages: int32(most), WaitTimeSeconds: seconds(wait), VisibilityTimeout: seconds(hidden),
		MessageSystemAttributeNames: []types.MessageSystemAttributeName{types.MessageSystemAttributeNameAll},
		MessageAttributeNames:       []string{"All"},
	})
	if err != nil {
		return nil, err
	}
	received := make([]queue.Received, len(out.Messages))
	for i, m := range out.Messages {
		received[i] = message(m)
	}
	return received, nil
}

func message(in types.Message) queue.Received {
	m := queue.Received{
		ID: aws.ToString(in.MessageId), Body: aws.ToString(in.Body), Receipt: aws.ToString(in.ReceiptHandle),
		Group:      in.Attributes[string(types.MessageSystemAttributeNameMessageGroupId)],
		Attributes: make(map[string]string, len(in.MessageAttributes)),
	}
	m.Receives, _ = strconv.Atoi(in.Attributes[string(types.MessageSystemAttributeNameApproximateReceiveCount)])
	if ms, err := strconv.ParseInt(in.Attributes[string(types.MessageSystemAttributeNameSentTimestamp)], 10, 64); err == nil {
		m.Sent = time.UnixMilli(ms)
	}
	for name, value := range in.MessageAttributes {
		if value.StringValue != nil {
			m.Attributes[name] = *value.StringValue
		}
	}
	return m
}

// Delete implements queue.Driver.
func (q *Queue) Delete(ctx context.Context, receipts []string) []error {
	in := &sqs.DeleteMessageBatchInput{QueueUrl: &q.url}
	for i, r := range receipts {
		in.Entries = append(in.Entries, types.DeleteMessageBatchRequestEntry{
			Id: aws.String(strconv.Itoa(i)), ReceiptHandle: aws.String(r),
		})
	}
	out, err := q.api.DeleteMessageBatch(ctx, in)
	if err != nil {
		return outcomes(len(receipts), err, nil, nil)
	}
	var ok []string
	for _, e := range out.Successful {
		ok = append(ok, aws.ToString(e.Id))
	}
	return outcomes(len(receipts), nil, ok, refused(out.Failed))
}

// Extend implements queue.Driver; SQS refuses what reaches beyond 12 hours from the receive.
func (q *Queue) Extend(ctx context.Context, wishes []queue.Extension) []error {
	in := &sqs.ChangeMessageVisibilityBatchInput{QueueUrl: &q.url}
	for i, w := range wishes {
		in.Entries = append(in.Entries, types.ChangeMessageVisibilityBatchRequestEntry{
			Id: aws.String(strconv.Itoa(i)), ReceiptHandle: aws.String(w.Receipt), VisibilityTimeout: seconds(w.Hidden),
		})
	}
	out, err := q.api.ChangeMessageVisibilityBatch(ctx, in)
	if err != nil {
		return outcomes(len(wishes), err, nil, nil)
	}
	var ok []string
	for _, e := range out.Successful {
		ok = append(ok, aws.ToString(e.Id))
	}
	return outcomes(len(wishes), nil, ok, refused(out.Failed))
}

// Send implements queue.Driver.
func (q *Queue) Send(ctx context.Context, outs []queue.Out) []error {
	in := &sqs.SendMessageBatchInput{QueueUrl: &q.url}
	for i, o := range outs {
		in.Entries = append(in.Entries, entry(o, strconv.Itoa(i)))
	}
	out, err := q.api.SendMessageBatch(ctx, in)
	if err != nil {
		return outcomes(len(outs), err, nil, nil)
	}
	var ok []string
	for _, e := range out.Successful {
		ok = append(ok, aws.ToString(e.Id))
	}
	return outcomes(len(outs), nil, ok, refused(out.Failed))
}

// Count implements queue.Counter: about, as SQS says.
func (q *Queue) Count(ctx context.Context) (queue.Counts, error) {
	names := []types.QueueAttributeName{
		types.QueueAttributeNameApproximateNumberOfMessages, types.QueueAttributeNameApproximateNumberOfMessagesNotVisible,
		types.QueueAttributeNameApproximateNumberOfMessagesDelayed,
	}
	out, err := q.api.GetQueueAttributes(ctx, &sqs.GetQueueAttributesInput{QueueUrl: &q.url, AttributeNames: names})
	if err != nil {
		return queue.Counts{}, err
	}
	number := func(i int) int {
		n, err := strconv.Atoi(out.Attributes[string(names[i])])
		if err != nil {
			return -1
		}
		return n
	}
	return queue.Counts{Visible: number(0), InFlight: number(1), Delayed: number(2)}, nil
}

func entry(o queue.Out, id string) types.SendMessageBatchRequestEntry {
	e := types.SendMessageBatchRequestEntry{
		Id: &id, MessageBody: aws.String(o.Body), DelaySeconds: min(seconds(o.Delay), int32(queue.MaxDelay/time.Second)),
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

func refused(failed []types.BatchResultErrorEntry) map[string]*queue.EntryError {
	errs := make(map[string]*queue.EntryError, len(failed))
	for _, f := range failed {
		errs[aws.ToString(f.Id)] = &queue.EntryError{
			Code: aws.ToString(f.Code), Message: aws.ToString(f.Message), SenderFault: f.SenderFault,
			Stale: stale(aws.ToString(f.Code)),
		}
	}
	return errs
}

// stale reports whether a code says that a receipt handle is of no more use.
// InvalidParameterValue is what SQS says of one that was received again.
func stale(code string) bool {
	switch code {
	case "ReceiptHandleIsInvalid", "MessageNotInflight", "InvalidParameterValue",
		"AWS.SimpleQueueService.MessageNotInflight":
		return true
	}
	return false
}

// errNoOutcome is the outcome of an entry that an answer passes over.
var errNoOutcome = errors.New("sqs said nothing about the entry")

// outcomes spreads what a batch call answered over its entries: an entry that
// was neither confirmed nor refused has failed too.
func outcomes(n int, callErr error, ok []string, failed map[string]*queue.EntryError) []error {
	errs := make([]error, n)
	for i := range errs {
		id := strconv.Itoa(i)
		refusal, refused := failed[id]
		switch {
		case callErr != nil:
			errs[i] = callErr
		case refused:
			errs[i] = refusal
		case !slices.Contains(ok, id):
			errs[i] = errNoOutcome
		}
	}
	return errs
}

// maxSeconds is the longest time that SQS takes: 12 hours.
const maxSeconds = 12 * 60 * 60

// seconds rounds up to whole seconds within what SQS takes.
func seconds(d time.Duration) int32 {
	return int32(min(max((d+time.Second-1)/time.Second, 0), maxSeconds))
}
