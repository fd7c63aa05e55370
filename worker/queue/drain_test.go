package queue_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"hakbeon/worker/queue"
)

// A long poll that is under way does not hold up the end, nor does a pause.
func TestEndWithNothingToDo(t *testing.T) {
	for name, prepare := range map[string]func(*bed, *queue.Gate){
		"long poll": func(*bed, *queue.Gate) {},
		"gate":      func(_ *bed, g *queue.Gate) { g.Pause("s3", errors.New("boom")) },
		"no slot":   func(b *bed, _ *queue.Gate) { b.send("jobs", "x") },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b, gate := newBed(t), &queue.Gate{}
				prepare(b, gate)
				r := b.consume("jobs", queue.Options{Hold: 1, Gate: gate}, func(_ context.Context, m *queue.Message) error {
					<-m.Draining()
					return queue.ErrHandBack
				})
				synctest.Wait()
				since := time.Now()
				r.end()
				between(t, "ended after", time.Since(since), 0, 10*time.Millisecond)
			})
		})
	}
}

// At the end, what has not begun is another's at once; what has begun is kept
// alive and done.
func TestDrain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed(t)
		b.send("jobs", "begun", "waits", "waits too")
		cpu := make(chan struct{}, 1)
		r := b.consume("jobs", queue.Options{DrainTimeout: 2 * time.Minute}, func(ctx context.Context, m *queue.Message) error {
			if m.Body == "begun" {
				cpu <- struct{}{}
				time.Sleep(100 * time.Second)
				<-cpu
				return ctx.Err()
			}
			time.Sleep(time.Second) // after "begun" began
			select {
			case cpu <- struct{}{}:
				t.Errorf("%s began beside the other", m.Body)
				return nil
			case <-m.Draining():
				return queue.ErrHandBack
			}
		})
		time.Sleep(5 * time.Second)
		r.stop()
		r.wants("handed_back", "handed_back")
		b.wantPeek("at once", "jobs", "waits", "waits too")
		time.Sleep(80 * time.Second)
		b.wantPeek("while one is still at work", "jobs", "waits", "waits too")
		r.wants("done")
		<-r.ended
		b.wantCounts("at the end, the other receiver at work", "jobs", "0 2")
	})
}

// Messages that arrive in the moment of the end are handed back without a handler.
func TestMessagesOfTheLastReceive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed(t)
		b.send("jobs", "1", "2", "3")
		given, proceed := make(chan struct{}), make(chan struct{})
		b.tap.onReceive = func(ctx context.Context, in *sqs.ReceiveMessageInput) (*sqs.ReceiveMessageOutput, error) {
			out, err := b.client.ReceiveMessage(ctx, in)
			close(given)
			<-proceed
			return out, err
		}
		r := b.consume("jobs", queue.Options{}, func(context.Context, *queue.Message) error {
			t.Error("a handler began after the end")
			return nil
		})
		<-given
		r.stop()
		close(proceed)
		r.wants("handed_back", "handed_back", "handed_back")
		<-r.ended
		b.wantPeek("after", "jobs", "1", "2", "3")
		if r.Held() != 0 {
			t.Errorf("%d messages are held", r.Held())
		}
	})
}

// After DrainTimeout the handlers are told, and what isn't done is another's at
// once, whatever the handler makes of it; only a retry's own time is kept.
func TestDrainTimeout(t *testing.T) {
	tests := []struct {
		name    string
		result  func(context.Context) error
		outcome string
		counts  string
	}{
		{"its context's error", func(ctx context.Context) error { return ctx.Err() }, "handed_back", "1 0"},
		{"an outage", func(ctx context.Context) error { return &queue.PauseError{Cause: "s3", Err: ctx.Err()} }, "handed_back", "1 0"},
		{"any error", func(context.Context) error { return errors.New("boom") }, "handed_back", "1 0"},
		{"a retry", func(ctx context.Context) error { return &queue.RetryError{After: time.Minute, Err: ctx.Err()} }, "retry", "0 1"},
		{"done all the same", func(context.Context) error { return nil }, "done", "0 0"},
		{"dead all the same", func(ctx context.Context) error { return &queue.DeadError{Reason: "bad", Err: ctx.Err()} }, "dead", "0 0"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b, gate := newBed(t), &queue.Gate{}
				b.send("jobs", "x")
				r := b.consume("jobs", queue.Options{DrainTimeout: 10 * time.Second, Gate: gate}, func(ctx context.Context, _ *queue.Message) error {
					<-ctx.Done()
					return tt.result(ctx)
				})
				synctest.Wait()
				since := time.Now()
				r.end()
				between(t, "ended after", time.Since(since), 10*time.Second, 10*time.Second+100*time.Millisecond)
				r.wants(tt.outcome)
				b.wantCounts("after", "jobs", tt.counts)
				if len(gate.Paused()) != 0 {
					t.Errorf("our own end closed the gate: %v", gate.Paused())
				}
			})
		})
	}
}

// A handler that goes on without its context is abandoned. Its message is
// another's at once, and when it ends after all, nothing more is said of it.
func TestHandlerThatIgnoresTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed(t)
		b.send("jobs.fifo", "a:1", "a:2")
		stuck, began := make(chan struct{}), 0
		r := b.consume("jobs.fifo", queue.Options{DrainTimeout: 10 * time.Second}, func(context.Context, *queue.Message) error {
			began++
			<-stuck
			return nil
		})
		synctest.Wait()
		time.Sleep(time.Minute) // it is kept meanwhile
		since := time.Now()
		r.end()
		between(t, "ended after", time.Since(since), 13*time.Second, 15*time.Second)
		r.wants("handed_back", "handed_back")
		b.wantPeek("after", "jobs.fifo", "a:1", "a:2")
		calls := b.tap.calls("change")
		close(stuck)
		synctest.Wait()
		if b.tap.calls("delete") != 0 || b.tap.calls("change") != calls || len(r.settled) != 0 || began != 1 {
			t.Errorf("got %d deletes, %d more changes, %d more settled, %d begun after it ended",
				b.tap.calls("delete"), b.tap.calls("change")-calls, len(r.settled), began)
		}
	})
}

// An SQS that hangs at the end holds it up for a bounded time.
func TestEndWhileSQSHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed(t)
		b.send("jobs", "x", "y")
		b.tap.onChange = func(ctx context.Context, _ *sqs.ChangeMessageVisibilityBatchInput) (*sqs.ChangeMessageVisibilityBatchOutput, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		}
		stuck := make(chan struct{})
		r := b.consume("jobs", queue.Options{DrainTimeout: 10 * time.Second}, func(ctx context.Context, m *queue.Message) error {
			if m.Body == "x" {
				<-ctx.Done()
				return ctx.Err()
			}
			<-stuck
			return nil
		})
		synctest.Wait()
		since := time.Now()
		r.end()
		between(t, "ended after", time.Since(since), 14*time.Second, 15*time.Second)
		close(stuck)
		time.Sleep(time.Minute) // for the calls that hang to end
	})
}

// Work that is done when the end comes is deleted all the same, even if SQS is
// slow to take it.
func TestDeleteDoneAfterTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed(t)
		b.send("jobs", "1", "2", "3")
		b.tap.onDelete = func(ctx context.Context, in *sqs.DeleteMessageBatchInput) (*sqs.DeleteMessageBatchOutput, error) {
			time.Sleep(2 * time.Second)
			if b.tap.calls("delete") == 1 {
				out := &sqs.DeleteMessageBatchOutput{}
				for _, e := range in.Entries {
					out.Failed = append(out.Failed, refusal(e.Id, "InternalError"))
				}
				return out, nil
			}
			return b.client.DeleteMessageBatch(ctx, in)
		}
		release := make(chan struct{})
		r := b.consume("jobs", queue.Options{DrainTimeout: 20 * time.Second}, func(context.Context, *queue.Message) error {
			<-release
			return nil
		})
		synctest.Wait()
		r.stop()
		synctest.Wait()
		close(release)
		<-r.ended
		r.wants("done", "done", "done")
		b.wantCounts("after", "jobs", "0 0")
	})
}

// A failure while draining leaves the rest of its group behind it, and begins no
// more of it.
func TestDrainKeepsTheOrderOfGroups(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed(t)
		b.send("jobs.fifo", "a:1", "a:2", "a:3")
		var begun []string
		r := b.consume("jobs.fifo", queue.Options{}, func(_ context.Context, m *queue.Message) error {
			begun = append(begun, m.Body)
			time.Sleep(10 * time.Second)
			return nil
		})
		synctest.Wait()
		r.end()
		r.wants("done", "handed_back", "handed_back")
		if !slices.Equal(begun, []string{"a:1"}) {
			t.Errorf("got begun %v, want the first alone", begun)
		}
		b.wantPeek("after", "jobs.fifo", "a:2", "a:3")
	})
}
