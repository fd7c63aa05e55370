package sqslocal_test

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"hakbeon/lab/sqslocal"
)

// everything is all faults at once.
func everything() sqslocal.Faults {
	return sqslocal.Faults{
		Seed: 1, Error500: 0.02, Error503: 0.02, Reset: 0.02, Lost: 0.02, FailEntry: 0.02, Jitter: time.Millisecond,
		Reorder: 0.3, Duplicate: 0.05, Underfill: 0.2, LateVisibility: time.Second,
	}
}

// patient makes a client that tries often, and soon again.
func patient(t *testing.T, url string) *sqs.Client {
	t.Helper()
	return sqs.New(sqs.Options{
		Region: "us-east-1", BaseEndpoint: &url, HTTPClient: &http.Client{Transport: pooled(t)},
		Credentials: credentials.NewStaticCredentialsProvider(accessKey, secretKey, ""),
		Retryer: retry.NewStandard(func(o *retry.StandardOptions) {
			o.MaxAttempts = 20
			o.MaxBackoff = 5 * time.Millisecond
			o.RateLimiter = unlimited{}
		}),
	})
}

// unlimited lets the SDK retry as often as it wants.
type unlimited struct{}

func (unlimited) GetToken(context.Context, uint) (func() error, error) {
	return func() error { return nil }, nil
}
func (unlimited) AddTokens(uint) error { return nil }

// ledger counts what was received.
type ledger struct {
	mu    sync.Mutex
	seen  map[string]int
	order map[string][]string // by group, each body once
}

func (l *ledger) note(m types.Message) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.seen[*m.Body]++; l.seen[*m.Body] == 1 {
		group := m.Attributes["MessageGroupId"]
		l.order[group] = append(l.order[group], *m.Body)
	}
}

func (l *ledger) count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.seen)
}

// consume receives and deletes until all messages were seen.
func (l *ledger) consume(t *testing.T, c *sqs.Client, url *string, all int) {
	for end := time.Now().Add(time.Minute); l.count() < all; {
		out, err := c.ReceiveMessage(t.Context(), &sqs.ReceiveMessageInput{
			QueueUrl: url, MaxNumberOfMessages: 10, WaitTimeSeconds: 1,
			MessageSystemAttributeNames: []types.MessageSystemAttributeName{"All"},
		})
		if err != nil || time.Now().After(end) {
			t.Errorf("receive: %v; seen %d of %d", err, l.count(), all)
			return
		}
		in := &sqs.DeleteMessageBatchInput{QueueUrl: url}
		for i, m := range out.Messages {
			l.note(m)
			in.Entries = append(in.Entries, types.DeleteMessageBatchRequestEntry{Id: aws.String(fmt.Sprint(i)), ReceiptHandle: m.ReceiptHandle})
		}
		if len(in.Entries) > 0 {
			if _, err := c.DeleteMessageBatch(t.Context(), in); err != nil {
				t.Errorf("delete: %v", err)
			}
		}
	}
}

// However unkind the server is, what was sent is received, at least once, and
// a FIFO queue's groups keep their order.
func TestNothingIsLost(t *testing.T) {
	for _, name := range []string{"q", "q.fifo"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBox(t, sqslocal.Options{Faults: everything()}, name, map[string]string{"VisibilityTimeout": "1"})
			c := patient(t, listen(t, b.server))
			const senders, each = 4, 50
			l := &ledger{seen: map[string]int{}, order: map[string][]string{}}
			var wg sync.WaitGroup
			for sender := range senders {
				wg.Go(func() { sendSeries(t, c, b.url, fmt.Sprint("g", sender), each) })
				wg.Go(func() { l.consume(t, c, b.url, senders*each) })
			}
			wg.Wait()
			if name == "q.fifo" {
				l.checkOrder(t)
			}
		})
	}
}

// sendSeries sends g-000, g-001, ... to a group.
func sendSeries(t *testing.T, c *sqs.Client, url *string, group string, n int) {
	for i := range n {
		body := fmt.Sprintf("%s-%03d", group, i)
		in := &sqs.SendMessageInput{QueueUrl: url, MessageBody: &body, MessageGroupId: &group}
		if (*url)[len(*url)-1] == 'o' {
			in.MessageDeduplicationId = &body
		}
		if _, err := c.SendMessage(t.Context(), in); err != nil {
			t.Errorf("send: %v", err)
		}
	}
}

func (l *ledger) checkOrder(t *testing.T) {
	t.Helper()
	for group, bodies := range l.order {
		for i, body := range bodies {
			if want := fmt.Sprintf("%s-%03d", group, i); body != want {
				t.Errorf("group %s: got %s at place %d, want %s", group, body, i, want)
				break
			}
		}
	}
}
