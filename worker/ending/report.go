package ending

import (
	"context"
	"errors"
	"path"
	"slices"

	"golang.org/x/sync/errgroup"

	"hakbeon/exam"
	"hakbeon/internal/report"
	"hakbeon/recognizer/roster"
	"hakbeon/s3store"
	"hakbeon/s3store/layout"
	"hakbeon/worker/archive"
)

// makeReport is the batch's end for people: see [report].
func (c *Coordinator) makeReport(ctx context.Context, b layout.Batch, sum *exam.Summary, plan *exam.Plan,
	ro *roster.Roster, records []*exam.Sheet,
) ([]byte, error) {
	out := report.Batch{
		Exam: b.ExamCode, Name: b.BatchID, Title: sum.ExamName, RosterKey: plan.RosterKey, Version: plan.Epoch, At: plan.CreatedAt, Roster: ro,
		RosterMismatch: slices.Contains(plan.Alarms, exam.AlarmRosterMismatch), Incomplete: sum.Incomplete,
		NamesDisagree:       slices.Contains(plan.Alarms, exam.AlarmNamesDisagree),
		AttendanceDisagrees: slices.Contains(plan.Alarms, exam.AlarmAttendanceDisagrees),
		StudentTwice:        slices.Contains(plan.Alarms, exam.AlarmStudentTwice),
		Cancelled:           slices.Contains(plan.Alarms, exam.AlarmCancelled),
		PagesUneven:         slices.Contains(plan.Alarms, exam.AlarmPagesUneven),
		StudentUnknown:      slices.Contains(plan.Alarms, exam.AlarmStudentUnknown),
		Sheets:              make([]report.Sheet, len(plan.Sheets)),
	}
	if plan.RosterProblem != nil {
		out.RosterProblem = *plan.RosterProblem
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(archive.ParallelCalls)
	pictures := 0
	for i, p := range plan.Sheets {
		out.Sheets[i] = reportSheet(p)
		// Of a large batch, those that a person looks at have theirs.
		if p.Status == exam.StatusMatched && len(plan.Sheets) > report.MaxPictures || pictures == report.MaxPictures {
			continue
		}
		pictures++
		group.Go(func() (err error) {
			out.Sheets[i].Picture, err = c.picture(ctx, b, p, records[i])
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return report.Make(out)
}

func reportSheet(p exam.PlannedSheet) report.Sheet {
	s := report.Sheet{
		File: path.Base(p.Key), Page: p.Page, Source: p.Key, Status: p.Status, Reason: p.Reason,
		ByPerson: p.Stage == exam.StagePerson, By: p.By, StudentID: p.StudentID, Confidence: p.Confidence, Candidates: p.Candidates,
	}
	if p.Detail != nil {
		s.Detail = *p.Detail
	}
	return s
}

// picture is the sheet's header crop as the report shows it, nil if there is none
// that can be shown: no batch's end hangs on a picture.
func (c *Coordinator) picture(ctx context.Context, b layout.Batch, p exam.PlannedSheet, rec *exam.Sheet) ([]byte, error) {
	if rec == nil {
		var err error
		if rec, _, err = c.Archive.Sheet(ctx, b, p.Sheet, archive.Own); err != nil || rec == nil {
			return nil, err
		}
	}
	key := rec.Meta.S3Keys.Header
	if key == nil {
		return nil, nil
	}
	small, err := c.Archive.Copies.Picture(ctx, *key, report.ThumbnailOf)
	if errors.Is(err, s3store.ErrNotFound) || errors.Is(err, s3store.ErrTooLarge) || c.Archive.Refused(ctx, b, err) {
		return nil, nil
	}
	return small, err
}
