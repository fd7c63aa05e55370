package worker

import (
	"context"
	"errors"
	"fmt"
	"time"

	"hakbeon/s3store"
	"hakbeon/worker/queue"
)

// fetched is a sheet's file with the ETag that it had.
type fetched struct {
	data []byte
	etag string
}

// download takes the sheet's file into memory, within the memory budget: the
// caller gives it back with release. A file of several pages is needed once a
// page: this process may have it still.
func (w *Worker) download(ctx context.Context, t *task) (fetched, error) {
	ctx, span := w.span(ctx, "download", t)
	defer span.End()
	defer t.timed("download", time.Now())
	have, _ := w.files.get(t.key)
	stream, err := w.store.OpenOther(ctx, t.key, w.opts.Images.MaxBytes, have.etag)
	if errors.Is(err, s3store.ErrUnchanged) {
		return have, w.acquire(ctx, int64(len(have.data)))
	}
	if err != nil {
		return fetched{}, err
	}
	defer stream.Close()
	if err := w.acquire(ctx, stream.Size); err != nil {
		return fetched{}, err
	}
	data, err := stream.ReadAll()
	if err != nil {
		w.memory.Release(w.weight(stream.Size))
		return fetched{}, err
	}
	return fetched{data: data, etag: stream.ETag}, nil
}

func (w *Worker) acquire(ctx context.Context, size int64) error {
	if err := w.memory.Acquire(ctx, w.weight(size)); err != nil {
		return fmt.Errorf("wait for memory: %w", err)
	}
	return nil
}

// Hold takes room for an upload of so many bytes, beside the files that are downloaded;
// release gives it back. The error is that ctx has ended.
func (w *Worker) Hold(ctx context.Context, size int64) (release func(), err error) {
	size = min(size, max(w.opts.MemoryBudget/2, 1))
	if err := w.uploads.Acquire(ctx, size); err != nil {
		return nil, fmt.Errorf("wait for memory: %w", err)
	}
	if err := w.memory.Acquire(ctx, size); err != nil {
		w.uploads.Release(size)
		return nil, fmt.Errorf("wait for memory: %w", err)
	}
	return func() { w.memory.Release(size); w.uploads.Release(size) }, nil
}

func (w *Worker) release(f fetched) { w.memory.Release(w.weight(int64(len(f.data)))) }

// weight is what a file takes of the memory budget: one above the whole budget
// is taken alone.
func (w *Worker) weight(size int64) int64 { return min(size, w.opts.MemoryBudget) }

// noFile decides what becomes of a sheet whose file can't be had: the reason for
// which it fails, or an error if it should be tried again.
func (w *Worker) noFile(ctx context.Context, m *queue.Message, t *task, err error) (reason string, again error) {
	switch {
	case isNotFound(err):
		return s3store.ReasonImageMissing, w.waitFor(m.Sent, w.opts.ImagePatience, err, nil)
	case errors.Is(err, s3store.ErrTooLarge):
		return s3store.ReasonImageTooLarge, nil
	case errors.Is(err, s3store.ErrInvalid):
		return s3store.ReasonImageUnreadable, nil
	case w.refusedAlone(ctx, t.batch, err):
		return s3store.ReasonImageMissing, w.waitFor(m.Sent, w.opts.RosterPatience, err, nil)
	}
	return "", err
}

// refusedAlone reports whether S3 refuses us one object that a backend named, and
// not all of them: it still tells us of the batch's own record, be it that there
// is none yet. One object out of bounds must not hold up everybody, and a person
// may take ten minutes to correct a policy. What we write ourselves is another
// matter: if S3 refuses that, the settings are wrong, and work pauses.
func (w *Worker) refusedAlone(ctx context.Context, b s3store.Batch, err error) bool {
	if !s3store.Denied(err) {
		return false
	}
	_, probe := w.store.Head(ctx, b.Job())
	return probe == nil || isNotFound(probe)
}
