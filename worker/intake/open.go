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
		return in.waitFor(m, in.ImagePatience, err, refusef(exam.RejectedNoBatch, "batch_id", "there is no such batch"))
	}
	if err != nil {
		return err
	}
	if !job.Open {
		return refusef(exam.RejectedConflict, "batch_id", "this batch is not open: it ends by itself when its sheets are read")
	}
	if err := in.Archive.MarkClosed(ctx, b); err != nil {
		return err
	}
	return in.Outbox.Settle(ctx, b)
}

// arm has the batch looked at. To an open batch that has ended much may be added, a
// message a sheet: one look that this process has just asked for, and that is still to
// come, takes in all that is written meanwhile.
func (in *Intake) arm(ctx context.Context, b layout.Batch, open bool) error {
	if open && in.armed.within(b, in.FinishDelay/2) {
		return nil
	}
	asked := time.Now()
	if err := in.Outbox.Arm(ctx, b, 0, in.FinishDelay); err != nil {
		return err
	}
	if open {
		in.armed.note(b, asked)
	}
	return nil
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
