package sqslocal_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"hakbeon/lab/sqslocal"
)

// restarted is the queue on another server, with what the first one has saved. The
// queue is there already, as a stack's own are, if made.
func (b *box) restarted(name string, made bool) *box {
	b.Helper()
	b.server.Close()
	var saved bytes.Buffer
	if err := b.server.Save(&saved); err != nil {
		b.Fatal(err)
	}
	s := sqslocal.New(sqslocal.Options{})
	b.Cleanup(s.Close)
	next := &box{T: b.T, server: s, client: direct(s), url: b.url}
	if made {
		next.another(name, map[string]string{"VisibilityTimeout": "30"})
	}
	if err := s.Restore(&saved); err != nil {
		b.Fatal(err)
	}
	return next
}

// After a restart nothing is lost: what waited is there at once, what was delayed or
// in flight when its time has come, with its attributes and counts.
func TestRestart(t *testing.T) {
	for _, made := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			b := newBox(t, sqslocal.Options{}, "work", map[string]string{"VisibilityTimeout": "30"})
			b.send("held")
			if got := b.receive(1); len(got) != 1 {
				t.Fatalf("got %d messages", len(got))
			}
			_, err := b.client.SendMessage(t.Context(), &sqs.SendMessageInput{
				QueueUrl: b.url, MessageBody: aws.String("waiting"),
				MessageAttributes: map[string]types.MessageAttributeValue{"reason": {DataType: aws.String("String"), StringValue: aws.String("why")}},
			})
			if err != nil {
				t.Fatal(err)
			}
			_, err = b.client.SendMessage(t.Context(), &sqs.SendMessageInput{QueueUrl: b.url, MessageBody: aws.String("later"), DelaySeconds: 60})
			if err != nil {
				t.Fatal(err)
			}
			next := b.restarted("work", made)
			out, err := next.client.ReceiveMessage(t.Context(), &sqs.ReceiveMessageInput{
				QueueUrl: next.url, MaxNumberOfMessages: 10, MessageAttributeNames: []string{"All"},
			})
			if err != nil {
				t.Fatal(err)
			}
			got := out.Messages
			if !slices.Equal(bodiesOf(got), []string{"waiting"}) || aws.ToString(got[0].MessageAttributes["reason"].StringValue) != "why" {
				t.Errorf("got %v at once, want the one that waited with its attribute", bodiesOf(got))
			}
			time.Sleep(31 * time.Second)
			got = next.receive(10)
			if !slices.Contains(bodiesOf(got), "held") || slices.Contains(bodiesOf(got), "later") {
				t.Errorf("got %v after the visibility's end", bodiesOf(got))
			}
			for _, m := range got {
				if *m.Body == "held" && m.Attributes["ApproximateReceiveCount"] != "2" {
					t.Errorf("got receive count %s, want 2", m.Attributes["ApproximateReceiveCount"])
				}
			}
			time.Sleep(30 * time.Second)
			if got = next.receive(10); !slices.Contains(bodiesOf(got), "later") {
				t.Errorf("got %v after the delay", bodiesOf(got))
			}
		})
	}
}

// A FIFO queue keeps its order and what it takes for a repeat.
func TestRestartOfFIFO(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBox(t, sqslocal.Options{}, "jobs.fifo", map[string]string{"ContentBasedDeduplication": "true"})
		want := []string{"c", "a", "b"}
		for _, body := range want {
			b.send(body, "exam")
		}
		next := b.restarted("jobs.fifo", false)
		next.send("a", "exam")
		next.wants("after the restart", 10, want...)
	})
}

func TestRestoreRefuses(t *testing.T) {
	s := sqslocal.New(sqslocal.Options{})
	defer s.Close()
	for _, text := range []string{"", "{", `[{"name": "a", "attributes": {"RedrivePolicy": "x"}}]`} {
		if err := s.Restore(strings.NewReader(text)); err == nil {
			t.Errorf("restored %q", text)
		}
	}
}
