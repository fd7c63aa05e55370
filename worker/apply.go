package worker

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"
	"golang.org/x/sync/errgroup"

	"hakbeon/jobs"
	"hakbeon/s3store"
	"hakbeon/webhook"
)

// carryOut makes the results what the plan says, then writes summary and
// report, then queues the batch's event, then removes what was left lying, then
// marks the epoch as done. Every step can be done again: a crash between any two is continued by whoever comes
// next.
func (w *Worker) carryOut(ctx context.Context, job s3store.Job, plan *s3store.Plan) (err error) {
	b := s3store.Batch{ExamCode: job.ExamCode, BatchID: job.BatchID}
	ctx, span := w.tracer.Start(ctx, "end batch", trace.WithAttributes(batchAttributes(b, attribute.Int("hakbeon.epoch", plan.Epoch))...))
	defer span.End()
	defer func() { mark(span, err) }()
	records, err := w.applyAll(ctx, b, job, plan)
	if err != nil {
		return err
	}
	if err := w.writeEnd(ctx, b, job, plan, records); err != nil {
		return err
	}
	if w.url(job) != "" {
		if err := send(ctx, w.callbacks, 0, &jobs.Delivery{ExamCode: b.ExamCode, BatchID: b.BatchID, Version: plan.Epoch}); err != nil {
			return err
		}
	}
	if err := w.sweepOrphans(ctx, b, records); err != nil {
		return err
	}
	_, err = w.store.Create(ctx, b.Done(plan.Epoch), nil, s3store.TypeBinary)
	if err == nil {
		w.ended(b, job, plan)
	}
	return ignoreExists(err)
}

func (w *Worker) applyAll(ctx context.Context, b s3store.Batch, job s3store.Job, plan *s3store.Plan) ([]*s3store.Sheet, error) {
	records := make([]*s3store.Sheet, len(plan.Sheets))
	group, groupCtx := errgroup.WithContext(ctx)
	group.SetLimit(parallelCalls)
	for i, p := range plan.Sheets {
		if !p.Changes {
			continue
		}
		group.Go(func() (err error) {
			if records[i], err = w.applyOne(groupCtx, b, plan, p); err != nil {
				return fmt.Errorf("epoch %d, sheet %s: %w", plan.Epoch, p.Sheet, err)
			}
			return w.announceTo(groupCtx, w.url(job), b, &records[i].Result)
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	if w.url(job) == "" {
		// No delivery will have the old copies removed.
		if err := w.sweepLater(ctx, b, records); err != nil {
			return nil, err
		}
	}
	return records, nil
}

func (w *Worker) sweepLater(ctx context.Context, b s3store.Batch, records []*s3store.Sheet) error {
	var sweeps []jobs.Message
	for _, rec := range records {
		if rec != nil && len(rec.Outdated()) > 0 {
			sweeps = append(sweeps, &jobs.Sweep{ExamCode: b.ExamCode, BatchID: b.BatchID, Sheet: rec.Sheet})
		}
	}
	return send(ctx, w.work, sweepAfter, sweeps...)
}

const changeTries = 5

// applyOne writes the sheet's version of this epoch, unless it is there already.
func (w *Worker) applyOne(ctx context.Context, b s3store.Batch, plan *s3store.Plan, p s3store.PlannedSheet) (*s3store.Sheet, error) {
	for try := 1; ; try++ {
		rec, etag, err := w.latest(ctx, b, p.Sheet, try == 1)
		if err != nil || (rec != nil && rec.Meta.Epoch >= plan.Epoch) {
			return rec, err
		}
		if rec != nil && p.Stage == s3store.StageDeadline && rec.Meta.Stage != s3store.StageDeadline {
			// It came between the plan and now: the next epoch takes it in.
			return rec, w.reopen(ctx, b, lateRequest(p.Sheet))
		}
		next, err := w.nextVersion(ctx, b, plan, p, rec)
		if err != nil {
			return nil, err
		}
		err = w.write(ctx, b.Result(p.Sheet), next, etag)
		switch {
		case err == nil:
			w.metrics.sheet(&next.Result)
			w.metrics.confident(&next.Result)
			return next, nil
		case errors.Is(err, s3store.ErrExists), errors.Is(err, s3store.ErrChanged):
			if try == changeTries {
				return nil, err
			}
		default:
			return nil, err
		}
	}
}

// latest returns a sheet's record with its ETag, nil if there is none: as this
// process wrote it, if it did and the caller writes with that ETag next, which
// fails if somebody else has written since.
func (w *Worker) latest(ctx context.Context, b s3store.Batch, sheet string, ours bool) (*s3store.Sheet, string, error) {
	if known, ok := w.records.get(b.Result(sheet)); ok && ours {
		rec, err := known.record()
		return rec, known.etag, err
	}
	return w.existing(ctx, &task{batch: b, id: sheet})
}

func (w *Worker) nextVersion(ctx context.Context, b s3store.Batch, plan *s3store.Plan, p s3store.PlannedSheet, rec *s3store.Sheet) (*s3store.Sheet, error) {
	t := &task{batch: b, id: p.Sheet, key: p.Key, page: p.Page}
	if rec == nil {
		rec = &s3store.Sheet{Result: w.result(t, 0)}
	}
	r := rec.Result
	before := r.Student()
	r.Status, r.Success, r.Confidence = p.Status, p.Status == s3store.StatusMatched, p.Confidence
	r.StudentID = nil
	if p.StudentID != "" {
		r.StudentID = &p.StudentID
	}
	r.Candidates = append([]s3store.Candidate{}, p.Candidates...)
	r.Final, r.UpdatedAt = true, plan.CreatedAt
	r.Meta.Stage, r.Meta.Reason, r.Meta.Detail, r.Meta.Epoch = p.Stage, p.Reason, p.Detail, plan.Epoch
	if p.Stage == s3store.StageSolve {
		r.Meta.Roster, r.Meta.Name = plan.Roster, p.Name
	}
	if r.Student() != before {
		keys, err := w.refile(ctx, b, rec, r.Student())
		if err != nil {
			return nil, err
		}
		r.Meta.S3Keys, r.Meta.S3Uploaded = keys, keys.Original != nil
	}
	return rec.Next(r), nil
}

// url is where the job's events go, "" if nowhere.
func (w *Worker) url(job s3store.Job) string {
	if job.CallbackURL != "" {
		return job.CallbackURL
	}
	return w.opts.WebhookURL
}

// announce queues the webhook of a sheet's version.
func (w *Worker) announce(ctx context.Context, b s3store.Batch, r *s3store.Result) error {
	job, err := w.batchJob(ctx, b)
	if err != nil {
		return err
	}
	return w.announceTo(ctx, w.url(job), b, r)
}

func (w *Worker) announceTo(ctx context.Context, url string, b s3store.Batch, r *s3store.Result) error {
	if url == "" {
		return nil
	}
	return send(ctx, w.callbacks, 0, &jobs.Delivery{ExamCode: b.ExamCode, BatchID: b.BatchID, Sheet: r.Sheet, Version: r.Version})
}

// eventID names what happened: the same for every delivery of it.
func eventID(d *jobs.Delivery, kind string) string {
	return webhook.EventID(d.ExamCode, d.BatchID, d.Sheet, strconv.Itoa(d.Version), kind)
}
