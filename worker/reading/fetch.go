package reading

import (
	"context"
	"errors"
	"time"

	"hakbeon/exam"
	"hakbeon/s3store"
	"hakbeon/worker/queue"
)

// fetched is a sheet's file with the ETag that it had.
type fetched struct {
	data []byte
	etag string
}

// download takes the sheet's file into memory, within the budget, until release is
// called. A file of several pages is needed once a page: this process may have it still.
func (p *Pipeline) download(ctx context.Context, t *task) (file fetched, release func(), err error) {
	ctx, span := p.span(ctx, "download", t)
	defer span.End()
	defer t.timed("download", time.Now())
	have, _ := p.files.GetIfPresent(t.key)
	stream, err := p.Store.OpenOther(ctx, t.key, p.opts.Images.MaxBytes, have.etag)
	if errors.Is(err, s3store.ErrUnchanged) {
		release, err = p.Memory.Take(ctx, int64(len(have.data)))
		return have, release, err
	}
	if err != nil {
		return fetched{}, nil, err
	}
	defer stream.Close()
	if release, err = p.Memory.Take(ctx, stream.Size); err != nil {
		return fetched{}, nil, err
	}
	data, err := stream.ReadAll()
	if err != nil {
		release()
		return fetched{}, nil, err
	}
	return fetched{data: data, etag: stream.ETag}, release, nil
}

// noFile decides what becomes of a sheet whose file can't be had: the reason for
// which it fails, or an error if it should be tried again.
func (p *Pipeline) noFile(ctx context.Context, m *queue.Message, t *task, err error) (reason string, again error) {
	switch {
	case errors.Is(err, s3store.ErrNotFound):
		return exam.ReasonImageMissing, queue.WaitFor(p.Clock.Since(m.Sent), p.opts.ImagePatience, err, nil)
	case errors.Is(err, s3store.ErrTooLarge):
		return exam.ReasonImageTooLarge, nil
	case errors.Is(err, s3store.ErrInvalid):
		return exam.ReasonImageUnreadable, nil
	case p.Archive.Refused(ctx, t.batch, err):
		return exam.ReasonImageMissing, queue.WaitFor(p.Clock.Since(m.Sent), p.opts.RosterPatience, err, nil)
	}
	return "", err
}
