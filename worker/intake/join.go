package intake

import (
	"context"
	"errors"
	"fmt"
	"time"

	"hakbeon/exam"
	"hakbeon/jobs"
	"hakbeon/s3store"
	"hakbeon/s3store/layout"
)

// NotJoinedError says that a sheet can't be added to a batch, and why, in words for who
// sent it.
type NotJoinedError struct{ Why string }

// Error implements error.
func (e *NotJoinedError) Error() string { return "the sheet can't join this batch: " + e.Why }

// armAgain is how long one look that was asked for is trusted to be asked for again, until
// a batch has ended: the process that asked may have died before it could.
const armAgain = 10 * time.Minute

// Join returns the open batch that a sheet is to be added to, begun if there is none, and
// whether this was the first. Where there is one it stays what it is: want may leave out
// its roster and its total, but not say others.
func (in *Intake) Join(ctx context.Context, want exam.Job) (there exam.Job, first bool, err error) {
	b := layout.Batch{ExamCode: want.ExamCode, BatchID: want.BatchID}
	there, err = in.Archive.Job(ctx, b)
	if errors.Is(err, s3store.ErrNotFound) {
		there, first, err = in.Archive.CreateJob(ctx, b, want)
	}
	if err != nil || first {
		return there, first, err
	}
	var why string
	switch {
	case !there.Open:
		why = "it is not open: use a new batch_id"
	case there.Papers:
		why = "its sheets have several pages: send their files as jobs"
	case want.RosterKey != "" && want.RosterKey != there.RosterKey:
		why = "it has another roster: send the same student_id_list with each sheet, or none"
	case want.Total != 0 && want.Total != there.Total:
		why = fmt.Sprintf("its batch_total is %d: send the same with each sheet, or none", there.Total)
	default:
		cancelled, err := in.Archive.Marks.IsCancelled(ctx, b)
		if err != nil || !cancelled {
			return there, false, err
		}
		why = "it was cancelled: use a new batch_id"
	}
	return there, false, &NotJoinedError{why}
}

// Add adds a key to an open batch, and has that looked at: whoever was first has asked for
// it, unless the batch has ended meanwhile, or that process is no more.
func (in *Intake) Add(ctx context.Context, job exam.Job, key string, first bool) error {
	b := layout.Batch{ExamCode: job.ExamCode, BatchID: job.BatchID}
	keys := []string{key}
	if err := in.Archive.KeepPart(ctx, b, jobs.PartID(keys), exam.Part{Keys: keys}); err != nil {
		return err
	}
	if !first && in.armed.within(b, armAgain) {
		if ended, err := in.Archive.HasEnded(ctx, b); err != nil || !ended {
			return err
		}
	}
	return in.arm(ctx, b, true)
}
