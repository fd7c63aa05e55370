package conformance

import (
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

func sqsDeadLetterCases() []sqsCase {
	return []sqsCase{
		{"a message received too often goes to the dead-letter queue", deadLetter},
		{"a dead-letter queue must exist", noDeadLetterQueue},
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
