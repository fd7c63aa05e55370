// Package ending brings a batch to its end, in epochs: what is due follows from what
// lies in S3 ([Next]); a plan of all sheets is solved from it, written once ([Solve]),
// and carried out step by step, each of which can be done again by whoever comes next.
package ending

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"go.opentelemetry.io/otel/trace"
	"go.uber.org/zap"
	"golang.org/x/sync/singleflight"

	"hakbeon/exam"
	"hakbeon/internal/clock"
	"hakbeon/jobs"
	"hakbeon/recognizer"
	"hakbeon/s3store"
	"hakbeon/s3store/credentials"
	"hakbeon/s3store/layout"
	"hakbeon/worker/archive"
	"hakbeon/worker/outbox"
	"hakbeon/worker/outcome"
	"hakbeon/worker/queue"
	"hakbeon/worker/rosters"
	"hakbeon/worker/telemetry"
)

// Coordinator brings batches to their end. It is safe for concurrent use.
type Coordinator struct {
	Archive *archive.Archive
	Outbox  *outbox.Outbox
	Rosters *rosters.Cache
	Scorers *outcome.Scorers
	Params  recognizer.Params
	Bucket  string
	// BatchDeadline is when sheets that are still missing become failed.
	BatchDeadline time.Duration
	// BatchIdle is how long an open batch waits for another sheet.
	BatchIdle time.Duration
	// FinishDelay is when a batch is first looked at by a message; it doubles with each.
	FinishDelay time.Duration

	Clock   *clock.Clock
	Open    *telemetry.OpenBatches
	Metrics *telemetry.Metrics
	Tracer  trace.Tracer
	Log     *zap.Logger

	running singleflight.Group
}

// Finish is the net under a batch's end: whoever did the last sheet has most
// likely brought it to its end already. While it has not ended, the message is
// armed again, each time for longer.
func (c *Coordinator) Finish(ctx context.Context, in *jobs.Finish) error {
	b := layout.Batch{ExamCode: in.ExamCode, BatchID: in.BatchID}
	job, err := c.Archive.Job(ctx, b)
	if errors.Is(err, s3store.ErrNotFound) {
		return queue.Deadf("the batch's record is gone from S3")
	}
	if err != nil {
		return err
	}
	since := job.CreatedAt
	c.Open.Saw(b, c.Clock.Since(since))
	r, err := c.bringToEnd(ctx, b, false)
	if r.ended {
		c.Open.Close(b)
	}
	if err != nil || r.ended {
		return err
	}
	if r.newest.After(since) { // an open batch is as old as what came last
		since = r.newest
		c.Open.Saw(b, c.Clock.Since(since))
	}
	if job.Immediate {
		if err := c.takeOver(ctx, b, job); err != nil {
			return err
		}
	}
	delay := min(c.FinishDelay<<min(in.Hop, 10), max(longestHop, c.FinishDelay))
	if left := c.Clock.Until(since.Add(c.BatchDeadline)); left > 0 {
		delay = min(delay, left+time.Second)
	}
	if left := c.Clock.Until(since.Add(c.BatchIdle)); job.Open && left > 0 {
		delay = min(delay, left+time.Second)
	}
	return c.Outbox.Arm(ctx, b, in.Hop+1, delay)
}

// longestHop is how late a batch may be brought to its end if the process that
// did its last sheet was killed at that moment.
const longestHop = 2 * time.Minute

// takeOver has a sheet done for which somebody waited in vain: the process that
// read it was killed, or S3 or the queue was away.
func (c *Coordinator) takeOver(ctx context.Context, b layout.Batch, job exam.Job) error {
	keys, err := c.Archive.Part(ctx, b, job.Part)
	if err != nil {
		return err
	}
	return c.Outbox.Send(ctx, 0, outbox.Sheets(b, keys)...)
}

// Glance brings the batch to its end if its last sheet is done. It is what makes
// the end come at once; if it fails, a finish message tries again soon.
func (c *Coordinator) Glance(ctx context.Context, b layout.Batch) {
	defer func() {
		if p := recover(); p != nil {
			c.Log.Error("bringing the batch to its end panicked", zap.String("exam_code", b.ExamCode),
				zap.String("batch_id", b.BatchID), zap.Any("panic", p), zap.ByteString("stack", debug.Stack()))
		}
	}()
	if _, err := c.bringToEnd(credentials.ForExam(ctx, b.ExamCode), b, true); err != nil {
		c.Log.Warn("could not bring the batch to its end: will be tried again", zap.String("exam_code", b.ExamCode),
			zap.String("batch_id", b.BatchID), zap.Error(err))
		c.Leave([]layout.Batch{b})
	}
}

// leaveTimeout bounds the sending of what a shutdown leaves to others.
const leaveTimeout = 3 * time.Second

// Leave has other processes, or this one later, look at the batches. If that
// fails too, the finish message that was armed with the batch is there still.
func (c *Coordinator) Leave(batches []layout.Batch) {
	ctx, cancel := context.WithTimeout(context.Background(), leaveTimeout)
	defer cancel()
	for _, b := range batches {
		if err := c.Outbox.Settle(ctx, b); err != nil {
			c.Log.Warn("could not leave the batch's end to others", zap.String("exam_code", b.ExamCode),
				zap.String("batch_id", b.BatchID), zap.Error(err))
		}
	}
}

// bringToEnd carries out whatever of the batch's end is due: an epoch that was
// begun, or the next one; for a glance only the first, for who reopens a batch has
// armed a finish message, which takes in all that comes within its delay. True if
// nothing is left to do it has ended. Within a process it runs once at a time for a batch;
// several processes may do it at the same time, with the same outcome.
func (c *Coordinator) bringToEnd(ctx context.Context, b layout.Batch, glance bool) (run, error) {
	r, err, began := c.join(ctx, b, glance)
	// The run that was joined may have listed the batch before the caller's sheet
	// was in it: one that begins from now on has not. And a glance does less.
	for joined := 0; !began && (joined == 0 || r.glance && !glance); joined++ {
		r, err, began = c.join(ctx, b, glance)
	}
	return r, err
}

// run is one run over a batch's end.
type run struct {
	glance, ended bool
	newest        time.Time // when the last message of an open batch came
}

// join runs the batch's end, or waits for the run under way.
func (c *Coordinator) join(ctx context.Context, b layout.Batch, glance bool) (r run, err error, began bool) {
	v, err, _ := c.running.Do(b.Prefix(), func() (any, error) {
		began = true
		r := run{glance: glance}
		var carried *exam.Plan
		for {
			next, err := c.step(ctx, b, &r, carried)
			if err != nil || next == nil {
				return r, err
			}
			carried = next
		}
	})
	return v.(run), err, began //nolint:forcetypeassert // the function's own
}

// step does one epoch at most and returns the plan that it carried out, nil if there
// was nothing to carry out; r takes what it saw. A plan never changes: the one before is handed on.
func (c *Coordinator) step(ctx context.Context, b layout.Batch, r *run, before *exam.Plan) (carried *exam.Plan, err error) {
	s, err := c.state(ctx, b, r.glance, before)
	if err != nil {
		return nil, err
	}
	if s.Job.Open {
		r.newest = s.Facts.Newest
	}
	if err := c.Outbox.Send(ctx, 0, outbox.Sheets(b, s.Facts.Undivided(s.Sheets))...); err != nil {
		return nil, err
	}
	plan, kept := s.Last, records{}
	switch Next(s) {
	case Wait:
		return nil, c.Outbox.Send(ctx, 0, outbox.Sheets(b, s.Unserved())...)
	case Ended:
		r.ended = true
		return nil, nil //nolint:nilnil // as above
	case Later:
		return nil, c.Outbox.Settle(ctx, b)
	case PlanNext:
		if plan, err = c.nextEpoch(ctx, s, kept); err != nil {
			return nil, err
		}
	case Resume:
	}
	return plan, c.carryOut(ctx, s.Job, plan, kept)
}

// state lists the batch, and reads what a listing does not tell.
func (c *Coordinator) state(ctx context.Context, b layout.Batch, glance bool, before *exam.Plan) (s State, err error) {
	s.Glance, s.Deadline, s.Idle = glance, c.BatchDeadline, c.BatchIdle
	if s.Job, err = c.Archive.Job(ctx, b); err != nil {
		return s, err
	}
	if s.Facts, err = c.Archive.Facts(ctx, b); err != nil {
		return s, err
	}
	s.Now = c.Clock.Now()
	if s.Undue() {
		return s, nil
	}
	if s.Sheets, s.Whole, err = c.Archive.Expected(ctx, s.Job, s.Facts); err != nil || s.Facts.Epoch == 0 {
		return s, err
	}
	if s.Last = before; before == nil || before.Epoch != s.Facts.Epoch {
		s.Last, err = c.Archive.Plan(ctx, b, s.Facts.Epoch)
	}
	return s, err
}

// nextEpoch solves the batch with all that is known now, writes the plan and
// returns it. If another worker was first, its plan counts.
func (c *Coordinator) nextEpoch(ctx context.Context, s State, kept records) (*exam.Plan, error) {
	known, err := c.gather(ctx, s, kept)
	if err != nil {
		return nil, err
	}
	plan, used, err := Solve(known)
	if err != nil {
		return nil, err
	}
	if used != known.Match.Roster {
		if err := c.Archive.KeepRoster(ctx, s.Facts.Batch, used); err != nil {
			return nil, err
		}
	}
	c.Log.Info("batch solved", zap.String("exam_code", s.Job.ExamCode), zap.String("batch_id", s.Job.BatchID),
		zap.Int("epoch", plan.Epoch), zap.Int("sheets", len(plan.Sheets)), zap.Strings("alarms", plan.Alarms))
	plan, err = c.Archive.CreatePlan(ctx, s.Facts.Batch, plan)
	if err != nil {
		return nil, fmt.Errorf("plan of epoch %d: %w", s.Facts.Epoch+1, err)
	}
	return plan, nil
}
