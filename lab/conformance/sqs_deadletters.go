package conformance

import (
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

func sqsDeadLetterCases() []sqsCase {
	return []sqsCase{
		{"a message received too often goes to the dead-letter queue", deadLetter},
		{"a dead-letter queue must exist", noDeadLetterQueue},
		{"dead letters can be moved back", moveBack},
		{"only a dead-letter queue's messages can be moved", moveRefused},
	}
}

// deadLetterPair makes a queue whose messages die after some receives, and
// the queue where they go.
func (k *sqsKit) deadLetterPair(t *testing.T, receives int) (q, dead *sqsQueue) {
	t.Helper()
	dead = k.standard(t, nil)
	q = k.standard(t, map[string]string{"RedrivePolicy": redrive(dead.attribute(types.QueueAttributeNameQueueArn), receives)})
	return q, dead
}

func redrive(arn string, receives int) string {
	return fmt.Sprintf(`{"deadLetterTargetArn":%q,"maxReceiveCount":"%d"}`, arn, receives)
}

// kill receives a message until it is gone to the dead-letter queue.
func (q *sqsQueue) kill(receives int) {
	q.Helper()
	for range receives {
		q.hide(q.one(600), 0)
	}
	q.silent(1)
}

func deadLetter(t *testing.T, k *sqsKit) {
	q, dead := k.deadLetterPair(t, 2)
	sent := q.send("x", func(in *sqs.SendMessageInput) {
		in.MessageAttributes = map[string]types.MessageAttributeValue{"reason": text("String", "why")}
	})
	q.kill(2)
	m := dead.one(60)
	if *m.MessageId != *sent.MessageId || *m.Body != "x" || aws.ToString(m.MessageAttributes["reason"].StringValue) != "why" {
		t.Errorf("the dead letter is %q, id %s, attributes %v; want the message as it was", *m.Body, *m.MessageId, m.MessageAttributes)
	}
	arn := q.attribute(types.QueueAttributeNameQueueArn)
	if got := m.Attributes[string(types.MessageSystemAttributeNameDeadLetterQueueSourceArn)]; got != arn {
		t.Errorf("source ARN: got %q, want %q", got, arn)
	}
}

func noDeadLetterQueue(t *testing.T, k *sqsKit) {
	q := k.standard(t, nil)
	arn := q.attribute(types.QueueAttributeNameQueueArn) + "-not-there"
	_, err := k.client.SetQueueAttributes(t.Context(), &sqs.SetQueueAttributesInput{
		QueueUrl: q.url, Attributes: map[string]string{"RedrivePolicy": redrive(arn, 2)},
	})
	sqsWants(t, "dead-letter queue that is not there", err, "InvalidParameterValue", "InvalidAttributeValue", "NonExistentQueue")
}

func moveBack(t *testing.T, k *sqsKit) {
	q, dead := k.deadLetterPair(t, 1)
	q.send("x")
	q.kill(1)
	dead.eventually(types.QueueAttributeNameApproximateNumberOfMessages, "1")
	arn := aws.String(dead.attribute(types.QueueAttributeNameQueueArn))
	if _, err := k.client.StartMessageMoveTask(t.Context(), &sqs.StartMessageMoveTaskInput{SourceArn: arn}); err != nil {
		t.Fatalf("start: %v", err)
	}
	if m := q.one(600); *m.Body != "x" || receiveCount(t, m) != 1 {
		t.Errorf("got %q, received %d times; want x as a new message", *m.Body, receiveCount(t, m))
	}
	var list *sqs.ListMessageMoveTasksOutput
	for end := time.Now().Add(k.options.Patience); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		var err error
		list, err = k.client.ListMessageMoveTasks(t.Context(), &sqs.ListMessageMoveTasksInput{SourceArn: arn})
		if err != nil {
			t.Fatalf("list: %v", err)
		}
		if len(list.Results) == 1 && aws.ToString(list.Results[0].Status) == "COMPLETED" {
			return
		}
	}
	t.Errorf("the task did not complete: %v", list)
}

func moveRefused(t *testing.T, k *sqsKit) {
	q := k.standard(t, nil)
	arn := aws.String(q.attribute(types.QueueAttributeNameQueueArn))
	_, err := k.client.StartMessageMoveTask(t.Context(), &sqs.StartMessageMoveTaskInput{SourceArn: arn})
	sqsWants(t, "not a dead-letter queue", err, "InvalidParameterValue", "UnsupportedOperation", "ResourceNotFoundException")
}
