package archive

import (
	"context"
	"errors"

	"hakbeon/exam"
	"hakbeon/s3store"
	"hakbeon/s3store/layout"
)

// Rejection returns what is known of a message that was refused; s3store.ErrNotFound if
// none of this id was. examCode is the exam that the message names, or "".
func (a *Archive) Rejection(ctx context.Context, examCode, id string) (rec exam.Rejection, err error) {
	_, err = a.store.Load(ctx, layout.Rejection(examCode, id), &rec)
	return rec, err
}

// KeepRejection writes that a message was refused and returns the record that is
// stored: who wrote it first counts.
func (a *Archive) KeepRejection(ctx context.Context, id string, rec exam.Rejection) (exam.Rejection, error) {
	err := a.store.CreateRecord(ctx, layout.Rejection(rec.ExamCode, id), rec)
	if errors.Is(err, s3store.ErrExists) {
		return a.Rejection(ctx, rec.ExamCode, id)
	}
	return rec, err
}
