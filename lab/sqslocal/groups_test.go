package sqslocal_test

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"hakbeon/lab/sqslocal"
)

func TestLargeGroupDoesNotStarveSmall(t *testing.T) {
	b := newBox(t, sqslocal.Options{}, "q", nil)
	for i := range 50 {
		b.send(fmt.Sprint("large", i), "large")
	}
	b.send("small0", "small")
	b.send("small1", "small")
	b.send("none")
	b.wants("in turn", 6, "large0", "small0", "none", "large1", "small1", "large2")
}

func TestFIFOBatchFillsFromOneGroup(t *testing.T) {
	b := newBox(t, sqslocal.Options{}, "q.fifo", nil)
	for i := range 4 {
		b.send(fmt.Sprint("a", i), "a")
		b.send(fmt.Sprint("b", i), "b")
	}
	first := b.wants("first batch", 3, "a0", "a1", "a2")
	second := b.wants("second batch", 10, "b0", "b1", "b2", "b3")
	b.wants("all groups are in flight", 10)
	for _, m := range first[:2] {
		if err := b.delete(m); err != nil {
			b.Fatal(err)
		}
	}
	b.wants("one of the group is still in flight", 10)
	if err := b.hide(first[2], 0); err != nil {
		b.Fatal(err)
	}
	b.wants("the last came back", 10, "a2", "a3")
	for _, m := range slices.Backward(second) {
		if err := b.hide(m, 0); err != nil {
			b.Fatal(err)
		}
	}
	b.wants("all came back, backwards", 10, "b0", "b1", "b2", "b3")
}

func TestFIFOGroupIsFreeWhenItsMessageExpires(t *testing.T) {
	bubble(t, "q.fifo", map[string]string{"MessageRetentionPeriod": "60", "VisibilityTimeout": "600"}, func(b *box) {
		b.send("1", "g")
		b.receive(1)
		time.Sleep(30 * time.Second)
		b.send("2", "g")
		b.wants("blocked", 1)
		time.Sleep(31 * time.Second)
		b.wants("the first has expired", 1, "2")
	})
}

func TestFIFOQueueDelay(t *testing.T) {
	bubble(t, "q.fifo", map[string]string{"DelaySeconds": "10"}, func(b *box) {
		b.send("1", "g")
		time.Sleep(time.Second)
		b.send("2", "g")
		time.Sleep(9 * time.Second)
		b.wants("after the first one's delay", 10, "1")
		time.Sleep(time.Second)
		b.wants("the second is blocked by the first", 10)
	})
}

func TestDeduplicationLastsFiveMinutes(t *testing.T) {
	bubble(t, "q.fifo", nil, func(b *box) {
		first := b.send("x", "g")
		time.Sleep(5*time.Minute - 1)
		again := b.send("x", "h")
		if *again.MessageId != *first.MessageId || *again.SequenceNumber != *first.SequenceNumber {
			b.Error("want the first message's id and sequence number")
		}
		if got := b.counts(); got != "1 0 0" {
			b.Errorf("counts: got %q, want one message", got)
		}
		time.Sleep(time.Nanosecond)
		b.send("x", "g")
		if got := b.counts(); got != "2 0 0" {
			b.Errorf("counts after five minutes: got %q, want two messages", got)
		}
	})
}

func TestDeduplicationByGroup(t *testing.T) {
	b := newBox(t, sqslocal.Options{}, "q.fifo", map[string]string{"DeduplicationScope": "messageGroup"})
	b.send("x", "g")
	b.send("x", "h")
	b.send("x", "h")
	if got := b.counts(); got != "2 0 0" {
		t.Errorf("counts: got %q, want one message a group", got)
	}
}

func TestInFlightLimit(t *testing.T) {
	for name, test := range map[string]struct {
		code string // of a short poll at the limit
	}{"q": {"OverLimit"}, "q.fifo": {}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBox(t, sqslocal.Options{MaxInFlight: 3}, name, nil)
				for i := range 5 {
					b.send(fmt.Sprint(i), fmt.Sprint(i))
				}
				got := b.wants("up to the limit", 10, "0", "1", "2")
				_, err := b.poll(1, 0, 0)
				if test.code != "" {
					wantCode(t, "short poll", err, test.code)
				} else if err != nil {
					t.Errorf("short poll: %v", err)
				}
				go func() {
					time.Sleep(time.Second)
					_ = b.delete(got[0])
				}()
				begin := time.Now()
				more, err := b.poll(10, 0, 20)
				if took := time.Since(begin); err != nil || len(more) != 1 || took != time.Second {
					t.Errorf("long poll: got %q, %v, after %v; want one message once one is deleted", bodiesOf(more), err, took)
				}
			})
		})
	}
}

func TestQueueTypesRefuseWhatIsNotTheirs(t *testing.T) {
	standard := newBox(t, sqslocal.Options{}, "q", nil)
	fifo := standard.another("q.fifo", nil)
	for what, test := range map[string]struct {
		in   *sqs.SendMessageInput
		code string
	}{
		"deduplication id on a standard queue": {&sqs.SendMessageInput{QueueUrl: standard.url, MessageDeduplicationId: aws.String("x")}, "InvalidParameterValue"},
		"group with a space":                   {&sqs.SendMessageInput{QueueUrl: standard.url, MessageGroupId: aws.String("a b")}, "InvalidParameterValue"},
		"empty group":                          {&sqs.SendMessageInput{QueueUrl: standard.url, MessageGroupId: aws.String("")}, "InvalidParameterValue"},
		"no group on a FIFO queue":             {&sqs.SendMessageInput{QueueUrl: fifo.url, MessageDeduplicationId: aws.String("x")}, "MissingParameter"},
		"no deduplication id on a FIFO queue":  {&sqs.SendMessageInput{QueueUrl: fifo.url, MessageGroupId: aws.String("x")}, "InvalidParameterValue"},
	} {
		test.in.MessageBody = aws.String("x")
		_, err := standard.client.SendMessage(t.Context(), test.in)
		wantCode(t, what, err, test.code)
	}
}
