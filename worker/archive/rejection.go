package archive

import (
	"context"
	"errors"

	"hakbeon/exam"
	"hakbeon/s3store"
	"hakbeon/s3store/layout"
)

// Rejections are the records of messages that were refused.
type Rejections struct{ store *s3store.Store }

// Get returns what is known of a message that was refused; s3store.ErrNotFound if
// none of this id was. examCode is the exam that the message names, or "".
func (r *Rejections) Get(ctx context.Context, examCode, id string) (rec exam.Rejection, err error) {
	_, err = r.store.Load(ctx, layout.Rejection(examCode, id), &rec)
	return rec, err
}

// Keep writes that a message was refused and returns the record that is
// stored: who wrote it first counts.
func (r *Rejections) Keep(ctx context.Context, id string, rec exam.Rejection) (exam.Rejection, error) {
	err := r.store.CreateRecord(ctx, layout.Rejection(rec.ExamCode, id), rec)
	if errors.Is(err, s3store.ErrExists) {
		return r.Get(ctx, rec.ExamCode, id)
	}
	return rec, err
}
