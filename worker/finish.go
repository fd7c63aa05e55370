package worker

import (
	"context"
	"fmt"
	"time"

	"go.uber.org/zap"

	"hakbeon/jobs"
	"hakbeon/s3store"
	"hakbeon/worker/queue"
)

// finish is the net under a batch's end: whoever did the last sheet has most
// likely brought it to its end already. While it has not ended, the message is
// armed again, each time for longer.
func (w *Worker) finish(ctx context.Context, in *jobs.Finish) error {
	b := s3store.Batch{ExamCode: in.ExamCode, BatchID: in.BatchID}
	job, err := w.batchJob(ctx, b)
	if isNotFound(err) {
		return deadf("the batch's record is gone from S3")
	}
	if err != nil {
		return err
	}
	ended, err := w.bringToEnd(ctx, b)
	if err != nil || ended {
		return err
	}
	delay := min(w.opts.FinishDelay<<min(in.Hop, 10), queue.MaxDelay)
	untilDeadline := time.Until(job.CreatedAt.Add(w.opts.BatchDeadline)) + time.Second
	return w.arm(ctx, b, in.Hop+1, min(delay, max(untilDeadline, time.Second)))
}

// arm has the batch looked at again after the delay.
func (w *Worker) arm(ctx context.Context, b s3store.Batch, hop int, delay time.Duration) error {
	return send(ctx, w.work, delay, &jobs.Finish{ExamCode: b.ExamCode, BatchID: b.BatchID, Hop: hop})
}

// look brings the batch to its end if its last sheet is done. It is what makes
// the end come at once; if it fails, the armed finish message does it.
func (w *Worker) look(b s3store.Batch) {
	if _, err := w.bringToEnd(w.life, b); err != nil && w.life.Err() == nil {
		w.log.Warn("could not bring the batch to its end: will be tried again", zap.String("exam_code", b.ExamCode),
			zap.String("batch_id", b.BatchID), zap.Error(err))
	}
}

// bringToEnd carries out whatever of the batch's end is due: an epoch that was
// begun, or the next one. True if nothing is left to do. Within a process it runs
// once at a time for a batch; several processes may do it at the same time, with
// the same outcome.
func (w *Worker) bringToEnd(ctx context.Context, b s3store.Batch) (bool, error) {
	v, err, _ := w.settling.Do(b.Prefix(), func() (any, error) {
		for {
			again, ended, err := w.step(ctx, b)
			if err != nil || !again {
				return ended, err
			}
		}
	})
	ended, _ := v.(bool)
	return ended, err
}

// step does one epoch at most.
func (w *Worker) step(ctx context.Context, b s3store.Batch) (again, ended bool, err error) {
	job, err := w.batchJob(ctx, b)
	if err != nil {
		return false, false, err
	}
	s, err := w.snapshot(ctx, b)
	if err != nil {
		return false, false, err
	}
	if s.epoch > 0 && !s.done[s.epoch] {
		plan, err := w.plan(ctx, b, s.epoch)
		if err != nil {
			return false, false, err
		}
		return true, false, w.carryOut(ctx, job, plan)
	}
	expected, whole, err := w.expected(ctx, job, s)
	if err != nil {
		return false, false, err
	}
	late := time.Since(job.CreatedAt) >= w.opts.BatchDeadline
	if s.epoch == 0 && !late && (!whole || !s.holds(expected)) {
		return false, false, nil
	}
	due := s.epoch == 0
	if !due {
		if due, err = w.news(ctx, b, s); err != nil {
			return false, false, err
		}
	}
	if !due {
		return false, true, nil
	}
	return true, false, w.nextEpoch(ctx, job, s, expected)
}

// news reports whether corrections or requests came after the last plan.
func (w *Worker) news(ctx context.Context, b s3store.Batch, s *snapshot) (bool, error) {
	if len(s.corrections)+len(s.requests) == 0 {
		return false, nil
	}
	last, err := w.plan(ctx, b, s.epoch)
	if err != nil {
		return false, err
	}
	known := make(map[string]bool, len(last.Applied))
	for _, id := range last.Applied {
		known[id] = true
	}
	for _, id := range s.applied() {
		if !known[id] {
			return true, nil
		}
	}
	return false, nil
}

func (w *Worker) plan(ctx context.Context, b s3store.Batch, epoch int) (*s3store.Plan, error) {
	var p s3store.Plan
	_, err := w.store.Load(ctx, b.Plan(epoch), &p)
	return &p, err
}

// reopen asks for the next epoch of a batch.
func (w *Worker) reopen(ctx context.Context, b s3store.Batch, request string) error {
	_, err := w.store.Create(ctx, b.Request(request), []byte("{}\n"), s3store.TypeJSON)
	if err := ignoreExists(err); err != nil {
		return err
	}
	return w.arm(ctx, b, 0, w.opts.SettleDelay)
}

// resolve stores a person's verdict and has the batch solved again.
func (w *Worker) resolve(ctx context.Context, m *queue.Message, in *jobs.Resolve) error {
	b := s3store.Batch{ExamCode: in.ExamCode, BatchID: in.BatchID}
	_, err := w.store.Head(ctx, b.Result(in.Sheet))
	if isNotFound(err) {
		return waitFor(m.Sent, w.opts.ImagePatience, err, deadf("sheet: there is no result of this sheet in the batch"))
	}
	if err != nil {
		return err
	}
	c := s3store.Correction{
		ID: requestID(m), Sheet: in.Sheet, StudentID: in.StudentID, Verdict: in.Verdict, At: m.Sent.UTC(),
	}
	if err := ignoreExists(w.store.CreateRecord(ctx, b.Correction(c.ID), c)); err != nil {
		return err
	}
	return w.arm(ctx, b, 0, w.opts.SettleDelay)
}

// rematch has the batch solved again with the roster as it is now.
func (w *Worker) rematch(ctx context.Context, m *queue.Message, in *jobs.Rematch) error {
	b := s3store.Batch{ExamCode: in.ExamCode, BatchID: in.BatchID}
	_, err := w.batchJob(ctx, b)
	if isNotFound(err) {
		return waitFor(m.Sent, w.opts.ImagePatience, err, deadf("batch_id: there is no such batch"))
	}
	if err != nil {
		return err
	}
	return w.reopen(ctx, b, "rematch-"+requestID(m))
}

// requestID orders requests by the time at which they were sent; the same
// message has the same id however often it is received.
func requestID(m *queue.Message) string { return fmt.Sprintf("%013d-%s", m.Sent.UnixMilli(), m.ID) }
