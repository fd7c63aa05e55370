package queue_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"hakbeon/lab/sqslocal"
	"hakbeon/worker/queue"
)

// What a handler returns decides what becomes of its message, and when.
func TestHandlersErrorDecides(t *testing.T) {
	boom := errors.New("boom")
	tests := []struct {
		name        string
		err         error
		outcome     string
		least, most time.Duration // until it comes back
	}{
		{"a retry at once", &queue.RetryError{Err: boom}, "retry", 0, time.Second},
		{"a retry", &queue.RetryError{After: 90 * time.Second, Err: boom}, "retry", 90 * time.Second, 92 * time.Second},
		{"a wrapped retry", fmt.Errorf("sheet 5: %w", &queue.RetryError{After: time.Minute, Err: boom}), "retry", time.Minute, 62 * time.Second},
		{"a part of a second", &queue.RetryError{After: 1200 * time.Millisecond, Err: boom}, "retry", 2 * time.Second, 3 * time.Second},
		{"beyond twelve hours", &queue.RetryError{After: 20 * time.Hour, Err: boom}, "retry", 12*time.Hour - 2*time.Minute, 12 * time.Hour},
		{"handed back", queue.ErrHandBack, "handed_back", 0, time.Second},
		{"handed back, wrapped", fmt.Errorf("no slot: %w", queue.ErrHandBack), "handed_back", 0, time.Second},
		{"an outage", &queue.PauseError{Cause: "s3", Err: boom}, "pause", 500 * time.Millisecond, 3 * time.Second},
		{"any error", boom, "retry", time.Second, 3 * time.Second},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBed(t)
				b.send("jobs", "x")
				began := make(chan time.Time, 2)
				r := b.consume("jobs", queue.Options{}, func(_ context.Context, m *queue.Message) error {
					began <- time.Now()
					if m.Receives == 1 {
						return tt.err
					}
					return nil
				})
				r.wants(tt.outcome, "done")
				between(t, "came back after", -(<-began).Sub(<-began), tt.least, tt.most)
				b.wantCounts("at the end", "jobs", "0 0")
			})
		})
	}
}

// The back-off of a failing message grows with its receives, up to 15 minutes,
// by a random amount within bounds.
func TestBackOffGrowsWithReceives(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed(t)
		b.send("jobs", "x")
		began := make(chan time.Time, 20)
		r := b.consume("jobs", queue.Options{}, func(_ context.Context, m *queue.Message) error {
			began <- time.Now()
			if m.Receives < 13 {
				return errors.New("boom")
			}
			return nil
		})
		r.wait(13)
		last := <-began
		for n := range 12 {
			full := min(2*time.Second<<n, 15*time.Minute)
			now := <-began
			between(t, fmt.Sprintf("back after failure %d", n+1), now.Sub(last), full/2, full+2*time.Second)
			last = now
		}
	})
}

func TestMessageHasWhatTheSenderGave(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed(t)
		sent := time.Now()
		time.Sleep(time.Minute)
		_, err := b.client.SendMessage(t.Context(), &sqs.SendMessageInput{
			QueueUrl: aws.String(b.url("jobs")), MessageBody: aws.String("시험"), MessageGroupId: aws.String("exam"),
			MessageAttributes: map[string]types.MessageAttributeValue{
				"text":   {DataType: aws.String("String"), StringValue: aws.String("a")},
				"number": {DataType: aws.String("Number"), StringValue: aws.String("5")},
				"bytes":  {DataType: aws.String("Binary"), BinaryValue: []byte{1}},
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		r := b.consume("jobs", queue.Options{}, func(_ context.Context, m *queue.Message) error {
			if m.Body != "시험" || m.Group != "exam" || m.ID == "" || m.Receives != 1 {
				t.Errorf("got %+v", m)
			}
			if m.Attributes["text"] != "a" || m.Attributes["number"] != "5" || len(m.Attributes) != 2 {
				t.Errorf("got attributes %v, want the two of text", m.Attributes)
			}
			between(t, "sent after", m.Sent.Sub(sent), time.Minute, time.Minute+time.Second)
			return nil
		})
		r.wants("done")
	})
}

// One bad message, whatever it does, leaves its neighbours alone.
func TestBadMessageHarmsNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed(t)
		b.send("jobs", "good", "panics", "good", "dead", "good", "fails", "good", "nil map", "good")
		var bad, good atomic.Int32
		r := b.consume("jobs", queue.Options{}, func(_ context.Context, m *queue.Message) error {
			if m.Receives > 1 {
				return nil
			}
			bad.Add(1)
			switch m.Body {
			case "panics":
				panic("boom")
			case "nil map":
				var m map[string]int
				m["a"] = 1 //nolint:staticcheck // that is the point
			case "dead":
				return &queue.DeadError{Reason: "never", Err: errors.New("never")}
			case "fails":
				return errors.New("boom")
			}
			bad.Add(-1)
			good.Add(1)
			return nil
		})
		r.wants(append(slices.Repeat([]string{"done"}, 8), "dead", "retry", "retry", "retry")...)
		if good.Load() != 5 || bad.Load() != 4 {
			t.Errorf("got %d good and %d bad, want 5 and 4", good.Load(), bad.Load())
		}
		b.wantCounts("at the end", "jobs", "0 0")
	})
}

// A batch delete that is answered with 200 may have failed for some entries:
// these are tried again, and no others.
func TestFailedDeletesAreTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed(t)
		b.send("jobs", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9")
		var mu sync.Mutex
		var sizes []int
		tried := map[string]int{}
		b.tap.onDelete = func(ctx context.Context, in *sqs.DeleteMessageBatchInput) (*sqs.DeleteMessageBatchOutput, error) {
			mu.Lock()
			defer mu.Unlock()
			sizes = append(sizes, len(in.Entries))
			through := &sqs.DeleteMessageBatchInput{QueueUrl: in.QueueUrl}
			out := &sqs.DeleteMessageBatchOutput{}
			for i, e := range in.Entries {
				tried[*e.ReceiptHandle]++
				switch {
				case len(sizes) > 1 || i > 3:
					through.Entries = append(through.Entries, e)
					out.Successful = append(out.Successful, types.DeleteMessageBatchResultEntry{Id: e.Id})
				case i < 3:
					out.Failed = append(out.Failed, refusal(e.Id, "InternalError"))
				} // nothing is said about the fourth
			}
			if _, err := b.client.DeleteMessageBatch(ctx, through); err != nil {
				t.Error(err)
			}
			return out, nil
		}
		var handled atomic.Int32
		r := b.consume("jobs", queue.Options{}, func(context.Context, *queue.Message) error { handled.Add(1); return nil })
		r.wants(slices.Repeat([]string{"done"}, 10)...)
		again := 0
		for _, n := range tried {
			again += n - 1
		}
		if sizes[0] != 10 || again != 4 || handled.Load() != 10 {
			t.Errorf("got %d handled, calls of %v entries, %d entries again; want 10, the first of 10, 4", handled.Load(), sizes, again)
		}
		b.wantCounts("at the end", "jobs", "0 0")
	})
}

// A delete by a stale receipt is not tried again: the message is another's. A
// delete that fails for good makes the message come again, and no more.
func TestDeleteThatFails(t *testing.T) {
	for code, want := range map[string]int{"ReceiptHandleIsInvalid": 1, "InternalError": 5} {
		t.Run(code, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBed(t)
				b.send("jobs", "x")
				b.tap.onDelete = func(ctx context.Context, in *sqs.DeleteMessageBatchInput) (*sqs.DeleteMessageBatchOutput, error) {
					if b.tap.calls("delete") > want {
						return b.client.DeleteMessageBatch(ctx, in)
					}
					return &sqs.DeleteMessageBatchOutput{Failed: []types.BatchResultErrorEntry{refusal(in.Entries[0].Id, code)}}, nil
				}
				r := b.consume("jobs", queue.Options{}, nothing)
				r.wants("done")
				if got := b.tap.calls("delete"); got != want {
					t.Errorf("got %d tries, want %d", got, want)
				}
				r.wants("done")
				b.wantCounts("after it came again", "jobs", "0 0")
			})
		})
	}
}

// A lost answer to a delete, or an SQS in trouble for a while, does no harm.
func TestDeleteThroughTrouble(t *testing.T) {
	for name, faults := range map[string]sqslocal.Faults{
		"lost answer": {Lost: 1, Limit: 2},
		"errors":      {Error500: 1, Limit: 4},
		"entries":     {FailEntry: 0.7, Limit: 10, Seed: 3},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBed(t)
				b.send("jobs", "1", "2", "3", "4", "5")
				faults.Operations = []string{"DeleteMessageBatch"}
				b.server.SetFaults(faults)
				r := b.consume("jobs", queue.Options{}, nothing)
				r.wants("done", "done", "done", "done", "done")
				time.Sleep(2 * time.Minute)
				if n := len(r.settled); n > 0 {
					t.Errorf("%d messages came again", n)
				}
				b.wantCounts("at the end", "jobs", "0 0")
			})
		})
	}
}

// A hand-back that SQS doesn't take is no loss: the message comes back when its
// time is over.
func TestHandBackThatFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed(t)
		b.send("jobs", "x")
		b.tap.onChange = func(_ context.Context, in *sqs.ChangeMessageVisibilityBatchInput) (*sqs.ChangeMessageVisibilityBatchOutput, error) {
			return &sqs.ChangeMessageVisibilityBatchOutput{Failed: []types.BatchResultErrorEntry{refusal(in.Entries[0].Id, "InternalError")}}, nil
		}
		since := time.Now()
		r := b.consume("jobs", queue.Options{}, func(_ context.Context, m *queue.Message) error {
			if m.Receives == 1 {
				return &queue.RetryError{After: time.Hour, Err: errors.New("boom")}
			}
			return nil
		})
		r.wants("retry", "done")
		between(t, "came back after", time.Since(since), 30*time.Second, 32*time.Second)
	})
}

func TestErrorsTellAndUnwrap(t *testing.T) {
	boom := errors.New("boom")
	for _, tt := range []struct {
		err  error
		want string
	}{
		{&queue.DeadError{Reason: "r", Err: boom}, "can never succeed: boom"},
		{&queue.RetryError{After: time.Second, Err: boom}, "again in 1s: boom"},
		{&queue.PauseError{Cause: "s3", Err: boom}, "s3 is out of order: boom"},
	} {
		if tt.err.Error() != tt.want || !errors.Is(tt.err, boom) {
			t.Errorf("got %q, want %q around the cause", tt.err, tt.want)
		}
	}
	entry := &queue.EntryError{Code: "InternalError", Message: "sorry"}
	if want := "the broker refused the entry: InternalError: sorry"; entry.Error() != want {
		t.Errorf("got %q, want %q", entry, want)
	}
}
