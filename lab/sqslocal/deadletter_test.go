package sqslocal_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"hakbeon/lab/sqslocal"
)

// pair is a queue whose messages die after one receive, and the one they go to.
func pair(t *testing.T, suffix string) (q, dead *box) {
	t.Helper()
	dead = newBox(t, sqslocal.Options{}, "dead"+suffix, nil)
	return dead.another("q"+suffix, map[string]string{
		"RedrivePolicy": policy(dead.server.QueueARN("dead"+suffix), 1),
	}), dead
}

// die sends messages and lets them go to the dead-letter queue.
func (b *box) die(bodies ...string) {
	b.Helper()
	for _, body := range bodies {
		b.send(body, "g")
		b.receive(1)
		time.Sleep(30 * time.Second)
		b.wants("received too often", 1)
	}
}

func TestDeadLetterKeepsItsPast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q, dead := pair(t, "")
		sent := time.Now()
		q.die("x")
		m := dead.wants("in the dead-letter queue", 1, "x")[0]
		for name, want := range map[string]string{
			"SentTimestamp":                    fmt.Sprint(sent.UnixMilli()),
			"ApproximateFirstReceiveTimestamp": fmt.Sprint(sent.UnixMilli()),
			"ApproximateReceiveCount":          "2",
			"MessageGroupId":                   "g",
			"DeadLetterQueueSourceArn":         q.server.QueueARN("q"),
		} {
			if got := m.Attributes[name]; got != want {
				t.Errorf("%s: got %q, want %q", name, got, want)
			}
		}
	})
}

func TestFIFODeadLetterGetsANewTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q, dead := pair(t, ".fifo")
		q.die("x", "y")
		got := dead.wants("in order", 10, "x", "y")
		if got[0].Attributes["SentTimestamp"] == got[1].Attributes["SentTimestamp"] {
			t.Error("want the times at which they were moved")
		}
	})
}

func TestDeadLetterWakesItsPoll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q, dead := pair(t, "")
		q.send("x")
		q.receive(1)
		begin := time.Now()
		go func() {
			time.Sleep(20 * time.Second)
			_, _ = q.poll(1, 0, 20)
		}()
		var got []types.Message
		for len(got) == 0 {
			var err error
			if got, err = dead.poll(1, 0, 20); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(begin); took != 30*time.Second {
			t.Errorf("the dead letter came after %v, want 30 s", took)
		}
		synctest.Wait()
	})
}

func TestWithoutDeadLetterQueueMessagesStay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q, dead := pair(t, "")
		if _, err := q.client.DeleteQueue(t.Context(), &sqs.DeleteQueueInput{QueueUrl: dead.url}); err != nil {
			t.Fatal(err)
		}
		q.send("x")
		q.receive(1)
		time.Sleep(30 * time.Second)
		q.wants("received once more", 1, "x")
	})
}
