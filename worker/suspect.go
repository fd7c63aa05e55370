package worker

import (
	"context"
	"errors"
	"time"

	"hakbeon/s3store"
	"hakbeon/worker/queue"
)

// unmarkTimeout bounds the taking back of a mark, while shutting down too.
const unmarkTimeout = 5 * time.Second

// errGivenUp marks a sheet that took the process down each time.
var errGivenUp = errors.New("each try to read the sheet ended the process or never ended")

// readSafely reads the sheet. One that was received so often that it may be what
// takes processes down is read alone, so that no innocent sheet is blamed, and
// each of its tries is counted in S3 before it is made. Receipts alone don't
// count: they also grow while a roster is missing or S3 is away.
func (w *Worker) readSafely(ctx context.Context, m *queue.Message, t *task, src source) (readSheet, error) {
	if m.Receives <= w.opts.MaxAttempts {
		w.alone.RLock()
		defer w.alone.RUnlock()
		return w.readPage(ctx, m, t, src)
	}
	w.alone.Lock()
	defer w.alone.Unlock()
	mark, err := w.countTry(ctx, t)
	if err != nil {
		return readSheet{}, err
	}
	page, err := w.readPage(ctx, m, t, src)
	if err == nil || errors.Is(err, queue.ErrHandBack) || ctx.Err() != nil {
		// The process lives, and what ended the try was not the sheet. If the mark
		// can't be taken back, the sheet is still read, unless this happens
		// MaxAttempts times.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), unmarkTimeout)
		defer cancel()
		_ = w.store.Delete(ctx, mark)
	}
	return page, err
}

// countTry marks the next try; errGivenUp once all are used up.
func (w *Worker) countTry(ctx context.Context, t *task) (string, error) {
	now := []byte(time.Now().UTC().Format(time.RFC3339Nano))
	for n := 1; n <= w.opts.MaxAttempts; n++ {
		mark := t.batch.Attempt(t.id, n)
		_, err := w.store.Create(ctx, mark, now, s3store.TypeBinary)
		if !errors.Is(err, s3store.ErrExists) {
			return mark, err
		}
	}
	w.log.Error("sheet given up", t.fields()...)
	return "", errGivenUp
}
