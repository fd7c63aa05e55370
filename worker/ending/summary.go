package ending

import (
	"context"

	"hakbeon/exam"
	"hakbeon/recognizer/roster"
	"hakbeon/s3store/layout"
	"hakbeon/worker/outcome"
)

// writeEnd writes the batch's summary and report, with the epoch as their
// version. A later epoch's are left alone.
func (c *Coordinator) writeEnd(ctx context.Context, b layout.Batch, job exam.Job, plan *exam.Plan, records []*exam.Sheet) error {
	ro := &roster.Roster{}
	if plan.Roster != "" {
		var err error
		if ro, err = c.Archive.Roster(ctx, b, plan.Roster); err != nil {
			return err
		}
	}
	sum := summarize(b, job, plan, ro)
	sum.S3Bucket = c.Bucket
	names, err := c.Rosters.Names(ctx)
	if err != nil {
		return err
	}
	sum.ExamName = names.Name(b.ExamCode)
	report, err := c.makeReport(ctx, b, sum, plan, ro, records)
	if err != nil {
		return err
	}
	return c.Archive.WriteEnd(ctx, b, sum, report)
}

// summarize counts what the plan came to. Every sheet is in exactly one of
// matched, needs_review and failed; every student is either present or missing.
func summarize(b layout.Batch, job exam.Job, plan *exam.Plan, ro *roster.Roster) *exam.Summary {
	sum := &exam.Summary{
		ExamCode: b.ExamCode, BatchID: b.BatchID, Version: plan.Epoch, CreatedAt: plan.CreatedAt, Total: len(plan.Sheets),
		Alarms: plan.Alarms, Cancelled: plan.Cancelled, Reasons: map[string]int{}, Students: len(ro.Students), MissingIDs: []string{}, RosterKey: plan.RosterKey, Roster: plan.Roster,
		RosterNotes: outcome.RosterNotes(plan.RosterProblem, ro),
		S3Keys:      exam.SummaryKeys{Summary: b.Summary(), Report: b.Report()},
	}
	keys := map[string]bool{}
	present := map[string]bool{}
	for _, p := range plan.Sheets {
		keys[p.Key] = true
		sum.Reasons[p.Reason]++
		switch p.Status {
		case exam.StatusMatched:
			sum.Matched++
			present[p.StudentID] = true
		case exam.StatusNeedsReview:
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

func summaryLine(b layout.Batch, p exam.PlannedSheet) exam.SummarySheet {
	line := exam.SummarySheet{
		Sheet: p.Sheet, SheetKey: p.Key, Page: p.Page, Version: p.Version, Status: p.Status, Reason: p.Reason,
		Confidence: p.Confidence, Detail: p.Detail, Result: b.Result(p.Sheet),
	}
	if p.StudentID != "" {
		line.StudentID = &p.StudentID
	}
	return line
}
