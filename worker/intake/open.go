package intake

import (
	"context"
	"errors"
	"sync"
	"time"

	"hakbeon/exam"
	"hakbeon/jobs"
	"hakbeon/s3store"
	"hakbeon/s3store/layout"
	"hakbeon/worker/queue"
)

// Close notes that an open batch has all of its keys, and has it looked at soon. One that
// has ended stays as it is.
func (in *Intake) Close(ctx context.Context, m *queue.Message, msg *jobs.Close) error {
	b := layout.Batch{ExamCode: msg.ExamCode, BatchID: msg.BatchID}
	job, err := in.Archive.Job(ctx, b)
	if errors.Is(err, s3store.ErrNotFound) {
		return in.overtaken(m, err)
	}
	if err != nil {
		return err
	}
	if !job.Open {
		return refusef(exam.RejectedConflict, "batch_id", "this batch is not open: it ends by itself when its sheets are read")
	}
	if err := in.Archive.Marks.MarkClosed(ctx, b); err != nil {
		return err
	}
	return in.Outbox.Settle(ctx, b)
}

// leastReceipts is how often a message is received, at least, before what it needs is
// given up.
const leastReceipts = 9

// overtaken waits for a batch that a close or a cancel has overtaken. Both may have lain
// on the queue for long, and its first message may be held by a worker that was killed.
func (in *Intake) overtaken(m *queue.Message, missing error) error {
	return in.patient(m, missing, refusef(exam.RejectedNoBatch, "batch_id", "there is no such batch"))
}

// patient waits for what a message needs, and does not give it up for the message's age
// alone, but only when it has come several times, within 108 s; then it returns over.
func (in *Intake) patient(m *queue.Message, missing, over error) error {
	if m.Receives < leastReceipts {
		return &queue.RetryError{After: time.Duration(m.Receives) * in.FinishDelay / 10, Err: missing}
	}
	return in.waitFor(m, in.ImagePatience, missing, over)
}

// arm has the batch looked at. To an open batch that has ended much may be added, a
// message a sheet: one look that this process has just asked for, and that is still to
// come, takes in all that is written meanwhile.
func (in *Intake) arm(ctx context.Context, b layout.Batch, open bool) error {
	if !open {
		return in.Outbox.Arm(ctx, b, 0, in.FinishDelay)
	}
	_, err, _ := in.arming.Do(b.Prefix(), func() (any, error) {
		if in.armed.within(b, in.FinishDelay/2) {
			return struct{}{}, nil
		}
		asked := time.Now()
		err := in.Outbox.Arm(ctx, b, 0, in.FinishDelay)
		if err == nil {
			in.armed.note(b, asked)
		}
		return struct{}{}, err
	})
	return err
}

// mostRemembered bounds the batches that are remembered.
const mostRemembered = 256

// recently remembers when something was done for a batch. Its zero value remembers
// nothing yet; it is safe for concurrent use, and speed only.
type recently struct {
	mu sync.Mutex
	at map[layout.Batch]time.Time
}

func (r *recently) within(b layout.Batch, d time.Duration) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	at, ok := r.at[b]
	return ok && time.Since(at) < d
}

func (r *recently) note(b layout.Batch, at time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.at == nil || len(r.at) >= mostRemembered {
		r.at = map[layout.Batch]time.Time{}
	}
	r.at[b] = at
}
