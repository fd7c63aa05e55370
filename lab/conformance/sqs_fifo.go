package conformance

import (
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

func sqsFIFOCases() []sqsCase {
	return []sqsCase{
		{"a FIFO queue keeps the order of a group", fifoOrder},
		{"a FIFO group waits for its message in flight", fifoBlocked},
		{"a returned FIFO message comes before its successors", fifoReturned},
		{"a FIFO queue drops duplicates by id", fifoDedupID},
		{"a FIFO queue drops duplicates by content", fifoDedupContent},
		{"a FIFO message needs a group", fifoNeedsGroup},
		{"a FIFO message cannot be delayed by itself", fifoDelay},
		{"sequence numbers of a FIFO queue rise", fifoSequence},
	}
}

// order receives and deletes n messages, one by one.
func (q *sqsQueue) order(n int) []string {
	q.Helper()
	var bodies []string
	for range n {
		m := q.one(60)
		bodies = append(bodies, *m.Body)
		q.finish(m)
	}
	return bodies
}

func fifoOrder(t *testing.T, k *sqsKit) {
	q := k.fifo(t, nil)
	want := []string{"1", "2", "3", "4", "5"}
	for _, body := range want {
		q.send(body, inGroup("g", true))
	}
	if got := q.order(len(want)); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func fifoBlocked(t *testing.T, k *sqsKit) {
	q := k.fifo(t, nil)
	q.send("a1", inGroup("a", true))
	first := q.one(600)
	q.send("a2", inGroup("a", true))
	q.silent(1)
	q.send("b1", inGroup("b", true))
	if got := q.one(600); *got.Body != "b1" {
		t.Errorf("got %q, want b1: another group is not blocked", *got.Body)
	}
	q.finish(first)
	if got := q.one(600); *got.Body != "a2" {
		t.Errorf("got %q, want a2: the group is free", *got.Body)
	}
}

func fifoReturned(t *testing.T, k *sqsKit) {
	q := k.fifo(t, nil)
	want := []string{"1", "2", "3"}
	for _, body := range want {
		q.send(body, inGroup("g", true))
	}
	q.hide(q.one(600), 0)
	if got := q.order(len(want)); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func fifoDedupID(t *testing.T, k *sqsKit) {
	q := k.fifo(t, nil)
	first := q.send("x", inGroup("g", true))
	q.finish(q.one(60))
	again := q.send("x", inGroup("g", true))
	if *first.MessageId != *again.MessageId {
		t.Errorf("sent again: got id %s, want the first one's, %s", *again.MessageId, *first.MessageId)
	}
	q.silent(2)
}

func fifoDedupContent(t *testing.T, k *sqsKit) {
	q := k.fifo(t, map[string]string{"ContentBasedDeduplication": "true"})
	for _, body := range []string{"x", "x", "y"} {
		q.send(body, inGroup("g", false))
	}
	if got := q.order(2); !slices.Equal(got, []string{"x", "y"}) {
		t.Errorf("got %q, want x and y", got)
	}
	q.silent(1)
}

func fifoNeedsGroup(t *testing.T, k *sqsKit) {
	_, err := k.fifo(t, map[string]string{"ContentBasedDeduplication": "true"}).trySend("x")
	sqsWants(t, "no group", err, "MissingParameter", "MissingRequiredParameterException")
	_, err = k.fifo(t, nil).trySend("x", inGroup("g", false))
	sqsWants(t, "no deduplication id", err, "InvalidParameterValue")
}

func fifoDelay(t *testing.T, k *sqsKit) {
	_, err := k.fifo(t, nil).trySend("x", inGroup("g", true), func(in *sqs.SendMessageInput) { in.DelaySeconds = 1 })
	sqsWants(t, "delay", err, "InvalidParameterValue")
}

func fifoSequence(t *testing.T, k *sqsKit) {
	q := k.fifo(t, nil)
	a, b := q.send("1", inGroup("g", true)), q.send("2", inGroup("g", true))
	first, second := aws.ToString(a.SequenceNumber), aws.ToString(b.SequenceNumber)
	if first == "" || len(first) > len(second) || len(first) == len(second) && first >= second {
		t.Errorf("sequence numbers %q, %q: want rising", first, second)
	}
	name := string(types.MessageSystemAttributeNameSequenceNumber)
	if got := q.one(60).Attributes[name]; got != first {
		t.Errorf("received sequence number %q, want %q", got, first)
	}
}
