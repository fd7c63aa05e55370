package worker

import (
	"context"
	"fmt"
	"runtime/debug"
	"slices"
	"time"

	"go.uber.org/zap"

	"hakbeon/jobs"
	"hakbeon/s3store"
	"hakbeon/s3store/credentials"
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
	w.open.saw(b, w.opts.Clock.Since(job.CreatedAt))
	ended, err := w.bringToEnd(ctx, b, false)
	if ended {
		w.open.close(b)
	}
	if err != nil || ended {
		return err
	}
	if job.Immediate {
		if err := w.takeOver(ctx, b, job); err != nil {
			return err
		}
	}
	delay := min(w.opts.FinishDelay<<min(in.Hop, 10), max(longestHop, w.opts.FinishDelay))
	if left := w.opts.Clock.Until(job.CreatedAt.Add(w.opts.BatchDeadline)); left > 0 {
		delay = min(delay, left+time.Second)
	}
	return w.arm(ctx, b, in.Hop+1, delay)
}

// longestHop is how late a batch may be brought to its end if the process that
// did its last sheet was killed at that moment.
const longestHop = 2 * time.Minute

// arm has the batch looked at again after the delay.
func (w *Worker) arm(ctx context.Context, b s3store.Batch, hop int, delay time.Duration) error {
	return send(ctx, w.work, delay, &jobs.Finish{ExamCode: b.ExamCode, BatchID: b.BatchID, Hop: hop})
}

// look brings the batch to its end if its last sheet is done. It is what makes
// the end come at once; if it fails, a finish message tries again soon.
func (w *Worker) look(ctx context.Context, b s3store.Batch) {
	defer func() {
		if p := recover(); p != nil {
			w.log.Error("bringing the batch to its end panicked", zap.String("exam_code", b.ExamCode),
				zap.String("batch_id", b.BatchID), zap.Any("panic", p), zap.ByteString("stack", debug.Stack()))
		}
	}()
	if _, err := w.bringToEnd(credentials.ForExam(ctx, b.ExamCode), b, true); err != nil {
		w.log.Warn("could not bring the batch to its end: will be tried again", zap.String("exam_code", b.ExamCode),
			zap.String("batch_id", b.BatchID), zap.Error(err))
		w.leave([]s3store.Batch{b})
	}
}

// leaveTimeout bounds the sending of what a shutdown leaves to others.
const leaveTimeout = 3 * time.Second

// leave has other processes, or this one later, look at the batches. If that
// fails too, the finish message that was armed with the batch is there still.
func (w *Worker) leave(batches []s3store.Batch) {
	ctx, cancel := context.WithTimeout(context.Background(), leaveTimeout)
	defer cancel()
	for _, b := range batches {
		if err := w.arm(ctx, b, 0, w.opts.SettleDelay); err != nil {
			w.log.Warn("could not leave the batch's end to others", zap.String("exam_code", b.ExamCode),
				zap.String("batch_id", b.BatchID), zap.Error(err))
		}
	}
}

// bringToEnd carries out whatever of the batch's end is due: an epoch that was
// begun, or the next one; for a look only the first, for who reopens a batch has
// armed a finish message, which takes in all that comes within its delay. True if
// nothing is left to do. Within a process it runs once at a time for a batch;
// several processes may do it at the same time, with the same outcome.
func (w *Worker) bringToEnd(ctx context.Context, b s3store.Batch, look bool) (bool, error) {
	run, err, began := w.join(ctx, b, look)
	// The run that was joined may have listed the batch before the caller's sheet
	// was in it: one that begins from now on has not. And a look does less.
	for joined := 0; !began && (joined == 0 || run.look && !look); joined++ {
		run, err, began = w.join(ctx, b, look)
	}
	return run.ended, err
}

// endRun is one run over a batch's end.
type endRun struct{ look, ended bool }

// join runs the batch's end, or waits for the run under way.
func (w *Worker) join(ctx context.Context, b s3store.Batch, look bool) (run endRun, err error, began bool) {
	v, err, _ := w.settling.Do(b.Prefix(), func() (any, error) {
		began = true
		var carried *s3store.Plan
		for {
			next, ended, err := w.step(ctx, b, look, carried)
			if err != nil || next == nil {
				return endRun{look, ended}, err
			}
			carried = next
		}
	})
	return v.(endRun), err, began //nolint:forcetypeassert // the function's own
}

// step does one epoch at most and returns the plan that it carried out, nil if there
// was nothing to carry out. A plan never changes: the one before is handed on.
func (w *Worker) step(ctx context.Context, b s3store.Batch, look bool, before *s3store.Plan) (carried *s3store.Plan, ended bool, err error) {
	job, err := w.batchJob(ctx, b)
	if err != nil {
		return nil, false, err
	}
	s, err := w.snapshot(ctx, b)
	if err != nil {
		return nil, false, err
	}
	if before != nil && before.Epoch == s.epoch {
		s.plan = before
	}
	if s.epoch > 0 && !s.done[s.epoch] {
		plan, err := w.lastPlan(ctx, s)
		if err != nil {
			return nil, false, err
		}
		return plan, false, w.carryOut(ctx, job, plan)
	}
	expected, whole, err := w.expected(ctx, job, s)
	if err != nil {
		return nil, false, err
	}
	if err := w.divideLooked(ctx, s, expected); err != nil {
		return nil, false, err
	}
	if look && s.epoch > 0 {
		return nil, false, w.lookAgain(ctx, s, expected)
	}
	due, ended, err := w.due(ctx, job, s, expected, whole)
	if err != nil || !due {
		return nil, ended, err
	}
	plan, err := w.nextEpoch(ctx, job, s, expected)
	if err != nil {
		return nil, false, err
	}
	return plan, false, w.carryOut(ctx, job, plan)
}

// lookAgain has a batch that has ended solved soon, if a message came after its
// end and all of its sheets are there: its own finish message may be far off.
func (w *Worker) lookAgain(ctx context.Context, s *snapshot, expected []place) error {
	if !s.holds(expected) {
		return nil
	}
	last, err := w.lastPlan(ctx, s)
	if err != nil || len(expected) <= len(last.Sheets) {
		return err
	}
	return w.arm(ctx, s.batch, 0, w.opts.SettleDelay)
}

// due reports whether the next epoch should be solved now and, if not, whether
// nothing is left to wait for.
func (w *Worker) due(ctx context.Context, job s3store.Job, s *snapshot, expected []place, whole bool) (due, ended bool, err error) {
	complete := s.holds(expected)
	if s.epoch == 0 {
		return whole && complete || w.tooLate(job.CreatedAt), false, nil
	}
	last, err := w.lastPlan(ctx, s)
	if err != nil {
		return false, false, err
	}
	isNews := func(id string) bool { _, known := slices.BinarySearch(last.Applied, id); return !known }
	switch {
	case slices.ContainsFunc(s.applied(), isNews):
		return true, false, nil
	case len(expected) > len(last.Sheets): // a message that came after the end
		return complete || w.tooLate(last.CreatedAt), false, nil
	}
	return false, true, nil
}

func (w *Worker) tooLate(since time.Time) bool {
	return w.opts.Clock.Since(since) >= w.opts.BatchDeadline
}

func (w *Worker) plan(ctx context.Context, b s3store.Batch, epoch int) (*s3store.Plan, error) {
	var p s3store.Plan
	_, err := w.store.Load(ctx, b.Plan(epoch), &p)
	return &p, err
}

// lastPlan is the plan of the snapshot's epoch, which is not 0, read once.
func (w *Worker) lastPlan(ctx context.Context, s *snapshot) (*s3store.Plan, error) {
	if s.plan != nil {
		return s.plan, nil
	}
	plan, err := w.plan(ctx, s.batch, s.epoch)
	if err == nil {
		s.plan = plan
	}
	return plan, err
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
		return w.waitFor(m.Sent, w.opts.ImagePatience, err, deadf("sheet: there is no result of this sheet in the batch"))
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

// rematchPrefix begins the id of a request for the roster as it is now.
const rematchPrefix = "rematch-"

// rematch has the batch solved again with the roster as it is now.
func (w *Worker) rematch(ctx context.Context, m *queue.Message, in *jobs.Rematch) error {
	b := s3store.Batch{ExamCode: in.ExamCode, BatchID: in.BatchID}
	_, err := w.batchJob(ctx, b)
	if isNotFound(err) {
		return w.waitFor(m.Sent, w.opts.ImagePatience, err, deadf("batch_id: there is no such batch"))
	}
	if err != nil {
		return err
	}
	return w.reopen(ctx, b, rematchPrefix+requestID(m))
}

// requestID orders requests by the time at which they were sent; the same
// message has the same id however often it is received.
func requestID(m *queue.Message) string { return fmt.Sprintf("%013d-%s", m.Sent.UnixMilli(), m.ID) }
