package queue_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"hakbeon/worker/queue"
)

// journal is what handlers did, by message group.
type journal struct {
	mu     sync.Mutex
	groups map[string][]string
}

func (j *journal) add(m *queue.Message, what string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.groups == nil {
		j.groups = map[string][]string{}
	}
	_, number, _ := strings.Cut(m.Body, ":")
	j.groups[m.Group] = append(j.groups[m.Group], number+what)
}

func (j *journal) wants(t *testing.T, group, entries string) {
	t.Helper()
	j.mu.Lock()
	defer j.mu.Unlock()
	if got := strings.Join(j.groups[group], " "); got != entries {
		t.Errorf("group %s: got %q, want %q", group, got, entries)
	}
}

// The messages of a group are handled one after the other; groups don't wait for
// each other.
func TestGroupsKeepTheirOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed(t)
		b.send("jobs.fifo", "a:1", "b:1", "a:2", "b:2", "a:3", "c:1", "a:4")
		var j journal
		since := time.Now()
		r := b.consume("jobs.fifo", queue.Options{}, func(_ context.Context, m *queue.Message) error {
			j.add(m, "(")
			time.Sleep(time.Minute)
			j.add(m, ")")
			return nil
		})
		r.wants(slices.Repeat([]string{"done"}, 7)...)
		j.wants(t, "a", "1( 1) 2( 2) 3( 3) 4( 4)")
		j.wants(t, "b", "1( 1) 2( 2)")
		j.wants(t, "c", "1( 1)")
		between(t, "took", time.Since(since), 4*time.Minute, 4*time.Minute+time.Second)
	})
}

// A failure keeps the rest of its group waiting behind it, in order, and no other
// group.
func TestFailureKeepsTheOrderOfItsGroup(t *testing.T) {
	failures := map[string]error{
		"an error":  errors.New("boom"),
		"a retry":   &queue.RetryError{After: time.Minute, Err: errors.New("boom")},
		"an outage": &queue.PauseError{Cause: "s3", Err: errors.New("boom")},
		"handed on": queue.ErrHandBack,
	}
	for name, failure := range failures {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBed(t)
				b.send("jobs.fifo", "a:1", "a:2", "b:1", "a:3", "b:2")
				var j journal
				r := b.consume("jobs.fifo", queue.Options{}, func(_ context.Context, m *queue.Message) error {
					if m.Body == "a:2" && m.Receives < 3 {
						j.add(m, "!")
						return failure
					}
					j.add(m, "")
					return nil
				})
				for done := 0; done < 5; {
					if r.wait(1)[0] == "done" {
						done++
					}
				}
				j.wants(t, "a", "1 2! 2! 2 3")
				j.wants(t, "b", "1 2")
				b.wantCounts("at the end", "jobs.fifo", "0 0")
			})
		})
	}
}

// A dead message doesn't block its group.
func TestDeadMessageLetsItsGroupGoOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed(t)
		b.send("jobs.fifo", "a:1", "a:2", "a:3")
		var j journal
		r := b.consume("jobs.fifo", queue.Options{}, func(_ context.Context, m *queue.Message) error {
			j.add(m, "")
			if m.Body == "a:1" {
				return &queue.DeadError{Reason: "bad", Err: errors.New("bad")}
			}
			return nil
		})
		r.wants("dead", "done", "done")
		j.wants(t, "a", "1 2 3")
		b.wantPeek("after", "dead", "a:1")
	})
}

// Nor does the rest of a group overtake a message that is done but could not be
// deleted, and so comes again.
func TestGroupWaitsForTheDelete(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed(t)
		b.send("jobs.fifo", "a:1", "a:2")
		b.tap.onDelete = func(ctx context.Context, in *sqs.DeleteMessageBatchInput) (*sqs.DeleteMessageBatchOutput, error) {
			if b.tap.calls("delete") > 5 {
				return b.client.DeleteMessageBatch(ctx, in)
			}
			return &sqs.DeleteMessageBatchOutput{Failed: []types.BatchResultErrorEntry{refusal(in.Entries[0].Id, "InternalError")}}, nil
		}
		var j journal
		r := b.consume("jobs.fifo", queue.Options{}, func(_ context.Context, m *queue.Message) error {
			j.add(m, "")
			return nil
		})
		r.wants("done", "handed_back", "done", "done")
		j.wants(t, "a", "1 1 2")
	})
}
