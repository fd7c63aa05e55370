package worker

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path"
	"time"

	"go.uber.org/zap"
	"golang.org/x/sync/errgroup"

	"hakbeon/recognizer"
	"hakbeon/recognizer/roster"
	"hakbeon/s3store"
	"hakbeon/worker/queue"
)

// match finds the roster that the sheet is matched against. A missing one is
// waited for; after that the zero value says that there is none.
func (w *Worker) match(ctx context.Context, t *task) (found, error) {
	patience := rosterPatience
	if t.job.Immediate {
		patience = 0
	}
	f, err := w.rosters.get(ctx, t.job, patience)
	switch {
	case isNotFound(err) || w.refusedAlone(ctx, t.batch, err):
		if t.job.Immediate {
			return found{}, nil // somebody waits
		}
		return found{}, w.waitFor(t.job.CreatedAt, w.opts.RosterPatience, err, nil)
	case errors.Is(err, errRoster):
		w.log.Warn("roster can't be used", t.fields(zap.Error(err))...)
		return f, nil
	case errors.Is(err, errRosterSlow):
		return found{}, &queue.RetryError{After: rosterPatience, Err: err}
	}
	return f, err
}

// fileRead stores what a sheet that could be read leaves: evidence, original and
// header crop, under the student that was decided for.
func (w *Worker) fileRead(ctx context.Context, m *queue.Message, t *task, src source, page readSheet) (*s3store.Result, error) {
	ctx, span := w.span(ctx, "file", t)
	defer span.End()
	defer w.metrics.stage("file", time.Now())
	since := time.Now()
	page, err := w.hearSecond(ctx, m, t, src, page)
	if err != nil {
		return nil, err
	}
	reading, err := w.keepEvidence(ctx, t, page.reading)
	if err != nil {
		return nil, err
	}
	if reading != page.reading {
		// Another reading counts: the decision and the crop are made from that one.
		src.known = reading
		if page, err = w.readSafely(ctx, m, t, src); err != nil {
			return nil, err
		}
	}
	result := w.result(t, page.pages)
	applyDecision(&result, t.within(page.decision, w.opts.Params))
	result.Meta.Stage, result.Meta.Model, result.Meta.UsedVLM = s3store.StageMatch, reading.Model, reading.Second != nil
	if src.match.roster != nil {
		result.Meta.Roster = src.match.roster.Hash()
	}
	about := decisionDetail(result.Meta.Reason, result.Meta.Name, src.match)
	result.Meta.Detail = cmp.Or(paperDetail(result.Meta.Reason, t.paper, w.opts.Params), about)
	if err := w.fileCopies(ctx, t, src.file, page, &result); err != nil {
		return nil, err
	}
	t.timed("file", since)
	w.metrics.timings(t.timings)
	return &result, nil
}

// keepEvidence stores the reading and returns the one that is stored: if another
// worker was first, its reading counts, for evidence never changes.
func (w *Worker) keepEvidence(ctx context.Context, t *task, reading *recognizer.Reading) (*recognizer.Reading, error) {
	body, err := reading.MarshalBinary()
	if err != nil {
		return nil, fmt.Errorf("encode the evidence: %w", err)
	}
	_, err = w.store.Create(ctx, t.batch.Evidence(t.id), body, s3store.TypeBinary)
	switch {
	case err == nil:
		w.evidences.put(t.batch.Evidence(t.id), reading, len(body))
		return reading, nil
	case errors.Is(err, s3store.ErrExists):
		return w.evidence(ctx, t.batch, t.id)
	}
	return nil, err
}

const maxEvidenceBytes = 4 << 20

// evidence returns a sheet's reading. It never changes, so one that was read or
// written before will do.
func (w *Worker) evidence(ctx context.Context, b s3store.Batch, sheet string) (*recognizer.Reading, error) {
	if reading, ok := w.evidences.get(b.Evidence(sheet)); ok {
		return reading, nil
	}
	obj, err := w.store.Get(ctx, b.Evidence(sheet), maxEvidenceBytes)
	if err != nil {
		return nil, err
	}
	var reading recognizer.Reading
	if err := reading.UnmarshalBinary(obj.Body); err != nil {
		return nil, fmt.Errorf("evidence of sheet %s: %w", sheet, err)
	}
	w.evidences.put(b.Evidence(sheet), &reading, len(obj.Body))
	return &reading, nil
}

// decide matches a reading against the roster; without one nobody can be
// accepted, and the digits that were read are kept.
func decide(reading *recognizer.Reading, ro *roster.Roster, p recognizer.Params) recognizer.Decision {
	if ro != nil {
		return recognizer.Decide(reading, ro, p)
	}
	d := recognizer.Decide(reading, &roster.Roster{}, p)
	d.Status, d.Reason = recognizer.NeedsReview, s3store.ReasonRosterMissing
	return d
}

// result is the part that all results of a sheet share.
func (w *Worker) result(t *task, pages int) s3store.Result {
	r := s3store.Result{
		ExamCode: t.batch.ExamCode, BatchID: t.batch.BatchID, Sheet: t.id, SheetKey: t.key, Page: t.page,
		Filename: path.Base(t.key), UpdatedAt: w.opts.Clock.Now(), Candidates: []s3store.Candidate{},
		Meta: s3store.Meta{
			S3Bucket: w.store.Bucket(), S3Keys: s3store.Keys{Result: t.batch.Result(t.id)},
			Pages: pages, TimingsMS: t.timings,
		},
	}
	if t.paper != nil {
		r.Meta.BlankPages = t.paper.Blank
		for page := t.paper.First; page <= t.paper.Last; page++ {
			r.Meta.SheetPages = append(r.Meta.SheetPages, page)
		}
	}
	return r
}

// maxOCRText bounds the digits that are shown: an ID has at most 32.
const maxOCRText = 64

func applyDecision(r *s3store.Result, d recognizer.Decision) {
	r.Status, r.Confidence = string(d.Status), d.Confidence
	r.Success = d.Status == recognizer.Matched
	r.StudentID = nil
	if r.Success {
		r.StudentID = &d.StudentID
	}
	r.Candidates = make([]s3store.Candidate, len(d.Candidates))
	for i, c := range d.Candidates {
		r.Candidates[i] = s3store.Candidate(c)
	}
	r.Meta.Reason, r.Meta.OCRText, r.Meta.OCRConf = string(d.Reason), d.Text[:min(len(d.Text), maxOCRText)], d.TextConf
	r.Meta.Digits, r.Meta.Name = digitsOf(d), string(d.Name)
}

func digitsOf(d recognizer.Decision) []s3store.Digit {
	var out []s3store.Digit
	for _, digit := range d.Digits {
		next := s3store.Digit{Read: digit.Read, Conf: digit.Conf, Doubtful: digit.Doubtful}
		for _, other := range digit.Others {
			next.Others = append(next.Others, s3store.OtherDigit(other))
		}
		out = append(out, next)
	}
	return out
}

// fileCopies puts the sheet's original and header crop under its student. The
// original is copied inside S3; of a file of several pages, the pages are put.
func (w *Worker) fileCopies(ctx context.Context, t *task, file fetched, page readSheet, r *s3store.Result) error {
	t.crop, t.filed = page.crop, page.filed
	name := s3store.FileName(t.key, t.page, page.pages, t.id)
	header := s3store.HeaderKey(t.batch.ExamCode, r.Student(), name)
	var group errgroup.Group
	group.Go(func() error { return w.store.Put(ctx, header, page.crop, s3store.TypeJPEG) })
	w.pictures.put(header, page.picture, len(page.picture))
	ext := s3store.Ext(t.key)
	if len(page.filed) > 0 {
		ext = "jpg"
	}
	original := s3store.OriginalKey(t.batch.ExamCode, r.Student(), name, ext)
	if len(page.filed) == 0 {
		group.Go(func() error { return w.keepOriginal(ctx, t, file, original) })
	}
	for i, body := range page.filed {
		key := original
		if i > 0 {
			other := s3store.FileName(t.key, t.page+i, page.pages, t.id)
			key = s3store.OriginalKey(t.batch.ExamCode, r.Student(), other, ext)
			r.Meta.S3Keys.Others = append(r.Meta.S3Keys.Others, key)
		}
		group.Go(func() error { return w.store.Put(ctx, key, body, s3store.TypeJPEG) })
	}
	r.Meta.S3Keys.Original, r.Meta.S3Keys.Header, r.Meta.S3Uploaded = &original, &header, true
	return group.Wait()
}

// keepOriginal copies the sheet's file. If there is another one under its key by
// now, what was read is put in its place: a result shows the image that it is of.
func (w *Worker) keepOriginal(ctx context.Context, t *task, file fetched, to string) error {
	err := w.store.Copy(ctx, t.key, to, file.etag)
	if file.data != nil && (errors.Is(err, s3store.ErrChanged) || isNotFound(err)) {
		return w.store.Put(ctx, to, file.data, s3store.TypeBinary)
	}
	return err
}

// fail makes the result of a sheet that could not be read, because of an error. What
// there is of it is kept under unknown_id.
func (w *Worker) fail(ctx context.Context, t *task, file fetched, reason string, because error, pages int) (*s3store.Result, error) {
	r := w.result(t, pages)
	r.Meta.Detail = failureDetail(reason, because)
	r.Status, r.Meta.Stage, r.Meta.Reason, r.Meta.Model = s3store.StatusFailed, s3store.StageRead, reason, w.opts.Reader.Model()
	original := s3store.OriginalKey(t.batch.ExamCode, "", s3store.FileName(t.key, t.page, pages, t.id), s3store.Ext(t.key))
	err := w.keepOriginal(ctx, t, file, original)
	switch {
	case err == nil:
		r.Meta.S3Keys.Original, r.Meta.S3Uploaded = &original, true
	case !isNotFound(err) && !errors.Is(err, s3store.ErrInvalid) && !w.refusedAlone(ctx, t.batch, err):
		return nil, err
	}
	return &r, nil
}
