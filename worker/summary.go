package worker

import (
	"context"
	"errors"

	"golang.org/x/sync/errgroup"

	"hakbeon/recognizer/roster"
	"hakbeon/s3store"
)

// writeEnd writes the batch's summary and report, with the epoch as their
// version. A later epoch's are left alone.
func (w *Worker) writeEnd(ctx context.Context, b s3store.Batch, job s3store.Job, plan *s3store.Plan, records []*s3store.Sheet) error {
	ro := &roster.Roster{}
	if plan.Roster != "" {
		var err error
		if ro, err = w.rosterSnapshot(ctx, b, plan.Roster); err != nil {
			return err
		}
	}
	sum := summarize(b, job, plan, ro)
	sum.S3Bucket = w.store.Bucket()
	var err error
	if sum.ExamName, err = w.examName(ctx, b.ExamCode); err != nil {
		return err
	}
	report, err := w.makeReport(ctx, b, sum, plan, ro, records)
	if err != nil {
		return err
	}
	for try := 1; ; try++ {
		err := w.replaceEnd(ctx, b, sum, report)
		met := errors.Is(err, s3store.ErrExists) || errors.Is(err, s3store.ErrChanged)
		if !met || try == changeTries {
			return err
		}
	}
}

// replaceEnd writes report and summary over older ones. Both are looked at
// before either is written, so that a slow worker can't put an old report
// beside a new summary. The report comes first: whoever sees a summary finds its
// report.
func (w *Worker) replaceEnd(ctx context.Context, b s3store.Batch, sum *s3store.Summary, report []byte) error {
	var old s3store.Info
	var there s3store.Summary
	var etag string
	group, groupCtx := errgroup.WithContext(ctx)
	group.Go(func() (err error) {
		old, err = w.store.Head(groupCtx, b.Report())
		return ignoreNotFound(err)
	})
	group.Go(func() (err error) {
		etag, err = w.store.Load(groupCtx, b.Summary(), &there)
		return ignoreNotFound(err)
	})
	if err := group.Wait(); err != nil || there.Version >= sum.Version {
		return err
	}
	if err := w.putOver(ctx, b.Report(), report, s3store.TypeXLSX, old.ETag); err != nil {
		return err
	}
	body, err := s3store.Encode(sum)
	if err != nil {
		return err
	}
	return w.putOver(ctx, b.Summary(), body, s3store.TypeJSON, etag)
}

// putOver writes over the object with the ETag, "" being none.
func (w *Worker) putOver(ctx context.Context, key string, body []byte, contentType, etag string) error {
	if etag == "" {
		_, err := w.store.Create(ctx, key, body, contentType)
		return err
	}
	_, err := w.store.Replace(ctx, key, body, contentType, etag)
	return err
}

// summarize counts what the plan came to. Every sheet is in exactly one of
// matched, needs_review and failed; every student is either present or missing.
func summarize(b s3store.Batch, job s3store.Job, plan *s3store.Plan, ro *roster.Roster) *s3store.Summary {
	sum := &s3store.Summary{
		ExamCode: b.ExamCode, BatchID: b.BatchID, Version: plan.Epoch, CreatedAt: plan.CreatedAt, Total: len(plan.Sheets),
		Alarms: plan.Alarms, Reasons: map[string]int{}, Students: len(ro.Students), MissingIDs: []string{}, RosterKey: plan.RosterKey, Roster: plan.Roster,
		RosterNotes: rosterNotes(plan.RosterProblem, ro),
		S3Keys:      s3store.SummaryKeys{Summary: b.Summary(), Report: b.Report()},
	}
	keys := map[string]bool{}
	present := map[string]bool{}
	for _, p := range plan.Sheets {
		keys[p.Key] = true
		sum.Reasons[p.Reason]++
		switch p.Status {
		case s3store.StatusMatched:
			sum.Matched++
			present[p.StudentID] = true
		case s3store.StatusNeedsReview:
			sum.NeedsReview++
		default:
			sum.Failed++
		}
		sum.Sheets = append(sum.Sheets, summaryLine(b, p))
	}
	sum.Incomplete = len(keys) < job.Total
	for _, st := range ro.Students {
		if present[st.ID] {
			sum.Present++
		} else {
			sum.Missing++
			sum.MissingIDs = append(sum.MissingIDs, st.ID)
		}
	}
	return sum
}

func summaryLine(b s3store.Batch, p s3store.PlannedSheet) s3store.SummarySheet {
	line := s3store.SummarySheet{
		Sheet: p.Sheet, SheetKey: p.Key, Page: p.Page, Version: p.Version, Status: p.Status, Reason: p.Reason,
		Confidence: p.Confidence, Detail: p.Detail, Result: b.Result(p.Sheet),
	}
	if p.StudentID != "" {
		line.StudentID = &p.StudentID
	}
	return line
}
