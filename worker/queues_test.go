package worker_test

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"hakbeon/jobs"
)

// put puts a message on a queue.
func (r *rig) put(queue string, m jobs.Message) {
	r.t.Helper()
	body, err := jobs.Encode(m)
	must(r.t, err)
	r.putText(queue, body)
}

func (r *rig) putText(queue, body string) {
	r.t.Helper()
	in := &sqs.SendMessageInput{QueueUrl: &queue, MessageBody: &body}
	if strings.HasSuffix(queue, ".fifo") {
		in.MessageGroupId, in.MessageDeduplicationId = &r.exam, aws.String(jobs.PartID([]string{body, time.Now().String()}))
	}
	_, err := r.client.SendMessage(r.t.Context(), in)
	must(r.t, err)
}

// receiveUnsettled puts the message on the work queue and receives it as often
// as given, as workers do that die of it.
func (r *rig) receiveUnsettled(times int, m jobs.Message) {
	r.t.Helper()
	r.put(r.options.Queues.Work, m)
	for range times {
		r.until("the message", func() bool {
			out, err := r.client.ReceiveMessage(r.t.Context(), &sqs.ReceiveMessageInput{QueueUrl: &r.options.Queues.Work, VisibilityTimeout: 1, WaitTimeSeconds: 2})
			must(r.t, err)
			for _, got := range out.Messages {
				_, err := r.client.ChangeMessageVisibility(r.t.Context(), &sqs.ChangeMessageVisibilityInput{
					QueueUrl: &r.options.Queues.Work, ReceiptHandle: got.ReceiptHandle,
				})
				must(r.t, err)
			}
			return len(out.Messages) > 0
		})
	}
}

// deadLetter waits for the next dead letter and returns it.
func (r *rig) deadLetter() types.Message {
	r.t.Helper()
	var got types.Message
	r.until("a dead letter", func() bool {
		out, err := r.client.ReceiveMessage(r.t.Context(), &sqs.ReceiveMessageInput{
			QueueUrl: &r.options.Queues.DeadLetters, MessageAttributeNames: []string{"All"}, WaitTimeSeconds: 1,
		})
		must(r.t, err)
		if len(out.Messages) == 0 {
			return false
		}
		got = out.Messages[0]
		_, err = r.client.DeleteMessage(r.t.Context(), &sqs.DeleteMessageInput{
			QueueUrl: &r.options.Queues.DeadLetters, ReceiptHandle: got.ReceiptHandle,
		})
		must(r.t, err)
		return true
	})
	return got
}

func reasonOf(m types.Message) string {
	return aws.ToString(m.MessageAttributes["hakbeon-reason"].StringValue)
}

// waiting counts a queue's messages, delayed ones apart.
func (r *rig) waiting(queue string) (now, delayed int) {
	r.t.Helper()
	out, err := r.client.GetQueueAttributes(context.Background(), &sqs.GetQueueAttributesInput{
		QueueUrl: &queue, AttributeNames: []types.QueueAttributeName{types.QueueAttributeNameAll},
	})
	must(r.t, err)
	count := func(name types.QueueAttributeName) int {
		n, _ := strconv.Atoi(out.Attributes[string(name)])
		return n
	}
	now = count(types.QueueAttributeNameApproximateNumberOfMessages) + count(types.QueueAttributeNameApproximateNumberOfMessagesNotVisible)
	return now, count(types.QueueAttributeNameApproximateNumberOfMessagesDelayed)
}

// quiet reports whether nothing is left to do but what was put off.
func (r *rig) quiet() bool {
	for _, queue := range []string{r.options.Queues.Jobs, r.options.Queues.Work, r.options.Queues.Callbacks} {
		if now, _ := r.waiting(queue); now > 0 {
			return false
		}
	}
	return true
}
