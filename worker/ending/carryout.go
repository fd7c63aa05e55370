package ending

import (
	"context"
	"fmt"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"
	"golang.org/x/sync/errgroup"

	"hakbeon/exam"
	"hakbeon/s3store/layout"
	"hakbeon/worker/archive"
	"hakbeon/worker/outcome"
	"hakbeon/worker/telemetry"
)

// carryOut makes the results what the plan says, then writes summary and
// report, then queues the batch's event, then removes what was left lying, then
// marks the epoch as done. Every step can be done again: a crash between any two is continued by whoever comes
// next.
func (c *Coordinator) carryOut(ctx context.Context, job exam.Job, plan *exam.Plan, kept records) (err error) {
	b := layout.Batch{ExamCode: job.ExamCode, BatchID: job.BatchID}
	ctx, span := c.Tracer.Start(ctx, "end batch", trace.WithAttributes(telemetry.BatchAttributes(b, attribute.Int("hakbeon.epoch", plan.Epoch))...))
	defer span.End()
	defer func() { telemetry.Mark(span, err) }()
	records, err := c.applyAll(ctx, b, job, plan, kept)
	if err != nil {
		return err
	}
	if err := c.writeEnd(ctx, b, job, plan, records); err != nil {
		return err
	}
	if err := c.Outbox.AnnounceEnd(ctx, job, plan.Epoch); err != nil {
		return err
	}
	if err := c.Archive.Copies.RemoveOrphans(ctx, b, records); err != nil {
		return err
	}
	if err := c.Archive.MarkDone(ctx, b, plan.Epoch); err != nil {
		return err
	}
	c.ended(b, job, plan)
	return nil
}

func (c *Coordinator) applyAll(ctx context.Context, b layout.Batch, job exam.Job, plan *exam.Plan, kept records) ([]*exam.Sheet, error) {
	records := make([]*exam.Sheet, len(plan.Sheets))
	group, groupCtx := errgroup.WithContext(ctx)
	group.SetLimit(archive.ParallelCalls)
	for i, p := range plan.Sheets {
		if !p.Changes {
			continue
		}
		group.Go(func() (err error) {
			if records[i], err = c.applyOne(groupCtx, b, plan, p, kept[p.Sheet]); err != nil {
				return fmt.Errorf("epoch %d, sheet %s: %w", plan.Epoch, p.Sheet, err)
			}
			return c.Outbox.Announce(groupCtx, job, &records[i].Result)
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	if c.Outbox.URL(job) == "" {
		// No delivery will have the old copies removed.
		if err := c.sweepLater(ctx, b, records); err != nil {
			return nil, err
		}
	}
	return records, nil
}

func (c *Coordinator) sweepLater(ctx context.Context, b layout.Batch, records []*exam.Sheet) error {
	var outdated []string
	for _, rec := range records {
		if rec != nil && len(rec.Outdated()) > 0 {
			outdated = append(outdated, rec.Sheet)
		}
	}
	return c.Outbox.SweepLater(ctx, b, outdated...)
}

// applyOne writes the sheet's version of this epoch, unless it is there already. The record
// that was kept of it may be old: then it can't be written over.
func (c *Coordinator) applyOne(ctx context.Context, b layout.Batch, plan *exam.Plan, p exam.PlannedSheet, kept record) (*exam.Sheet, error) {
	for try := 1; ; try++ {
		rec, etag, err := kept.Sheet, kept.etag, error(nil)
		switch {
		case try > 1:
			rec, etag, err = c.Archive.Sheet(ctx, b, p.Sheet, archive.Current)
		case rec == nil:
			rec, etag, err = c.Archive.Sheet(ctx, b, p.Sheet, archive.Own)
		}
		if err != nil || (rec != nil && rec.Meta.Epoch >= plan.Epoch) {
			return rec, err
		}
		if rec != nil && p.Stage == exam.StageDeadline && rec.Meta.Stage != exam.StageDeadline {
			// It came between the plan and now: the next epoch takes it in.
			return rec, c.Outbox.ReopenLate(ctx, b, p.Sheet)
		}
		next, err := c.nextVersion(ctx, b, plan, p, rec)
		if err != nil {
			return nil, err
		}
		err = c.Archive.WriteSheet(ctx, b, next, etag)
		switch {
		case err == nil:
			c.Metrics.Sheet(&next.Result)
			c.Metrics.Confident(&next.Result)
			return next, nil
		case archive.Overtaken(err):
			if try == archive.WriteTries {
				return nil, err
			}
		default:
			return nil, err
		}
	}
}

func (c *Coordinator) nextVersion(ctx context.Context, b layout.Batch, plan *exam.Plan, p exam.PlannedSheet, rec *exam.Sheet) (*exam.Sheet, error) {
	if rec == nil {
		rec = &exam.Sheet{Result: outcome.New(b, c.Bucket, p.Sheet, p.Key, p.Page)}
	}
	r := rec.Result
	before := r.Student()
	r.Status, r.Success, r.Confidence = p.Status, p.Status == exam.StatusMatched, p.Confidence
	r.StudentID = nil
	if p.StudentID != "" {
		r.StudentID = &p.StudentID
	}
	r.Candidates = append([]exam.Candidate{}, p.Candidates...)
	r.Final, r.UpdatedAt = true, plan.CreatedAt
	r.Meta.Stage, r.Meta.Reason, r.Meta.Detail, r.Meta.Epoch = p.Stage, p.Reason, p.Detail, plan.Epoch
	r.Meta.By = p.By
	if p.Stage == exam.StageSolve {
		r.Meta.Roster, r.Meta.Name = plan.Roster, p.Name
	}
	if r.Student() != before {
		keys, err := c.Archive.Copies.Refile(ctx, b, rec, r.Student())
		if err != nil {
			return nil, err
		}
		r.Meta.S3Keys, r.Meta.S3Uploaded = keys, keys.Original != nil
	}
	return rec.Next(r), nil
}

// ended notes an epoch that this process has brought to its end.
func (c *Coordinator) ended(b layout.Batch, job exam.Job, plan *exam.Plan) {
	c.Open.Close(b)
	if plan.Epoch == 1 {
		c.Metrics.BatchEnded(c.Clock.Since(job.CreatedAt))
	}
}
