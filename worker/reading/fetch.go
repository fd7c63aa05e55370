package reading

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"go.uber.org/zap"

	"hakbeon/exam"
	"hakbeon/internal/cache"
	"hakbeon/jobs"
	"hakbeon/recognizer/imagefile"
	"hakbeon/s3store"
	"hakbeon/worker/queue"
)

// fetched is a sheet's file, in memory or on disk, with the ETag that it had.
type fetched struct {
	data []byte
	path string // in place of data
	etag string
}

// fetcher gets sheets' files, and has them for their other pages still.
type fetcher struct {
	*Parts
	limits imagefile.Limits
	files  cache.Cache[string, fetched] // of several pages, by key
	spool  *Spool                       // those that are too large for files
}

// keep has a file of several pages at hand for the next one.
func (p *fetcher) keep(key string, file fetched) {
	if file.path == "" {
		p.files.Set(key, file)
	}
}

// download fetches the sheet's file, into memory within the budget or to disk, until
// release is called. A file of several pages is needed once a page: this process may have
// it still.
func (p *fetcher) download(ctx context.Context, t *task) (file fetched, release func(), err error) {
	ctx, span := p.span(ctx, "download", t)
	defer span.End()
	defer t.timed("download", time.Now())
	have, letGo := p.spool.take(t.key)
	if have.path == "" {
		have, _ = p.files.Get(t.key)
	}
	stream, err := p.Store.OpenOther(ctx, t.key, p.mostBytes(), have.etag)
	if have.path != "" && errors.Is(err, s3store.ErrUnchanged) {
		return have, letGo, nil
	}
	letGo()
	if errors.Is(err, s3store.ErrUnchanged) {
		release, err = p.Memory.Take(ctx, int64(len(have.data)))
		return have, release, err
	}
	if err != nil {
		return fetched{}, nil, p.orUnfetched(ctx, t, err)
	}
	defer stream.Close()
	if large, err := p.isLargePDF(stream); err != nil {
		return fetched{}, nil, err
	} else if large {
		stream.Close() // who comes second would keep the connection while it waits
		file, release, err = p.toDisk(ctx, t.key, stream.Size)
		if !onDisk(err) {
			return file, release, err
		}
		p.Log.Warn("a large PDF can't be kept on disk", zap.Error(err))
		if stream.Size > p.limits.MaxBytes {
			return fetched{}, nil, err
		}
		if stream, err = p.Store.Open(ctx, t.key, p.limits.MaxBytes); err != nil {
			return fetched{}, nil, err
		}
		defer stream.Close()
	}
	if limit := p.limits.MaxBytes; stream.Size > limit {
		return fetched{}, nil, fmt.Errorf("%w: %d bytes, at most %d are read but of a PDF", s3store.ErrTooLarge, stream.Size, limit)
	}
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

// unfetchedError says that there is no file and won't be one: it lies elsewhere and was
// not to be had there.
type unfetchedError struct{ exam.Unfetched }

func (*unfetchedError) Error() string { return "the image was not to be had at its address" }

// orUnfetched is err, or an *unfetchedError where the file is missing because of that.
func (p *fetcher) orUnfetched(ctx context.Context, t *task, err error) error {
	if !errors.Is(err, s3store.ErrNotFound) || !strings.HasPrefix(t.key, t.batch.ScansOf()) {
		return err
	}
	why, unknown := p.Archive.Unfetched(ctx, t.batch, jobs.PartID([]string{t.key}))
	switch {
	case unknown != nil:
		return unknown
	case why == nil:
		return err
	}
	return &unfetchedError{*why}
}

// mostBytes is the size of a file that is fetched.
func (p *fetcher) mostBytes() int64 {
	if p.spool == nil {
		return p.limits.MaxBytes
	}
	return max(p.limits.MaxBytes, p.limits.MaxPDF)
}

// isLargePDF reports whether a file is one that goes to disk: a PDF that would not be kept
// in memory from one of its pages to the next.
func (p *fetcher) isLargePDF(stream *s3store.Stream) (bool, error) {
	if p.spool == nil || stream.Size <= min(keptFileBytes, p.limits.MaxBytes) {
		return false, nil
	}
	head, err := stream.Head(imagefile.HeadBytes)
	return err == nil && imagefile.IsPDF(head), err
}

// errChanging: the file was another one a moment ago.
var errChanging = errors.New("the file was changed while it was fetched")

// toDisk fetches a large PDF of so many bytes, unless another sheet of it has just done so.
func (p *fetcher) toDisk(ctx context.Context, key string, size int64) (file fetched, release func(), err error) {
	unlock, err := p.spool.lock(ctx)
	if err != nil {
		return fetched{}, nil, err
	}
	defer unlock()
	if have, release := p.spool.take(key); have.path != "" {
		stream, err := p.Store.OpenOther(ctx, key, p.mostBytes(), have.etag)
		if errors.Is(err, s3store.ErrUnchanged) {
			return have, release, nil
		}
		release()
		if err != nil {
			return fetched{}, nil, err
		}
		stream.Close()
	}
	if err := p.spool.makeRoom(ctx, key, size); err != nil {
		return fetched{}, nil, err
	}
	stream, err := p.Store.Open(ctx, key, p.mostBytes())
	if err != nil {
		p.spool.giveRoom(size)
		return fetched{}, nil, err
	}
	defer stream.Close()
	large, err := p.isLargePDF(stream)
	if err == nil && (!large || stream.Size != size) {
		err = errChanging
	}
	if err != nil {
		p.spool.giveRoom(size)
		return fetched{}, nil, err
	}
	return p.spool.put(key, stream)
}

// noFile decides what becomes of a sheet whose file can't be had: the reason for
// which it fails, or an error if it should be tried again.
func (p *Pipeline) noFile(ctx context.Context, m *queue.Message, t *task, err error) (reason string, again error) {
	why, unfetched := errors.AsType[*unfetchedError](err)
	switch {
	case unfetched:
		return why.Reason, nil
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
