package conformance

import (
	"context"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

// sqsQueue is a queue in a test; what fails unexpectedly ends the test.
type sqsQueue struct {
	*testing.T
	*sqsKit

	name string
	url  *string
}

// remove deletes the queue; it also works once the test is over.
func (q *sqsQueue) remove() error {
	ctx, cancel := context.WithTimeout(context.Background(), q.options.Patience)
	defer cancel()
	_, err := q.client.DeleteQueue(ctx, &sqs.DeleteQueueInput{QueueUrl: q.url})
	return err
}

// send sends one message, changed by options.
func (q *sqsQueue) send(body string, options ...func(*sqs.SendMessageInput)) *sqs.SendMessageOutput {
	q.Helper()
	out, err := q.trySend(body, options...)
	if err != nil {
		q.Fatalf("send: %v", err)
	}
	return out
}

func (q *sqsQueue) trySend(body string, options ...func(*sqs.SendMessageInput)) (*sqs.SendMessageOutput, error) {
	in := &sqs.SendMessageInput{QueueUrl: q.url, MessageBody: &body}
	for _, o := range options {
		o(in)
	}
	return q.client.SendMessage(q.Context(), in)
}

// inGroup sends to a message group, with the body as deduplication id where dedup is true.
func inGroup(group string, dedup bool) func(*sqs.SendMessageInput) {
	return func(in *sqs.SendMessageInput) {
		in.MessageGroupId = &group
		if dedup {
			in.MessageDeduplicationId = in.MessageBody
		}
	}
}

// poll receives once, with all attributes.
func (q *sqsQueue) poll(most, visibility, wait int32) []types.Message {
	q.Helper()
	messages, err := q.tryPoll(most, visibility, wait)
	if err != nil {
		q.Fatalf("receive: %v", err)
	}
	return messages
}

// tryPoll is poll for goroutines, which must not end the test.
func (q *sqsQueue) tryPoll(most, visibility, wait int32) ([]types.Message, error) {
	out, err := q.client.ReceiveMessage(q.Context(), &sqs.ReceiveMessageInput{
		QueueUrl: q.url, MaxNumberOfMessages: most, VisibilityTimeout: visibility, WaitTimeSeconds: wait,
		MessageAttributeNames:       []string{"All"},
		MessageSystemAttributeNames: []types.MessageSystemAttributeName{types.MessageSystemAttributeNameAll},
	})
	if err != nil {
		return nil, err
	}
	return out.Messages, nil
}

// receive polls until n messages have come; SQS may give fewer at a time. They
// stay hidden for visibility seconds, or for the queue's own timeout if 0.
func (q *sqsQueue) receive(n int, visibility int32) []types.Message {
	q.Helper()
	var all []types.Message
	for end := time.Now().Add(q.options.Patience); len(all) < n; {
		if time.Now().After(end) {
			q.Fatalf("received %d messages, want %d, in %v", len(all), n, q.options.Patience)
		}
		all = append(all, q.poll(int32(min(10, n-len(all))), visibility, 2)...)
	}
	return all
}

// one receives one message.
func (q *sqsQueue) one(visibility int32) types.Message {
	q.Helper()
	return q.receive(1, visibility)[0]
}

// silent fails if a message comes within some seconds.
func (q *sqsQueue) silent(wait int32) {
	q.Helper()
	if got := q.poll(10, 30, wait); len(got) > 0 {
		q.Errorf("received %q, want nothing for %d s", sqsBodies(got), wait)
	}
}

// finish deletes messages.
func (q *sqsQueue) finish(messages ...types.Message) {
	q.Helper()
	for _, m := range messages {
		if err := q.tryDelete(m); err != nil {
			q.Fatalf("delete: %v", err)
		}
	}
}

func (q *sqsQueue) tryDelete(m types.Message) error {
	_, err := q.client.DeleteMessage(q.Context(), &sqs.DeleteMessageInput{
		QueueUrl: q.url, ReceiptHandle: m.ReceiptHandle,
	})
	return err
}

// hide sets how long the message stays hidden from now on.
func (q *sqsQueue) hide(m types.Message, visibility int32) {
	q.Helper()
	if err := q.tryHide(m, visibility); err != nil {
		q.Fatalf("change visibility to %d: %v", visibility, err)
	}
}

func (q *sqsQueue) tryHide(m types.Message, visibility int32) error {
	_, err := q.client.ChangeMessageVisibility(q.Context(), &sqs.ChangeMessageVisibilityInput{
		QueueUrl: q.url, ReceiptHandle: m.ReceiptHandle, VisibilityTimeout: visibility,
	})
	return err
}

// attribute is one attribute of the queue.
func (q *sqsQueue) attribute(name types.QueueAttributeName) string {
	q.Helper()
	out, err := q.client.GetQueueAttributes(q.Context(), &sqs.GetQueueAttributesInput{
		QueueUrl: q.url, AttributeNames: []types.QueueAttributeName{name},
	})
	if err != nil {
		q.Fatalf("get attribute %s: %v", name, err)
	}
	return out.Attributes[string(name)]
}

// eventually waits until an attribute has a value: counts lag behind.
func (q *sqsQueue) eventually(name types.QueueAttributeName, want string) {
	q.Helper()
	got := ""
	for end := time.Now().Add(q.options.Patience); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		if got = q.attribute(name); got == want {
			return
		}
	}
	q.Errorf("attribute %s: got %q, want %q within %v", name, got, want, q.options.Patience)
}

// receiveCount is how often the message was received, as SQS tells it.
func receiveCount(t *testing.T, m types.Message) int {
	t.Helper()
	n, err := strconv.Atoi(m.Attributes[string(types.MessageSystemAttributeNameApproximateReceiveCount)])
	if err != nil {
		t.Fatalf("receive count: %v", err)
	}
	return n
}

// sameBodies compares in any order.
func sameBodies(t *testing.T, got []types.Message, want ...string) {
	t.Helper()
	bodies := sqsBodies(got)
	slices.Sort(bodies)
	slices.Sort(want)
	if !slices.Equal(bodies, want) {
		t.Errorf("got bodies %q, want %q", bodies, want)
	}
}

// text is a message attribute.
func text(kind, value string) types.MessageAttributeValue {
	return types.MessageAttributeValue{DataType: aws.String(kind), StringValue: &value}
}
