package conformance

import (
	"errors"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

func sqsQueueCases() []sqsCase {
	return []sqsCase{
		{"creating a queue again gives the same queue", createAgain},
		{"creating a queue again with other attributes is refused", createOther},
		{"a queue that is not there is QueueDoesNotExist", noSuchQueue},
		{"queues are found by name and prefix", findQueues},
		{"attributes can be read and changed", queueAttributes},
		{"attributes out of range are refused", badAttributes},
		{"counts tell visible, hidden and delayed messages", queueCounts},
	}
}

func createAgain(t *testing.T, k *sqsKit) {
	q := k.standard(t, map[string]string{"VisibilityTimeout": "33"})
	for _, attributes := range []map[string]string{nil, {"VisibilityTimeout": "33"}} {
		out, err := k.client.CreateQueue(t.Context(), &sqs.CreateQueueInput{QueueName: &q.name, Attributes: attributes})
		if err != nil || aws.ToString(out.QueueUrl) != *q.url {
			t.Errorf("create again with %v: got %v, %v, want %s", attributes, out, err, *q.url)
		}
	}
}

func createOther(t *testing.T, k *sqsKit) {
	q := k.standard(t, map[string]string{"VisibilityTimeout": "33"})
	_, err := k.client.CreateQueue(t.Context(), &sqs.CreateQueueInput{
		QueueName: &q.name, Attributes: map[string]string{"VisibilityTimeout": "34"},
	})
	if _, ok := errors.AsType[*types.QueueNameExists](err); !ok {
		t.Errorf("got %v, want QueueNameExists", err)
	}
}

func noSuchQueue(t *testing.T, k *sqsKit) {
	q := k.standard(t, nil)
	other := *q
	other.url = aws.String(strings.TrimSuffix(*q.url, q.name) + k.name())
	_, sendErr := other.trySend("x")
	_, receiveErr := k.client.ReceiveMessage(t.Context(), &sqs.ReceiveMessageInput{QueueUrl: other.url})
	_, urlErr := k.client.GetQueueUrl(t.Context(), &sqs.GetQueueUrlInput{QueueName: aws.String(k.name())})
	for what, err := range map[string]error{"send": sendErr, "receive": receiveErr, "get url": urlErr} {
		if _, ok := errors.AsType[*types.QueueDoesNotExist](err); !ok {
			t.Errorf("%s: got %v, want QueueDoesNotExist", what, err)
		}
	}
}

func findQueues(t *testing.T, k *sqsKit) {
	q := k.standard(t, nil)
	byName, err := k.client.GetQueueUrl(t.Context(), &sqs.GetQueueUrlInput{QueueName: &q.name})
	if err != nil || *byName.QueueUrl != *q.url {
		t.Errorf("get url: got %v, %v, want %s", byName, err, *q.url)
	}
	for range 30 { // a new queue is listed some time later
		list, err := k.client.ListQueues(t.Context(), &sqs.ListQueuesInput{QueueNamePrefix: &q.name})
		if err != nil {
			t.Fatalf("list: %v", err)
		}
		if len(list.QueueUrls) == 1 && list.QueueUrls[0] == *q.url {
			return
		}
	}
	t.Errorf("%s is not listed", q.name)
}

func queueAttributes(t *testing.T, k *sqsKit) {
	q := k.standard(t, map[string]string{"VisibilityTimeout": "33", "ReceiveMessageWaitTimeSeconds": "3"})
	if arn := q.attribute(types.QueueAttributeNameQueueArn); !strings.HasPrefix(arn, "arn:aws") || !strings.HasSuffix(arn, ":"+q.name) {
		t.Errorf("got ARN %q", arn)
	}
	_, err := k.client.SetQueueAttributes(t.Context(), &sqs.SetQueueAttributesInput{
		QueueUrl: q.url, Attributes: map[string]string{"VisibilityTimeout": "44", "DelaySeconds": "5"},
	})
	if err != nil {
		t.Fatalf("set: %v", err)
	}
	q.eventually(types.QueueAttributeNameVisibilityTimeout, "44")
	q.eventually(types.QueueAttributeNameDelaySeconds, "5")
	q.eventually(types.QueueAttributeNameReceiveMessageWaitTimeSeconds, "3")
	q.eventually(types.QueueAttributeNameMessageRetentionPeriod, "345600")
}

func badAttributes(t *testing.T, k *sqsKit) {
	q := k.standard(t, nil)
	for name, value := range map[string]string{
		"VisibilityTimeout": "43201", "DelaySeconds": "901", "MessageRetentionPeriod": "59",
		"ReceiveMessageWaitTimeSeconds": "21", "MaximumMessageSize": "1023", "Nonsense": "1",
	} {
		_, err := k.client.SetQueueAttributes(t.Context(), &sqs.SetQueueAttributesInput{
			QueueUrl: q.url, Attributes: map[string]string{name: value},
		})
		sqsWants(t, name, err, "InvalidAttributeValue", "InvalidAttributeName", "InvalidParameterValue")
	}
}

func queueCounts(t *testing.T, k *sqsKit) {
	q := k.standard(t, nil)
	for range 3 {
		q.send("x")
	}
	q.send("later", func(in *sqs.SendMessageInput) { in.DelaySeconds = 600 })
	q.one(600)
	q.eventually(types.QueueAttributeNameApproximateNumberOfMessages, "2")
	q.eventually(types.QueueAttributeNameApproximateNumberOfMessagesNotVisible, "1")
	q.eventually(types.QueueAttributeNameApproximateNumberOfMessagesDelayed, "1")
}
