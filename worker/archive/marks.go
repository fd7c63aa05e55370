package archive

import (
	"context"
	"errors"
	"time"

	"hakbeon/exam"
	"hakbeon/internal/cache"
	"hakbeon/s3store"
	"hakbeon/s3store/layout"
)

// Marks count what must not happen too often, and note what happens once, in S3: all
// workers count together.
type Marks struct {
	store *s3store.Store
	// cancelled remembers for a moment what was asked of a batch.
	cancelled cache.Cache[layout.Batch, asked]
}

// CreateAttempt marks the next of a suspected sheet's tries and returns the mark's key,
// "" once there are as many as may be.
func (m *Marks) CreateAttempt(ctx context.Context, b layout.Batch, sheet string, most int) (mark string, err error) {
	now := moment()
	for n := 1; n <= most; n++ {
		mark := b.Attempt(sheet, n)
		_, err := m.store.Create(ctx, mark, now, s3store.TypeBinary)
		if !errors.Is(err, s3store.ErrExists) {
			return mark, err
		}
	}
	return "", nil
}

// TakeBack removes the mark of a try that was not the sheet's fault.
func (m *Marks) TakeBack(ctx context.Context, mark string) error { return m.store.Delete(ctx, mark) }

// CountSeconds is how many of the batch's sheets the second reader was asked about.
func (m *Marks) CountSeconds(ctx context.Context, b layout.Batch) (n int, err error) {
	for _, err := range m.store.List(ctx, b.Second("")) {
		if err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// MarkSecond notes that the second reader is asked about a sheet; first says that
// nobody had noted it before.
func (m *Marks) MarkSecond(ctx context.Context, b layout.Batch, sheet string) (first bool, err error) {
	_, err = m.store.Create(ctx, b.Second(sheet), moment(), s3store.TypeBinary)
	return err == nil, IgnoreExists(err)
}

// MarkClosed notes that all keys of an open batch have come.
func (m *Marks) MarkClosed(ctx context.Context, b layout.Batch) error {
	_, err := m.store.Create(ctx, b.Closed(), nil, s3store.TypeBinary)
	return IgnoreExists(err)
}

// MarkCancelled notes who wants nothing more of a batch to be read; the first who says so
// counts.
func (m *Marks) MarkCancelled(ctx context.Context, b layout.Batch, who exam.Cancellation) error {
	err := IgnoreExists(m.store.CreateRecord(ctx, b.Cancelled(), who))
	if err == nil {
		m.cancelled.Set(b, asked{time.Now(), true})
	}
	return err
}

// asked is whether a batch was cancelled when S3 was asked.
type asked struct {
	at        time.Time
	cancelled bool
}

// askAgain is how late a worker may learn that a batch was cancelled: it asks S3 once
// in this time for each batch that it reads, not for each sheet.
const askAgain = 5 * time.Second

// IsCancelled reports whether the batch was cancelled, as it was some seconds ago at most.
func (m *Marks) IsCancelled(ctx context.Context, b layout.Batch) (bool, error) {
	if known, ok := m.cancelled.Get(b); ok && (known.cancelled || time.Since(known.at) < askAgain) {
		return known.cancelled, nil
	}
	now := time.Now()
	_, err := m.store.Head(ctx, b.Cancelled())
	if err != nil && !errors.Is(err, s3store.ErrNotFound) {
		return false, err
	}
	m.cancelled.Set(b, asked{now, err == nil})
	return err == nil, nil
}

// Cancellation is who cancelled the batch; s3store.ErrNotFound if nobody did.
func (m *Marks) Cancellation(ctx context.Context, b layout.Batch) (who exam.Cancellation, err error) {
	_, err = m.store.Load(ctx, b.Cancelled(), &who)
	return who, err
}

// moment is a mark's content. Each mark has its own: a store takes what is there already
// with the same content for what it wrote itself.
func moment() []byte { return []byte(time.Now().UTC().Format(time.RFC3339Nano)) }
