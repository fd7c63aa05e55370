package worker

import (
	"context"
	"errors"
	"fmt"
	"path"
	"strconv"
	"strings"

	"go.uber.org/zap"
	"golang.org/x/sync/errgroup"

	"hakbeon/jobs"
	"hakbeon/s3store"
	"hakbeon/webhook"
)

// carryOut makes the results what the plan says, then writes summary and
// report, then queues the batch's event, then marks the epoch as done. Every
// step can be done again: a crash between any two is continued by whoever comes
// next.
func (w *Worker) carryOut(ctx context.Context, job s3store.Job, plan *s3store.Plan) error {
	b := s3store.Batch{ExamCode: job.ExamCode, BatchID: job.BatchID}
	if err := w.applyAll(ctx, b, job, plan); err != nil {
		return err
	}
	if err := w.writeEnd(ctx, b, job, plan); err != nil {
		return err
	}
	if w.url(job) != "" {
		if err := send(ctx, w.callbacks, 0, &jobs.Delivery{ExamCode: b.ExamCode, BatchID: b.BatchID, Version: plan.Epoch}); err != nil {
			return err
		}
	}
	_, err := w.store.Create(ctx, b.Done(plan.Epoch), nil, s3store.TypeBinary)
	return ignoreExists(err)
}

func (w *Worker) applyAll(ctx context.Context, b s3store.Batch, job s3store.Job, plan *s3store.Plan) error {
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
		return err
	}
	if w.url(job) == "" {
		// No delivery will have the old copies removed.
		if err := w.sweepLater(ctx, b, records); err != nil {
			return err
		}
	}
	return w.sweepOrphans(ctx, b, records)
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
		rec, etag, err := w.existing(ctx, &task{batch: b, id: p.Sheet})
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
		if rec == nil {
			err = w.store.CreateRecord(ctx, b.Result(p.Sheet), next)
		} else {
			err = w.store.ReplaceRecord(ctx, b.Result(p.Sheet), next, etag)
		}
		switch {
		case err == nil:
			w.metrics.sheet(&next.Result)
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
	r.Meta.Stage, r.Meta.Reason, r.Meta.Epoch = p.Stage, p.Reason, plan.Epoch
	if p.Stage == s3store.StageSolve {
		r.Meta.Roster = plan.Roster
	}
	if r.Student() != before {
		keys, err := w.refile(ctx, b, r.Meta.S3Keys, r.Student())
		if err != nil {
			return nil, err
		}
		r.Meta.S3Keys, r.Meta.S3Uploaded = keys, keys.Original != nil
	}
	return rec.Next(r), nil
}

// refile copies the sheet's objects to another student. The old copies stay for
// those who were told of them: see sweep.
func (w *Worker) refile(ctx context.Context, b s3store.Batch, keys s3store.Keys, student string) (s3store.Keys, error) {
	out := s3store.Keys{Result: keys.Result}
	move := func(key string) (*string, error) {
		kind, _, _ := strings.Cut(key, "/")
		to := s3store.Under(kind, b.ExamCode, student, path.Base(key))
		err := w.store.Copy(ctx, key, to)
		if isNotFound(err) {
			// Somebody removed it. The batch must not hang on that for ever.
			w.log.Warn("a copy is gone: the result no longer names it", zap.String("key", key))
			return nil, nil //nolint:nilnil // no copy, and nothing to be done about it
		}
		return &to, err
	}
	var err error
	for _, f := range []struct{ from, to **string }{{&keys.Original, &out.Original}, {&keys.Header, &out.Header}} {
		if *f.from == nil {
			continue
		}
		if *f.to, err = move(**f.from); err != nil {
			return out, err
		}
	}
	for _, key := range keys.Others {
		to, err := move(key)
		if err != nil {
			return out, err
		}
		if to != nil {
			out.Others = append(out.Others, *to)
		}
	}
	return out, nil
}

// sweepOrphans removes copies of these sheets that no version names: left by a
// worker that was killed after it had filed and before it had written a result.
// A sheet that was missing at the deadline is left alone: its copies may be of
// a worker that is about to write its late result. Two listings of the exam,
// whatever the number of sheets.
func (w *Worker) sweepOrphans(ctx context.Context, b s3store.Batch, records []*s3store.Sheet) error {
	bySuffix := make(map[string]*s3store.Sheet, len(records))
	for _, rec := range records {
		if rec != nil && rec.Meta.Stage != s3store.StageDeadline {
			bySuffix[rec.Sheet[:8]] = rec
		}
	}
	if len(bySuffix) == 0 {
		return nil
	}
	var orphans []string
	for _, kind := range []string{"original", "header"} {
		for info, err := range w.store.List(ctx, kind+"/"+b.ExamCode+"/") {
			if err != nil {
				return err
			}
			stem := strings.TrimSuffix(path.Base(info.Key), path.Ext(info.Key))
			rec := bySuffix[stem[strings.LastIndexByte(stem, '-')+1:]]
			if rec != nil && strings.HasPrefix(stem, fileStem(rec)) && !rec.Named(info.Key) {
				orphans = append(orphans, info.Key)
			}
		}
	}
	if len(orphans) > 0 {
		w.log.Info("removing copies that no result names", zap.String("batch_id", b.BatchID), zap.Int("copies", len(orphans)))
	}
	return w.store.Delete(ctx, orphans...)
}

// fileStem is how the names of all the sheet's copies begin.
func fileStem(rec *s3store.Sheet) string {
	name := s3store.FileName(rec.SheetKey, 1, 1, rec.Sheet)
	return name[:len(name)-len("-12345678")]
}

// sweep removes the copies that only earlier versions of the sheet name.
func (w *Worker) sweep(ctx context.Context, in *jobs.Sweep) error {
	b := s3store.Batch{ExamCode: in.ExamCode, BatchID: in.BatchID}
	rec, _, err := w.existing(ctx, &task{batch: b, id: in.Sheet})
	if err != nil || rec == nil {
		return err
	}
	return w.store.Delete(ctx, rec.Outdated()...)
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
