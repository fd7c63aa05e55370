package sqslocal_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"hakbeon/lab/sqslocal"
)

// bubble runs f with a queue in virtual time.
func bubble(t *testing.T, name string, attributes map[string]string, f func(b *box)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { f(newBox(t, sqslocal.Options{}, name, attributes)) })
}

func TestVisibilityEndsToTheSecond(t *testing.T) {
	bubble(t, "q", nil, func(b *box) {
		b.send("x")
		b.wants("at first", 1, "x")
		time.Sleep(30*time.Second - 1)
		b.wants("just before the visibility's end", 1)
		time.Sleep(time.Nanosecond)
		b.wants("at the visibility's end", 1, "x")
	})
}

func TestDelayCountsFromSending(t *testing.T) {
	bubble(t, "q", map[string]string{"DelaySeconds": "5"}, func(b *box) {
		b.send("by the queue's delay")
		in := &sqs.SendMessageInput{QueueUrl: b.url, MessageBody: b.url, DelaySeconds: 900}
		if _, err := b.client.SendMessage(b.Context(), in); err != nil {
			b.Fatal(err)
		}
		if got := b.counts(); got != "0 0 2" {
			b.Errorf("counts: got %q, want two delayed", got)
		}
		time.Sleep(5 * time.Second)
		b.wants("after 5 s", 10, "by the queue's delay")
		time.Sleep(895 * time.Second)
		b.wants("after 900 s", 1, "by the queue's delay")
		b.wants("after 900 s", 1, *b.url)
	})
}

func TestRetentionEndsEveryMessage(t *testing.T) {
	attributes := map[string]string{"MessageRetentionPeriod": "60", "VisibilityTimeout": "600"}
	bubble(t, "q", attributes, func(b *box) {
		b.send("hidden")
		m := b.receive(1)[0]
		b.send("visible")
		time.Sleep(50 * time.Second)
		b.send("young")
		time.Sleep(10 * time.Second)
		if got := b.counts(); got != "1 0 0" {
			b.Errorf("counts: got %q, want one visible", got)
		}
		b.wants("after the retention", 10, "young")
		if err := b.delete(m); err != nil {
			b.Errorf("delete what expired: %v", err)
		}
	})
}

func TestShorterRetentionHoldsAtOnce(t *testing.T) {
	bubble(t, "q", nil, func(b *box) {
		b.send("x")
		time.Sleep(2 * time.Minute)
		_, err := b.client.SetQueueAttributes(b.Context(), &sqs.SetQueueAttributesInput{
			QueueUrl: b.url, Attributes: map[string]string{"MessageRetentionPeriod": "60"},
		})
		if got := b.counts(); err != nil || got != "0 0 0" {
			b.Errorf("got counts %q, error %v, want none", got, err)
		}
	})
}

func TestChangeVisibility(t *testing.T) {
	bubble(t, "q", nil, func(b *box) {
		b.send("x")
		m := b.receive(1)[0]
		time.Sleep(29 * time.Second)
		if err := b.hide(m, 30); err != nil {
			b.Fatalf("prolong: %v", err)
		}
		time.Sleep(29 * time.Second)
		b.wants("while prolonged", 1)
		time.Sleep(time.Second)
		wantCode(b, "after its end", b.hide(m, 30), "AWS.SimpleQueueService.MessageNotInflight")
		again := b.wants("after its end", 1, "x")[0]
		wantCode(b, "with the earlier handle", b.hide(m, 30), "InvalidParameterValue")
		if err := b.hide(again, 0); err != nil {
			b.Errorf("visibility 0: %v", err)
		}
		b.wants("after visibility 0", 1, "x")
	})
}

func TestTwelveHoursInAll(t *testing.T) {
	bubble(t, "q", nil, func(b *box) {
		b.send("x")
		m := b.receive(1)[0]
		if err := b.hide(m, 12*3600); err != nil {
			b.Fatalf("12 hours at once: %v", err)
		}
		time.Sleep(12*time.Hour - 10*time.Second)
		wantCode(b, "beyond 12 hours", b.hide(m, 11), "InvalidParameterValue")
		if err := b.hide(m, 10); err != nil {
			b.Errorf("up to 12 hours: %v", err)
		}
		time.Sleep(10 * time.Second)
		again := b.wants("after 12 hours", 1, "x")[0]
		if err := b.hide(again, 12*3600); err != nil {
			b.Errorf("12 hours for the next receive: %v", err)
		}
	})
}

func TestStaleHandle(t *testing.T) {
	bubble(t, "q", nil, func(b *box) {
		b.send("x")
		stale := b.receive(1)[0]
		time.Sleep(30 * time.Second)
		fresh := b.receive(1)[0]
		if err := b.delete(stale); err != nil {
			b.Errorf("delete with a stale handle: %v, want success", err)
		}
		if got := b.counts(); got != "0 1 0" {
			b.Errorf("counts: got %q, want the message still there", got)
		}
		if err := b.delete(fresh); err != nil || b.counts() != "0 0 0" {
			b.Errorf("delete with the fresh handle: %v, counts %q", err, b.counts())
		}
	})
}

func TestExpiredFIFOHandle(t *testing.T) {
	bubble(t, "q.fifo", nil, func(b *box) {
		b.send("x", "g")
		m := b.receive(1)[0]
		time.Sleep(30 * time.Second)
		wantCode(b, "delete after the visibility's end", b.delete(m), "InvalidParameterValue")
		m = b.wants("again", 1, "x")[0]
		if err := b.delete(m); err != nil {
			b.Errorf("delete: %v", err)
		}
		if err := b.delete(m); err != nil {
			b.Errorf("delete again: %v, want success", err)
		}
	})
}

func TestLongPoll(t *testing.T) {
	for name, test := range map[string]struct {
		during func(b *box) // what happens three seconds after the poll's begin
		took   time.Duration
		bodies int
	}{
		"ends empty":                  {func(*box) {}, 20 * time.Second, 0},
		"wakes on a message":          {func(b *box) { _ = b.trySend("x") }, 3 * time.Second, 1},
		"ends when the server closes": {func(b *box) { b.server.Close() }, 3 * time.Second, 0},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, "q", nil, func(b *box) {
				begin := time.Now()
				go func() {
					time.Sleep(3 * time.Second)
					test.during(b)
				}()
				got, err := b.poll(1, 0, 20)
				if took := time.Since(begin); err != nil || took != test.took || len(got) != test.bodies {
					b.Errorf("got %d messages, %v, after %v; want %d after %v", len(got), err, took, test.bodies, test.took)
				}
			})
		})
	}
}

// What is hidden when the poll begins wakes it when its time comes, also if
// that time is changed meanwhile.
func TestLongPollWaitsForHiddenMessages(t *testing.T) {
	bubble(t, "q", nil, func(b *box) {
		b.send("x")
		m := b.receive(1)[0]
		begin := time.Now()
		go func() {
			time.Sleep(time.Second)
			if err := b.hide(m, 6); err != nil {
				b.Errorf("change visibility: %v", err)
			}
		}()
		got, err := b.poll(1, 5, 20)
		if took := time.Since(begin); err != nil || len(got) != 1 || took != 7*time.Second {
			b.Errorf("got %d messages, %v, after %v; want one after 7 s", len(got), err, took)
		}
		got, err = b.poll(1, 0, 20)
		if took := time.Since(begin); err != nil || len(got) != 1 || took != 12*time.Second {
			b.Errorf("got %d messages, %v, after %v; want one after 12 s", len(got), err, took)
		}
	})
}

func TestLongPollsAreServedInTurn(t *testing.T) {
	bubble(t, "q", map[string]string{"ReceiveMessageWaitTimeSeconds": "20"}, func(b *box) {
		order := make(chan int, 3)
		for i := range 3 {
			go func() {
				time.Sleep(time.Duration(i) * time.Second)
				if got, err := b.poll(1, 0, 0); err == nil && len(got) == 1 {
					order <- i
				}
			}()
		}
		time.Sleep(5 * time.Second)
		for i := range 3 {
			b.send("x")
			if got := <-order; got != i {
				b.Errorf("message %d went to poll %d", i, got)
			}
		}
	})
}

// A poll whose client goes away must not take a message with it.
func TestPollGivenUpTakesNothing(t *testing.T) {
	bubble(t, "q", nil, func(b *box) {
		ctx, cancel := context.WithCancel(b.Context())
		failed := make(chan error)
		go func() {
			_, err := b.client.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{QueueUrl: b.url, WaitTimeSeconds: 20})
			failed <- err
		}()
		second := make(chan []types.Message)
		go func() {
			time.Sleep(time.Second)
			got, _ := b.poll(1, 0, 20)
			second <- got
		}()
		time.Sleep(2 * time.Second)
		cancel()
		b.send("x") // the first poll's turn, perhaps before it noticed
		if err := <-failed; err == nil {
			b.Error("the poll that was given up succeeded")
		}
		if got := <-second; len(got) != 1 {
			b.Errorf("the other poll got %d messages, want one", len(got))
		}
	})
}

func TestDeletedQueue(t *testing.T) {
	bubble(t, "q", nil, func(b *box) {
		go func() {
			time.Sleep(time.Second)
			if _, err := b.client.DeleteQueue(b.Context(), &sqs.DeleteQueueInput{QueueUrl: b.url}); err != nil {
				b.Errorf("delete queue: %v", err)
			}
		}()
		_, err := b.poll(1, 0, 20)
		wantCode(b, "poll", err, "AWS.SimpleQueueService.NonExistentQueue")
		name := "q"
		again := &sqs.CreateQueueInput{QueueName: &name}
		_, err = b.client.CreateQueue(b.Context(), again)
		wantCode(b, "create at once", err, "AWS.SimpleQueueService.QueueDeletedRecently")
		time.Sleep(time.Minute)
		if _, err := b.client.CreateQueue(b.Context(), again); err != nil {
			b.Errorf("create after a minute: %v", err)
		}
	})
}

// A queue made again under the same name refuses the first one's handles.
func TestHandleOfDeletedQueue(t *testing.T) {
	bubble(t, "q", nil, func(b *box) {
		b.send("x")
		m := b.receive(1)[0]
		if _, err := b.client.DeleteQueue(b.Context(), &sqs.DeleteQueueInput{QueueUrl: b.url}); err != nil {
			b.Fatal(err)
		}
		time.Sleep(time.Minute)
		again := b.another("q", nil)
		wantCode(b, "delete", again.delete(m), "ReceiptHandleIsInvalid")
	})
}
