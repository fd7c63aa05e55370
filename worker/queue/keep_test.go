package queue_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"hakbeon/lab/sqslocal"
	"hakbeon/worker/queue"
)

// Work that takes longer than the visibility is done once.
func TestLongWorkIsKept(t *testing.T) {
	for _, visibility := range []time.Duration{2 * time.Second, 30 * time.Second, 10 * time.Minute} {
		t.Run(visibility.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBed(t)
				b.send("jobs", "long", "longer")
				r := b.consume("jobs", queue.Options{Visibility: visibility}, func(_ context.Context, m *queue.Message) error {
					time.Sleep(time.Duration(len(m.Body)) * 10 * time.Minute)
					if m.Receives != 1 {
						t.Errorf("%s was received %d times", m.Body, m.Receives)
					}
					return nil
				})
				r.wants("done", "done")
				b.wantCounts("at the end", "jobs", "0 0")
			})
		})
	}
}

// Messages that wait for their turn are kept from their receipt on. The waiting
// costs none of their receives.
func TestPrefetchedMessagesAreKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed(t)
		b.send("jobs", "1", "2", "3", "4", "5", "6", "7", "8", "9")
		turn := make(chan struct{}, 1)
		r := b.consume("jobs", queue.Options{Hold: 12}, func(_ context.Context, m *queue.Message) error {
			turn <- struct{}{}
			defer func() { <-turn }()
			time.Sleep(29 * time.Second)
			if m.Receives != 1 {
				t.Errorf("%s was received %d times", m.Body, m.Receives)
			}
			return nil
		})
		r.wants(slices.Repeat([]string{"done"}, 9)...)
		b.wantCounts("at the end", "jobs", "0 0")
	})
}

// A beat under way when a message is settled is waited for: it can't overwrite
// the back-off.
func TestLateBeatDoesNotOverrideBackOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed(t)
		b.send("jobs", "x")
		beating, proceed := make(chan struct{}), make(chan struct{})
		var order []int32
		var once sync.Once
		b.tap.onChange = func(ctx context.Context, in *sqs.ChangeMessageVisibilityBatchInput) (*sqs.ChangeMessageVisibilityBatchOutput, error) {
			once.Do(func() { close(beating); <-proceed })
			order = append(order, in.Entries[0].VisibilityTimeout)
			return b.client.ChangeMessageVisibilityBatch(ctx, in)
		}
		began := make(chan time.Time, 2)
		var failed time.Time
		r := b.consume("jobs", queue.Options{}, func(_ context.Context, m *queue.Message) error {
			began <- time.Now()
			if m.Receives > 1 {
				return nil
			}
			<-beating
			failed = time.Now()
			return &queue.RetryError{After: 100 * time.Second, Err: errors.New("not yet")}
		})
		<-began
		<-beating
		time.Sleep(time.Second)
		if r.Held() != 1 || len(order) != 0 {
			t.Errorf("the message was settled beside a beat: held %d, changes %v", r.Held(), order)
		}
		close(proceed)
		r.wants("retry", "done")
		if !slices.Equal(order, []int32{30, 100}) {
			t.Errorf("got changes of visibility to %v s, want 30 and then 100", order)
		}
		between(t, "back after", (<-began).Sub(failed), 100*time.Second, 103*time.Second)
	})
}

// Nor does a beat go on after a success.
func TestNoBeatAfterSettling(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed(t)
		b.send("jobs", "x")
		r := b.consume("jobs", queue.Options{}, nothing)
		r.wants("done")
		time.Sleep(time.Hour)
		if n := b.tap.calls("change"); n != 0 {
			t.Errorf("got %d changes of visibility of a message that is gone", n)
		}
	})
}

// A beat that hangs has another try before the message is lost, and doesn't hold
// up those of other messages.
func TestBeatThatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed(t)
		b.send("jobs", "first")
		b.tap.onChange = func(ctx context.Context, in *sqs.ChangeMessageVisibilityBatchInput) (*sqs.ChangeMessageVisibilityBatchOutput, error) {
			if b.tap.calls("change") == 1 {
				<-ctx.Done()
				return nil, ctx.Err()
			}
			return b.client.ChangeMessageVisibilityBatch(ctx, in)
		}
		r := b.consume("jobs", queue.Options{}, func(_ context.Context, m *queue.Message) error {
			time.Sleep(2 * time.Minute)
			if m.Receives != 1 {
				t.Errorf("%s was received %d times", m.Body, m.Receives)
			}
			return nil
		})
		time.Sleep(2 * time.Second)
		b.send("jobs", "second")
		r.wants("done", "done")
	})
}

// stale makes every beat be answered as SQS does once another receiver has the
// message.
func (b *bed) stale() {
	b.tap.onChange = func(_ context.Context, in *sqs.ChangeMessageVisibilityBatchInput) (*sqs.ChangeMessageVisibilityBatchOutput, error) {
		out := &sqs.ChangeMessageVisibilityBatchOutput{}
		for _, e := range in.Entries {
			out.Failed = append(out.Failed, refusal(e.Id, "InvalidParameterValue"))
		}
		return out, nil
	}
}

// A message that another receiver has by now is left to it: the handler is told,
// and nothing is settled.
func TestStaleReceiptEndsTheHandler(t *testing.T) {
	for name, result := range map[string]error{"handler fails": errors.New("cancelled"), "handler is done": nil} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBed(t)
				b.stale()
				b.send("jobs", "x")
				r := b.consume("jobs", queue.Options{Hold: 1}, func(ctx context.Context, _ *queue.Message) error {
					<-ctx.Done()
					if cause := context.Cause(ctx); errors.Is(cause, context.Canceled) {
						t.Errorf("got cause %v, want one that tells of the receipt", cause)
					}
					return result
				})
				since := time.Now()
				r.wants("lost")
				between(t, "lost after", time.Since(since), 15*time.Second, 20*time.Second)
				if b.tap.calls("delete") != 0 || b.tap.calls("change") != 1 {
					t.Errorf("got %d deletes and %d changes, want the beat alone", b.tap.calls("delete"), b.tap.calls("change"))
				}
			})
		})
	}
}

// A message can also be lost while it waits behind another of its group.
func TestStaleReceiptOfOneThatWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed(t)
		b.stale()
		b.send("jobs.fifo", "a:1", "a:2", "a:3")
		var begun []string
		r := b.consume("jobs.fifo", queue.Options{Hold: 3}, func(_ context.Context, m *queue.Message) error {
			if begun = append(begun, m.Body); len(begun) == 1 {
				time.Sleep(16 * time.Second)
			}
			return nil
		})
		r.wants("lost", "lost", "lost")
		if !slices.Equal(begun, []string{"a:1"}) {
			t.Errorf("got begun %v, want none after the loss", begun)
		}
		r.end()
	})
}

// One that was lost while another of its group was done is not begun.
func TestLostBeforeItsTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed(t)
		b.send("jobs.fifo", "a:1", "a:2", "a:3")
		var receipts []string
		b.tap.onReceive = func(ctx context.Context, in *sqs.ReceiveMessageInput) (*sqs.ReceiveMessageOutput, error) {
			out, err := b.client.ReceiveMessage(ctx, in)
			if err == nil && receipts == nil {
				for _, m := range out.Messages {
					receipts = append(receipts, *m.ReceiptHandle)
				}
			}
			return out, err
		}
		b.tap.onChange = func(ctx context.Context, in *sqs.ChangeMessageVisibilityBatchInput) (*sqs.ChangeMessageVisibilityBatchOutput, error) {
			out, err := b.client.ChangeMessageVisibilityBatch(ctx, in)
			if err != nil {
				return nil, err
			}
			for i, e := range in.Entries {
				if *e.ReceiptHandle == receipts[1] {
					out.Successful = slices.Delete(out.Successful, i, i+1)
					out.Failed = append(out.Failed, refusal(e.Id, "ReceiptHandleIsInvalid"))
				}
			}
			return out, nil
		}
		var begun []string
		r := b.consume("jobs.fifo", queue.Options{Hold: 3}, func(_ context.Context, m *queue.Message) error {
			begun = append(begun, m.Body)
			time.Sleep(20 * time.Second)
			return nil
		})
		r.wants("done", "lost", "handed_back")
		if !slices.Equal(begun, []string{"a:1"}) {
			t.Errorf("got begun %v, want the first alone", begun)
		}
	})
}

// With SQS out of reach for beats, the message goes to another receiver in the
// end; the first beat that gets through then ends the first handler.
func TestLostMessageIsDoneByAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed(t)
		b.send("jobs", "x")
		r := b.consume("jobs", queue.Options{Hold: 1}, func(ctx context.Context, m *queue.Message) error {
			if m.Receives > 1 {
				t.Error("the first receiver got its own message back")
			}
			<-ctx.Done()
			return ctx.Err()
		})
		b.server.SetFaults(sqslocal.Faults{Error503: 1, Operations: []string{"ChangeMessageVisibilityBatch"}})
		time.Sleep(31 * time.Second)
		b.wantPeek("after the visibility", "jobs", "x")
		b.server.SetFaults(sqslocal.Faults{})
		r.wants("lost")
		b.wantCounts("at the other receiver", "jobs", "0 1")
		r.end()
	})
}

// SQS keeps a message for twelve hours and no longer: the work on it ends before.
func TestNothingIsKeptForTwelveHours(t *testing.T) {
	for _, visibility := range []time.Duration{time.Minute, time.Hour} {
		t.Run(visibility.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBed(t)
				b.send("jobs", "endless")
				b.tap.onChange = func(ctx context.Context, in *sqs.ChangeMessageVisibilityBatchInput) (*sqs.ChangeMessageVisibilityBatchOutput, error) {
					out, err := b.client.ChangeMessageVisibilityBatch(ctx, in)
					if err != nil || len(out.Failed) > 0 {
						t.Errorf("a beat was refused: %v, %+v", err, out)
					}
					return out, err
				}
				r := b.consume("jobs", queue.Options{Hold: 1, Visibility: visibility}, func(ctx context.Context, m *queue.Message) error {
					if m.Receives > 1 {
						return nil
					}
					<-ctx.Done()
					return ctx.Err()
				})
				since := time.Now()
				r.wants("lost")
				between(t, "ended after", time.Since(since), 11*time.Hour+55*time.Minute, 12*time.Hour+5*time.Minute)
				r.wants("done")
				between(t, "done by the next after", time.Since(since), 11*time.Hour+55*time.Minute, 12*time.Hour+5*time.Minute)
			})
		})
	}
}

// A message's time runs from when SQS gave it out, which is not when the call
// began nor, if its answer is slow, when it ended.
func TestVisibilityRunsFromTheReceive(t *testing.T) {
	for name, slow := range map[string]time.Duration{"long poll": 19 * time.Second, "at once": 0} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBed(t)
				beat := make(chan time.Time, 100)
				b.tap.onChange = func(ctx context.Context, in *sqs.ChangeMessageVisibilityBatchInput) (*sqs.ChangeMessageVisibilityBatchOutput, error) {
					beat <- time.Now()
					return b.client.ChangeMessageVisibilityBatch(ctx, in)
				}
				r := b.consume("jobs", queue.Options{Visibility: 6 * time.Second}, func(context.Context, *queue.Message) error {
					time.Sleep(5 * time.Second)
					return nil
				})
				time.Sleep(slow)
				since := time.Now()
				b.send("jobs", "x")
				got := <-r.settled
				if got.Outcome != "done" || got.Queue != "jobs" {
					t.Errorf("got %+v", got)
				}
				between(t, "took", got.Took, 5*time.Second, 5*time.Second+100*time.Millisecond)
				between(t, "first beat", (<-beat).Sub(since), 2*time.Second, 3*time.Second)
			})
		})
	}
}
