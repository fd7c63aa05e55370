package reading

import (
	"context"
	"errors"
	"time"

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
func (e *examiner) readSafely(ctx context.Context, m *queue.Message, t *task, src source) (readSheet, error) {
	if m.Receives <= e.opts.MaxAttempts {
		e.alone.RLock()
		defer e.alone.RUnlock()
		return e.readPage(ctx, m, t, src)
	}
	e.alone.Lock()
	defer e.alone.Unlock()
	mark, err := e.countTry(ctx, t)
	if err != nil {
		return readSheet{}, err
	}
	page, err := e.readPage(ctx, m, t, src)
	if err == nil || errors.Is(err, queue.ErrHandBack) || ctx.Err() != nil {
		// The process lives, and what ended the try was not the sheet. If the mark
		// can't be taken back, the sheet is still read, unless this happens
		// MaxAttempts times.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), unmarkTimeout)
		defer cancel()
		_ = e.Archive.Marks.TakeBack(ctx, mark)
	}
	return page, err
}

// countTry marks the next try; errGivenUp once all are used up.
func (e *examiner) countTry(ctx context.Context, t *task) (string, error) {
	mark, err := e.Archive.Marks.CreateAttempt(ctx, t.batch, t.id, e.opts.MaxAttempts)
	if err != nil || mark != "" {
		return mark, err
	}
	e.Log.Error("sheet given up", t.fields()...)
	return "", errGivenUp
}
