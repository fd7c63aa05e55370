package worker

import (
	"context"
	"errors"
	"fmt"

	"hakbeon/recognizer/roster"
	"hakbeon/s3store"
)

// writeEnd writes the batch's summary and report, with the epoch as their
// version. A later epoch's are left alone.
func (w *Worker) writeEnd(ctx context.Context, b s3store.Batch, job s3store.Job, plan *s3store.Plan) error {
	ro := &roster.Roster{}
	if plan.Roster != "" {
		var err error
		if ro, err = w.rosterSnapshot(ctx, b, plan.Roster); err != nil {
			return err
		}
	}
	sum := summarize(b, job, plan, ro)
	sum.S3Bucket = w.store.Bucket()
	report, err := makeReport(sum, ro)
	if err != nil {
		return fmt.Errorf("make the report: %w", err)
	}
	var there s3store.Summary
	etag, err := w.store.Load(ctx, b.Summary(), &there)
	if err == nil && there.Version >= sum.Version {
		return nil
	}
	// The report comes first: whoever sees a summary finds its report.
	if putErr := w.store.Put(ctx, b.Report(), report, s3store.TypeXLSX); putErr != nil {
		return putErr
	}
	switch {
	case isNotFound(err):
		err = w.store.CreateRecord(ctx, b.Summary(), sum)
	case err == nil:
		err = w.store.ReplaceRecord(ctx, b.Summary(), sum, etag)
	}
	if errors.Is(err, s3store.ErrExists) || errors.Is(err, s3store.ErrChanged) {
		return w.writeEnd(ctx, b, job, plan) // another worker was first: look what it wrote
	}
	return err
}

// summarize counts what the plan came to. Every sheet is in exactly one of
// matched, needs_review and failed; every student is either present or missing.
func summarize(b s3store.Batch, job s3store.Job, plan *s3store.Plan, ro *roster.Roster) *s3store.Summary {
	sum := &s3store.Summary{
		ExamCode: b.ExamCode, BatchID: b.BatchID, Version: plan.Epoch, CreatedAt: plan.CreatedAt, Total: len(plan.Sheets),
		Reasons: map[string]int{}, Students: len(ro.Students), MissingIDs: []string{}, RosterKey: plan.RosterKey, Roster: plan.Roster,
		S3Keys: s3store.SummaryKeys{Summary: b.Summary(), Report: b.Report()},
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
		Confidence: p.Confidence, Result: b.Result(p.Sheet),
	}
	if p.StudentID != "" {
		line.StudentID = &p.StudentID
	}
	return line
}
