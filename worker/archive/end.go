package archive

import (
	"context"
	"errors"

	"golang.org/x/sync/errgroup"

	"hakbeon/exam"
	"hakbeon/s3store"
	"hakbeon/s3store/layout"
)

// WriteTries is how often a record is written over one that others write, too.
const WriteTries = 5

// WriteEnd writes the batch's summary and report over those of earlier versions; a
// later version's are left alone.
func (a *Archive) WriteEnd(ctx context.Context, b layout.Batch, sum *exam.Summary, report []byte) error {
	for try := 1; ; try++ {
		err := a.replaceEnd(ctx, b, sum, report)
		if !Overtaken(err) || try == WriteTries {
			return err
		}
	}
}

// Overtaken reports whether a write failed because somebody else wrote first.
func Overtaken(err error) bool {
	return errors.Is(err, s3store.ErrExists) || errors.Is(err, s3store.ErrChanged)
}

// replaceEnd writes report and summary. Both are looked at before either is written, so
// that a slow worker can't put an old report beside a new summary. The report comes
// first: whoever sees a summary finds its report.
func (a *Archive) replaceEnd(ctx context.Context, b layout.Batch, sum *exam.Summary, report []byte) error {
	var old s3store.Info
	var there exam.Summary
	var etag string
	group, groupCtx := errgroup.WithContext(ctx)
	group.Go(func() (err error) {
		old, err = a.store.Head(groupCtx, b.Report())
		return IgnoreNotFound(err)
	})
	group.Go(func() (err error) {
		etag, err = a.store.Load(groupCtx, b.Summary(), &there)
		return IgnoreNotFound(err)
	})
	if err := group.Wait(); err != nil || there.Version >= sum.Version {
		return err
	}
	if _, err := a.put(ctx, b.Report(), report, s3store.TypeXLSX, old.ETag); err != nil {
		return err
	}
	body, err := s3store.Encode(sum)
	if err != nil {
		return err
	}
	_, err = a.put(ctx, b.Summary(), body, s3store.TypeJSON, etag)
	return err
}
