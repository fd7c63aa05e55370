package conformance

import (
	"errors"
	"strconv"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

func sqsBatchCases() []sqsCase {
	return []sqsCase{
		{"ten messages go and come in batches", batchOfTen},
		{"a batch answers for each entry", batchEntries},
		{"a batch of visibility changes answers for each entry", batchVisibility},
		{"bad batches are refused whole", badBatches},
		{"a batch above 1 MiB is BatchRequestTooLong", longBatch},
	}
}

// entries makes n entries with ids and bodies "0", "1", ...
func entries(n int) []types.SendMessageBatchRequestEntry {
	all := make([]types.SendMessageBatchRequestEntry, n)
	for i := range all {
		all[i] = types.SendMessageBatchRequestEntry{Id: aws.String(strconv.Itoa(i)), MessageBody: aws.String(strconv.Itoa(i))}
	}
	return all
}

func (q *sqsQueue) sendBatch(batch []types.SendMessageBatchRequestEntry) (*sqs.SendMessageBatchOutput, error) {
	return q.client.SendMessageBatch(q.Context(), &sqs.SendMessageBatchInput{QueueUrl: q.url, Entries: batch})
}

func (q *sqsQueue) deleteBatch(handles ...*string) *sqs.DeleteMessageBatchOutput {
	q.Helper()
	in := &sqs.DeleteMessageBatchInput{QueueUrl: q.url}
	for i, handle := range handles {
		in.Entries = append(in.Entries, types.DeleteMessageBatchRequestEntry{Id: aws.String(strconv.Itoa(i)), ReceiptHandle: handle})
	}
	out, err := q.client.DeleteMessageBatch(q.Context(), in)
	if err != nil {
		q.Fatalf("delete batch: %v", err)
	}
	return out
}

func batchOfTen(t *testing.T, k *sqsKit) {
	q := k.standard(t, nil)
	sent, err := q.sendBatch(entries(10))
	if err != nil || len(sent.Successful) != 10 || len(sent.Failed) != 0 {
		t.Fatalf("send batch: %v, %v", sent, err)
	}
	got := q.receive(10, 60)
	sameBodies(t, got, "0", "1", "2", "3", "4", "5", "6", "7", "8", "9")
	var handles []*string
	for _, m := range got {
		handles = append(handles, m.ReceiptHandle)
	}
	if out := q.deleteBatch(handles...); len(out.Successful) != 10 || len(out.Failed) != 0 {
		t.Errorf("deleted %d, failed %d, want 10 and 0", len(out.Successful), len(out.Failed))
	}
	q.eventually(types.QueueAttributeNameApproximateNumberOfMessagesNotVisible, "0")
}

func batchEntries(t *testing.T, k *sqsKit) {
	q := k.standard(t, nil)
	batch := entries(2)
	batch[1].MessageBody = aws.String("bad \x00")
	sent, err := q.sendBatch(batch)
	if err != nil {
		t.Fatalf("send batch: %v", err)
	}
	if len(sent.Successful) != 1 || len(sent.Failed) != 1 {
		t.Fatalf("send batch: got %d successes and %d failures, want one of each", len(sent.Successful), len(sent.Failed))
	}
	if f := sent.Failed[0]; *f.Id != "1" || !f.SenderFault || aws.ToString(f.Code) == "" {
		t.Errorf("failed entry: got %s, sender's fault %v, code %v", *f.Id, f.SenderFault, f.Code)
	}
	out := q.deleteBatch(q.one(60).ReceiptHandle, aws.String("made-up"))
	if len(out.Successful) != 1 || *out.Successful[0].Id != "0" || len(out.Failed) != 1 || *out.Failed[0].Id != "1" {
		t.Errorf("delete: got %d successes and %d failures, want entry 0 deleted and 1 failed",
			len(out.Successful), len(out.Failed))
	}
}

func batchVisibility(t *testing.T, k *sqsKit) {
	q := k.standard(t, nil)
	q.send("x")
	out, err := k.client.ChangeMessageVisibilityBatch(t.Context(), &sqs.ChangeMessageVisibilityBatchInput{
		QueueUrl: q.url, Entries: []types.ChangeMessageVisibilityBatchRequestEntry{
			{Id: aws.String("good"), ReceiptHandle: q.one(600).ReceiptHandle},
			{Id: aws.String("bad"), ReceiptHandle: aws.String("made-up"), VisibilityTimeout: 10},
		},
	})
	if err != nil || len(out.Successful) != 1 || *out.Successful[0].Id != "good" || len(out.Failed) != 1 {
		t.Fatalf("got %v, %v, want good to succeed and bad to fail", out, err)
	}
	q.one(600)
}

func badBatches(t *testing.T, k *sqsKit) {
	q := k.standard(t, nil)
	twice, badID := entries(2), entries(1)
	twice[1].Id = twice[0].Id
	badID[0].Id = aws.String("not good")
	for want, batch := range map[string][]types.SendMessageBatchRequestEntry{
		"EmptyBatchRequest":            {},
		"TooManyEntriesInBatchRequest": entries(11),
		"BatchEntryIdsNotDistinct":     twice,
		"InvalidBatchEntryId":          badID,
	} {
		_, err := q.sendBatch(batch)
		sqsWants(t, want, err, want)
	}
	q.silent(1)
}

func longBatch(t *testing.T, k *sqsKit) {
	q := k.standard(t, nil)
	batch := entries(2)
	for i := range batch {
		batch[i].MessageBody = aws.String(strings.Repeat("x", 1<<19+1))
	}
	_, err := q.sendBatch(batch)
	if _, ok := errors.AsType[*types.BatchRequestTooLong](err); !ok {
		t.Errorf("got %v, want BatchRequestTooLong", err)
	}
}
