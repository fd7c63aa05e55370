package queue_test

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"hakbeon/worker/queue"
)

// numbers are n bodies.
func numbers(n int) []string {
	bodies := make([]string, n)
	for i := range bodies {
		bodies[i] = strconv.Itoa(i)
	}
	return bodies
}

// Never are more messages held than allowed, and all of the room is used, even
// what is less than a batch.
func TestHoldBound(t *testing.T) {
	for _, hold := range []int{1, 2, 3, 10, 25, 64} {
		t.Run(strconv.Itoa(hold), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBed(t)
				b.send("jobs", numbers(3*hold)...)
				b.tap.onReceive = func(ctx context.Context, in *sqs.ReceiveMessageInput) (*sqs.ReceiveMessageOutput, error) {
					out, err := b.client.ReceiveMessage(ctx, in)
					if n, _ := strconv.Atoi(strings.Fields(b.counts("jobs"))[1]); n > hold {
						t.Errorf("got %d messages in flight, at most %d are allowed", n, hold)
					}
					return out, err
				}
				release := make(chan struct{})
				r := b.consume("jobs", queue.Options{Hold: hold}, func(context.Context, *queue.Message) error {
					<-release
					return nil
				})
				for n := range 3*hold - hold + 1 {
					time.Sleep(time.Second)
					if got := r.Held(); got != hold {
						t.Fatalf("after %d done: %d messages are held, want %d", n, got, hold)
					}
					release <- struct{}{}
				}
				close(release)
				r.wants(slices.Repeat([]string{"done"}, 3*hold)...)
				synctest.Wait()
				if r.Held() != 0 {
					t.Errorf("%d messages are held at the end", r.Held())
				}
			})
		})
	}
}

// With handlers that are done quickly, receives come in batches and not one by one.
func TestReceivesAreBatched(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed(t)
		b.send("jobs", numbers(300)...)
		r := b.consume("jobs", queue.Options{Hold: 30}, func(_ context.Context, m *queue.Message) error {
			n, _ := strconv.Atoi(m.Body)
			time.Sleep(time.Duration(n%7+1) * 10 * time.Millisecond)
			return nil
		})
		r.wait(300)
		if n := b.tap.calls("receive"); n > 45 {
			t.Errorf("got %d receives for 300 messages, want nearly full batches", n)
		}
		if n := b.tap.calls("delete"); n > 90 {
			t.Errorf("got %d deletes for 300 messages, want batches", n)
		}
	})
}

// An outage met by a handler pauses receiving for a growing time; its messages
// come back and are done after the recovery.
func TestOutagePausesReceiving(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, gate := newBed(t), &queue.Gate{}
		b.send("jobs", numbers(10)...)
		var out atomic.Bool
		out.Store(true)
		r := b.consume("jobs", queue.Options{Hold: 20, Gate: gate}, func(context.Context, *queue.Message) error {
			if out.Load() {
				return &queue.PauseError{Cause: "s3", Err: errOutage}
			}
			return nil
		})
		time.Sleep(10 * time.Minute)
		if n := b.tap.calls("receive"); n > 60 {
			t.Errorf("got %d receives in ten minutes of an outage, want about two a minute", n)
		}
		if !errors.Is(gate.Paused()["s3"], errOutage) {
			t.Errorf("got %v for the reason", gate.Paused())
		}
		for len(r.settled) > 0 {
			r.wants("pause")
		}
		out.Store(false)
		since := time.Now()
		r.wants(slices.Repeat([]string{"done"}, 10)...)
		between(t, "recovered after", time.Since(since), 0, 45*time.Second)
		if len(gate.Paused()) != 0 {
			t.Errorf("got %v after the recovery", gate.Paused())
		}
		b.wantCounts("at the end", "jobs", "0 0")
	})
}

// A message that began before an outage and gets done doesn't hide it.
func TestOlderWorkDoesNotEndAnOutage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, gate := newBed(t), &queue.Gate{}
		b.send("jobs", "older", "meets the outage")
		r := b.consume("jobs", queue.Options{Gate: gate}, func(_ context.Context, m *queue.Message) error {
			switch {
			case m.Body == "older":
				time.Sleep(100 * time.Millisecond)
			case m.Receives == 1:
				return &queue.PauseError{Cause: "s3", Err: errOutage}
			}
			return nil
		})
		r.wants("pause", "done")
		if len(gate.Paused()) != 1 {
			t.Error("older work hid the outage")
		}
		r.wants("done")
		if len(gate.Paused()) != 0 {
			t.Errorf("got %v after the recovery", gate.Paused())
		}
	})
}

// A queue that is out of reach is asked at growing intervals, and worked on once
// it is back.
func TestQueueOutOfReach(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, gate := newBed(t), &queue.Gate{}
		b.create("other", nil)
		b.send("other", numbers(5)...)
		reach := atomic.Bool{}
		b.tap.onReceive = func(ctx context.Context, in *sqs.ReceiveMessageInput) (*sqs.ReceiveMessageOutput, error) {
			if !reach.Load() && strings.HasSuffix(*in.QueueUrl, "/jobs") {
				b.tap.count("refused")
				return nil, errOutage
			}
			return b.client.ReceiveMessage(ctx, in)
		}
		r := b.consume("jobs", queue.Options{Gate: gate}, nothing)
		other := b.consume("other", queue.Options{Gate: gate}, nothing)
		other.wait(5)

		time.Sleep(10 * time.Minute)
		if n := b.tap.calls("refused"); n < 10 || n > 60 {
			t.Errorf("got %d tries in ten minutes, want about two a minute", n)
		}
		if err := gate.Paused()["receiving from jobs"]; !errors.Is(err, errOutage) {
			t.Errorf("got %v for the reason", gate.Paused())
		}
		since := time.Now()
		for _, body := range []string{"6", "7", "8"} {
			b.send("other", body)
			other.wants("done")
		}
		between(t, "the other queue waited", time.Since(since), 0, time.Second)

		b.send("jobs", "x")
		reach.Store(true)
		r.wants("done")
		between(t, "recovered after", time.Since(since), 0, 31*time.Second)
		if len(gate.Paused()) != 0 {
			t.Errorf("got %v after the recovery", gate.Paused())
		}
	})
}

// A receive that never ends is given up and counts as an error.
func TestReceiveThatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, gate := newBed(t), &queue.Gate{}
		b.send("jobs", "x")
		b.tap.onReceive = func(ctx context.Context, in *sqs.ReceiveMessageInput) (*sqs.ReceiveMessageOutput, error) {
			if b.tap.calls("receive") == 1 {
				<-ctx.Done()
				return nil, ctx.Err()
			}
			return b.client.ReceiveMessage(ctx, in)
		}
		since := time.Now()
		b.consume("jobs", queue.Options{Gate: gate}, nothing).wants("done")
		between(t, "done after", time.Since(since), 50*time.Second, 52*time.Second)
	})
}

// The options' defaults are what SQS takes.
func TestReceiveAsks(t *testing.T) {
	tests := []struct {
		opts                   queue.Options
		wait, visibility, most int32
	}{
		{queue.Options{}, 20, 30, 10},
		{queue.Options{Wait: time.Minute, Visibility: time.Millisecond, Hold: 4}, 20, 1, 4},
		{queue.Options{Wait: 1500 * time.Millisecond, Visibility: 90 * time.Second, Hold: 100}, 2, 90, 10},
	}
	for _, tt := range tests {
		synctest.Test(t, func(t *testing.T) {
			b := newBed(t)
			asked := make(chan *sqs.ReceiveMessageInput, 10)
			b.tap.onReceive = func(ctx context.Context, in *sqs.ReceiveMessageInput) (*sqs.ReceiveMessageOutput, error) {
				asked <- in
				return b.client.ReceiveMessage(ctx, in)
			}
			b.consume("jobs", tt.opts, nothing)
			in := <-asked
			if in.WaitTimeSeconds != tt.wait || in.VisibilityTimeout != tt.visibility || in.MaxNumberOfMessages != tt.most {
				t.Errorf("got wait %d s, visibility %d s, at most %d; want %d, %d, %d",
					in.WaitTimeSeconds, in.VisibilityTimeout, in.MaxNumberOfMessages, tt.wait, tt.visibility, tt.most)
			}
		})
	}
}
