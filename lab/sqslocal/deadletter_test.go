package sqslocal_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
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

func (b *box) startMove(in sqs.StartMessageMoveTaskInput) (string, error) {
	out, err := b.client.StartMessageMoveTask(b.Context(), &in)
	if err != nil {
		return "", err
	}
	return *out.TaskHandle, nil
}

// moves lists the latest tasks as "status moved/total".
func (b *box) moves(source *string) []string {
	b.Helper()
	out, err := b.client.ListMessageMoveTasks(b.Context(), &sqs.ListMessageMoveTasksInput{SourceArn: source, MaxResults: aws.Int32(10)})
	if err != nil {
		b.Fatalf("list move tasks: %v", err)
	}
	var tasks []string
	for _, r := range out.Results {
		tasks = append(tasks, strings.TrimSpace(fmt.Sprintf("%s %d/%d %s", *r.Status, r.ApproximateNumberOfMessagesMoved,
			*r.ApproximateNumberOfMessagesToMove, aws.ToString(r.FailureReason))))
	}
	return tasks
}

func TestMoveBackToSource(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q, dead := pair(t, "")
		q.die("x", "y")
		arn := aws.String(q.server.QueueARN("dead"))
		if _, err := q.startMove(sqs.StartMessageMoveTaskInput{SourceArn: arn}); err != nil {
			t.Fatal(err)
		}
		got, err := q.poll(10, 0, 20)
		if err != nil || len(got) == 0 || got[0].Attributes["ApproximateReceiveCount"] != "1" {
			t.Errorf("got %v, %v, want new messages", got, err)
		}
		time.Sleep(time.Second)
		if got := fmt.Sprintf("%v %s", q.moves(arn), dead.counts()); got != "[COMPLETED 2/2] 0 0 0" {
			t.Errorf("got %s", got)
		}
	})
}

func TestSlowMoveCanBeCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q, dead := pair(t, "")
		q.die("1", "2", "3", "4")
		other := q.another("other", nil)
		arn := aws.String(q.server.QueueARN("dead"))
		slow := sqs.StartMessageMoveTaskInput{
			SourceArn: arn, DestinationArn: aws.String(q.server.QueueARN("other")), MaxNumberOfMessagesPerSecond: aws.Int32(1),
		}
		handle, err := q.startMove(slow)
		if err != nil {
			t.Fatal(err)
		}
		_, err = q.startMove(slow)
		wantCode(t, "a second task", err, "AWS.SimpleQueueService.UnsupportedOperation")
		time.Sleep(2500 * time.Millisecond)
		out, err := q.client.CancelMessageMoveTask(t.Context(), &sqs.CancelMessageMoveTaskInput{TaskHandle: &handle})
		if err != nil || out.ApproximateNumberOfMessagesMoved != 2 {
			t.Errorf("cancel: got %v, %v, want two moved", out, err)
		}
		time.Sleep(time.Minute)
		if got := fmt.Sprintf("%v %s, %s", q.moves(arn), dead.counts(), other.counts()); got != "[CANCELLED 2/4] 2 0 0, 2 0 0" {
			t.Errorf("got %s", got)
		}
		_, err = q.client.CancelMessageMoveTask(t.Context(), &sqs.CancelMessageMoveTaskInput{TaskHandle: &handle})
		wantCode(t, "cancel again", err, "AWS.SimpleQueueService.UnsupportedOperation")
	})
}

func TestMoveFailsWithoutDestination(t *testing.T) {
	for name, test := range map[string]struct {
		prepare func(q, dead *box)
		want    string
	}{
		"the source is gone": {func(q, _ *box) {
			q.another("q2", map[string]string{"RedrivePolicy": policy(q.server.QueueARN("dead"), 1)})
			if _, err := q.client.DeleteQueue(q.Context(), &sqs.DeleteQueueInput{QueueUrl: q.url}); err != nil {
				q.Fatal(err)
			}
		}, "[FAILED 0/1 AWS.SimpleQueueService.NonExistentQueue] 1 0 0"},
		"the message was never elsewhere": {func(_, dead *box) {
			dead.receive(1)
			dead.send("sent here")
		}, "[FAILED 0/1 CouldNotDetermineMessageSource] 1 1 0"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				q, dead := pair(t, "")
				q.die("x")
				test.prepare(q, dead)
				arn := aws.String(q.server.QueueARN("dead"))
				if _, err := q.startMove(sqs.StartMessageMoveTaskInput{SourceArn: arn}); err != nil {
					t.Fatal(err)
				}
				time.Sleep(time.Second)
				if got := fmt.Sprintf("%v %s", q.moves(arn), dead.counts()); got != test.want {
					t.Errorf("got %s, want %s", got, test.want)
				}
			})
		})
	}
}

func TestMovesThatAreRefused(t *testing.T) {
	q, _ := pair(t, "")
	dead, plain, none := q.server.QueueARN("dead"), q.server.QueueARN("q"), q.server.QueueARN("none")
	for name, test := range map[string]struct {
		in   sqs.StartMessageMoveTaskInput
		code string
	}{
		"no dead-letter queue": {sqs.StartMessageMoveTaskInput{SourceArn: &plain}, "InvalidParameterValue"},
		"no such source":       {sqs.StartMessageMoveTaskInput{SourceArn: &none}, "ResourceNotFoundException"},
		"no such destination":  {sqs.StartMessageMoveTaskInput{SourceArn: &dead, DestinationArn: &none}, "ResourceNotFoundException"},
		"to itself":            {sqs.StartMessageMoveTaskInput{SourceArn: &dead, DestinationArn: &dead}, "InvalidParameterValue"},
		"too fast":             {sqs.StartMessageMoveTaskInput{SourceArn: &dead, MaxNumberOfMessagesPerSecond: aws.Int32(501)}, "InvalidParameterValue"},
	} {
		_, err := q.startMove(test.in)
		wantCode(t, name, err, test.code)
	}
	_, err := q.client.ListMessageMoveTasks(t.Context(), &sqs.ListMessageMoveTasksInput{SourceArn: &none})
	wantCode(t, "list of no queue", err, "ResourceNotFoundException")
	_, err = q.client.CancelMessageMoveTask(t.Context(), &sqs.CancelMessageMoveTaskInput{TaskHandle: aws.String("x")})
	wantCode(t, "cancel of no task", err, "ResourceNotFoundException")
}
