package queue_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"hakbeon/lab/sqslocal"
	"hakbeon/worker/queue"
	"hakbeon/worker/queue/awssqs"
)

// hopeless is a handler for which every message is dead for that reason.
func hopeless(reason string) queue.Handler {
	return func(context.Context, *queue.Message) error {
		return fmt.Errorf("job: %w", &queue.DeadError{Reason: reason, Err: errors.New(reason)})
	}
}

// A message that can never succeed is on the dead-letter queue at once, as it
// was, with the reason.
func TestDeadLetter(t *testing.T) {
	long := strings.Repeat("시험 ", 1000)
	tests := []struct{ name, reason, want string }{
		{"a reason", "keys: should name at least one object", "keys: should name at least one object"},
		{"one that SQS would refuse", "type: \"a\x00\n\ufffe\" is wrong", "type: \"a   \" is wrong"},
		{"a long one", long, long[:1000] + "…"},
		{"none", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBed(t)
				b.send("jobs", "a:{bad \r\n 시험")
				b.consume("jobs", queue.Options{}, hopeless(tt.reason)).wants("dead")
				b.wantCounts("after", "jobs", "0 0")
				m := b.peek("dead")[0]
				if *m.Body != "a:{bad \r\n 시험" || m.Attributes["MessageGroupId"] != "a" {
					t.Errorf("got body %q of group %q", *m.Body, m.Attributes["MessageGroupId"])
				}
				got := aws.ToString(m.MessageAttributes[queue.AttributeReason].StringValue)
				if got != tt.want || !utf8.ValidString(got) {
					t.Errorf("got reason %q, want %q", got, tt.want)
				}
				if got := aws.ToString(m.MessageAttributes[queue.AttributeSource].StringValue); got != "jobs" {
					t.Errorf("got source %q, want jobs", got)
				}
			})
		})
	}
}

// A dead letter keeps the attributes that it came with, as far as there is room
// for ours beside them.
func TestDeadLetterKeepsAttributes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed(t)
		out := queue.Out{Body: "x", Attributes: map[string]string{queue.AttributeReason: "an older one"}}
		for i := range 9 {
			out.Attributes[fmt.Sprint("trace", i)] = "v"
		}
		if err := b.sender("jobs").Send(t.Context(), out); err != nil {
			t.Fatal(err)
		}
		b.consume("jobs", queue.Options{}, hopeless("newer")).wants("dead")
		got := b.peek("dead")[0].MessageAttributes
		if len(got) != 10 || *got[queue.AttributeReason].StringValue != "newer" || *got[queue.AttributeSource].StringValue != "jobs" {
			t.Errorf("got attributes %v, want 10, with our own reason and source", got)
		}
	})
}

// A message of the largest size goes to the dead-letter queue unharmed, on a
// socket as on the real SQS.
func TestDeadLetterOfTheLargestSize(t *testing.T) {
	t.Parallel()
	b := newSocketBed(t)
	for _, size := range []int{1 << 20, 1<<20 - 200} {
		body := strings.Repeat("시", size/3) + strings.Repeat("x", size%3)
		b.send("jobs", body)
		r := b.consume("jobs", queue.Options{}, hopeless("too large to be true"))
		r.wants("dead")
		r.end()
		m := b.peek("dead")[0]
		if *m.Body != body {
			t.Errorf("size %d: the body was changed", size)
		}
		if _, got := m.MessageAttributes[queue.AttributeReason]; got != (size < 1<<20) {
			t.Errorf("size %d: reason is there: %v", size, got)
		}
	}
}

// The dead-letter queue may be out of reach, but nothing is lost for it.
func TestDeadLetterQueueOutOfReach(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed(t)
		b.send("jobs", "bad")
		b.server.SetFaults(sqslocal.Faults{Error503: 1, Operations: []string{"SendMessageBatch"}})
		r := b.consume("jobs", queue.Options{}, hopeless("bad"))
		r.wants("retry", "retry", "retry")
		b.wantCounts("while out of reach", "jobs", "0 1")
		b.server.SetFaults(sqslocal.Faults{})
		r.wants("dead")
		b.wantCounts("after", "jobs", "0 0")
		b.wantPeek("after", "dead", "bad")
	})
}

// If SQS hangs with it, the message comes back by itself.
func TestDeadLetterQueueHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed(t)
		b.send("jobs", "bad")
		b.tap.onSend = func(ctx context.Context, in *sqs.SendMessageBatchInput) (*sqs.SendMessageBatchOutput, error) {
			if b.tap.calls("send") == 1 {
				<-ctx.Done()
				return nil, ctx.Err()
			}
			return b.client.SendMessageBatch(ctx, in)
		}
		since := time.Now()
		r := b.consume("jobs", queue.Options{}, hopeless("bad"))
		r.wants("retry", "dead")
		between(t, "buried after", time.Since(since), 20*time.Second, time.Minute)
		b.wantPeek("after", "dead", "bad")
		time.Sleep(time.Minute) // for the call that hangs to end
	})
}

// An order of the queue doesn't stop a dead letter: a FIFO queue takes it too.
func TestDeadLetterToFIFO(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed(t)
		b.create("dead.fifo", nil)
		b.send("jobs", "no group", "a:1", "a:1")
		r := b.consume("jobs", queue.Options{DeadLetters: b.sender("dead.fifo")}, hopeless("bad"))
		r.wants("dead", "dead", "dead")
		b.wantPeek("after", "dead.fifo", "a:1", "a:1", "no group")
	})
}

func TestConsumerNeedsADeadLetterQueue(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a consumer without dead letters was made")
		}
	}()
	queue.NewConsumer(awssqs.Open(&tap{}, "http://sqs.test/0/jobs"), queue.Options{}, nothing)
}
