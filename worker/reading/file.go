package reading

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"go.uber.org/zap"
	"golang.org/x/sync/errgroup"

	"hakbeon/exam"
	"hakbeon/recognizer/imagefile"
	"hakbeon/s3store"
	"hakbeon/s3store/layout"
	"hakbeon/worker/outcome"
	"hakbeon/worker/queue"
	"hakbeon/worker/rosters"
)

// match finds the roster that the sheet is matched against. A missing one is
// waited for; after that the zero value says that there is none.
func (p *Pipeline) match(ctx context.Context, t *task) (rosters.Found, error) {
	patience := rosters.Patience
	if t.awaited || t.job.Immediate {
		patience = 0
	}
	f, err := p.Rosters.Get(ctx, t.job, patience)
	switch {
	case errors.Is(err, s3store.ErrNotFound) || p.Archive.Refused(ctx, t.batch, err):
		if t.awaited || t.job.Immediate {
			return rosters.Found{}, nil // somebody waits
		}
		return rosters.Found{}, queue.WaitFor(p.Clock.Since(t.job.CreatedAt), p.opts.RosterPatience, err, nil)
	case errors.Is(err, rosters.ErrUnusable):
		p.Log.Warn("roster can't be used", t.fields(zap.Error(err))...)
		return f, nil
	case errors.Is(err, rosters.ErrSlow):
		return rosters.Found{}, &queue.RetryError{After: rosters.Patience, Err: err}
	}
	return f, err
}

// fileRead stores what a sheet that could be read leaves: evidence, original and
// header crop, under the student that was decided for.
func (p *Pipeline) fileRead(ctx context.Context, m *queue.Message, t *task, src source, page readSheet) (*exam.Result, error) {
	ctx, span := p.span(ctx, "file", t)
	defer span.End()
	defer p.Metrics.Stage("file", time.Now())
	since := time.Now()
	page, err := p.adviser.hear(ctx, m, t, src, page)
	if err != nil {
		return nil, err
	}
	reading, err := p.Archive.KeepReading(ctx, t.batch, t.id, page.reading)
	if err != nil {
		return nil, err
	}
	if reading != page.reading {
		// Another reading counts: the decision and the crop are made from that one.
		src.known = reading
		if page, err = p.examiner.readSafely(ctx, m, t, src); err != nil {
			return nil, err
		}
	}
	result := p.filer.result(t, page.pages)
	outcome.Apply(&result, t.within(page.decision, p.opts.Params))
	result.Meta.Stage, result.Meta.Model, result.Meta.UsedVLM = exam.StageMatch, reading.Model, reading.Second != nil
	if src.match.Roster != nil {
		result.Meta.Roster = p.Scorers.Of(src.match.Roster).Hash
	}
	about := outcome.DecisionDetail(result.Meta.Reason, result.Meta.Name, src.match)
	result.Meta.Detail = cmp.Or(outcome.PaperDetail(result.Meta.Reason, t.paper, p.opts.Params), about)
	if err := p.filer.copies(ctx, t, src.file, page, &result); err != nil {
		return nil, err
	}
	t.scores = page.scores
	t.timed("file", since)
	p.Metrics.Timings(t.timings)
	return &result, nil
}

// filer puts what is left of a sheet into S3.
type filer struct {
	*Parts
	model string // that reads
}

// result is what all results of a sheet by this process have in common.
func (f *filer) result(t *task, pages int) exam.Result {
	r := outcome.New(t.batch, f.Store.Bucket(), t.id, t.key, t.page)
	r.UpdatedAt, r.Meta.Pages, r.Meta.TimingsMS = f.Clock.Now(), pages, t.timings
	if t.paper != nil {
		r.Meta.BlankPages = t.paper.Blank
		for page := t.paper.First; page <= t.paper.Last; page++ {
			r.Meta.SheetPages = append(r.Meta.SheetPages, page)
		}
	}
	return r
}

// copies puts the sheet's original and header crop under its student. The
// original is copied inside S3; of a file of several pages, the pages are put.
func (f *filer) copies(ctx context.Context, t *task, file fetched, page readSheet, r *exam.Result) error {
	t.crop, t.filed, t.copied = page.crop, page.filed, true
	name := layout.FileName(t.key, t.page, page.pages, t.id)
	header := layout.HeaderKey(t.batch.ExamCode, r.Student(), name)
	var group errgroup.Group
	group.Go(func() error { return f.Store.Put(ctx, header, page.crop, s3store.TypeJPEG) })
	f.Archive.Copies.KeepPicture(header, page.picture)
	ext := layout.Ext(t.key)
	if len(page.filed) > 0 {
		ext = "jpg"
	}
	original := layout.OriginalKey(t.batch.ExamCode, r.Student(), name, ext)
	if len(page.filed) == 0 {
		group.Go(func() error { return f.keepOriginal(ctx, t, file, original) })
	}
	for i, body := range page.filed {
		key := original
		if i > 0 {
			other := layout.FileName(t.key, t.page+i, page.pages, t.id)
			key = layout.OriginalKey(t.batch.ExamCode, r.Student(), other, ext)
			r.Meta.S3Keys.Others = append(r.Meta.S3Keys.Others, key)
		}
		group.Go(func() error { return f.Store.Put(ctx, key, body, s3store.TypeJPEG) })
	}
	r.Meta.S3Keys.Original, r.Meta.S3Keys.Header, r.Meta.S3Uploaded = &original, &header, true
	return group.Wait()
}

// keepOriginal copies the sheet's file. If there is another one under its key by
// now, what was read is put in its place: a result shows the image that it is of.
func (f *filer) keepOriginal(ctx context.Context, t *task, file fetched, to string) error {
	err := f.Store.Copy(ctx, t.key, to, file.etag)
	changed := errors.Is(err, s3store.ErrChanged) || errors.Is(err, s3store.ErrNotFound)
	switch {
	case changed && file.data != nil:
		return f.Store.Put(ctx, to, file.data, s3store.TypeBinary)
	case changed && file.path != "":
		return f.putFile(ctx, to, file.path)
	}
	return err
}

func (f *filer) putFile(ctx context.Context, to, path string) error {
	file, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("file a large file: %w", err)
	}
	defer file.Close()
	return f.Store.PutFile(ctx, to, file, s3store.TypeBinary)
}

// fail makes the result of a sheet that could not be read, because of an error. What
// there is of it is kept under unknown_id, but no copy of a large file for each of its
// pages.
func (f *filer) fail(ctx context.Context, t *task, file fetched, reason string, because error, pages int) (*exam.Result, error) {
	r := f.result(t, pages)
	r.Meta.Detail = failureDetail(reason, because)
	kept := file.path == "" || pages <= 1
	if r.Meta.Detail == nil && !kept {
		r.Meta.Detail = &exam.Detail{}
	}
	if !kept {
		r.Meta.Detail.EN = strings.TrimSpace(r.Meta.Detail.EN + " It is a page of a large file, of which no copy is made: look at the file that was sent.")
		r.Meta.Detail.KO = strings.TrimSpace(r.Meta.Detail.KO + " 큰 파일의 한 쪽이라 사본을 두지 않았습니다. 올린 파일에서 확인해 주세요.")
	}
	r.Status, r.Meta.Stage, r.Meta.Reason, r.Meta.Model = exam.StatusFailed, exam.StageRead, reason, f.model
	original := layout.OriginalKey(t.batch.ExamCode, "", layout.FileName(t.key, t.page, pages, t.id), layout.Ext(t.key))
	if !kept {
		return &r, nil
	}
	t.copied = true
	err := f.keepOriginal(ctx, t, file, original)
	switch {
	case err == nil:
		r.Meta.S3Keys.Original, r.Meta.S3Uploaded = &original, true
	case !errors.Is(err, s3store.ErrNotFound) && !errors.Is(err, s3store.ErrInvalid) && !f.Archive.Refused(ctx, t.batch, err):
		return nil, err
	}
	return &r, nil
}

// failureDetail says why a sheet failed.
func failureDetail(reason string, because error) *exam.Detail {
	why, unfetched := errors.AsType[*unfetchedError](because)
	switch {
	case unfetched:
		return &why.Detail
	case errors.Is(because, errGivenUp), errors.Is(because, errCrashed):
		return &exam.Detail{
			EN: "Reading the sheet ended in an error of ours, several times if it may pass.",
			KO: "답안지를 읽는 중에 내부 오류가 났습니다.",
		}
	case errors.Is(because, s3store.ErrTooLarge):
		return &exam.Detail{
			EN: "The file has more bytes than are read: at most 64 MiB, of a PDF 1 GiB. Split it.",
			KO: "파일이 읽을 수 있는 크기보다 큽니다. 64 MiB(PDF는 1 GiB)까지 읽습니다. 나누어 올려 주세요.",
		}
	case reason == exam.ReasonImageMissing:
		return &exam.Detail{
			EN: "There is no file under the key in S3, or it may not be read.", KO: "S3의 해당 키에 파일이 없거나 읽을 권한이 없습니다.",
		}
	}
	return outcome.Detail(imagefile.Detail(because))
}
