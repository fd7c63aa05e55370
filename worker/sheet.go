package worker

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"
	"go.uber.org/zap"

	"hakbeon/jobs"
	"hakbeon/recognizer"
	"hakbeon/recognizer/imagefile"
	"hakbeon/s3store"
	"hakbeon/worker/queue"
)

// task is one sheet on its way through the worker.
type task struct {
	batch s3store.Batch
	job   s3store.Job
	id    string
	key   string
	page  int
	// message is the id of the message that brought it, for the log.
	message string

	// paper is the pages that make the sheet, and looked what was read on the first; nil
	// in a file of sheets that are counted.
	paper  *s3store.FilePaper
	looked *recognizer.Reading

	timings map[string]float64 // milliseconds by stage

	// What was filed, for who waits for it.
	crop  []byte
	filed [][]byte
}

// timed notes how long a stage took.
func (t *task) timed(stage string, since time.Time) {
	t.timings[stage] = float64(time.Since(since).Microseconds()) / 1000
}

// sheet brings one sheet from its key to its result: download, read, match,
// file, result, webhook.
func (w *Worker) sheet(ctx context.Context, m *queue.Message, in *jobs.Sheet) (err error) {
	b := s3store.Batch{ExamCode: in.ExamCode, BatchID: in.BatchID}
	w.tally.hold(b)
	w.metrics.waited(queueWork, w.opts.Clock.Since(m.Sent))
	t := &task{batch: b, id: jobs.SheetID(in.ExamCode, in.BatchID, in.Key, in.Page), key: in.Key, page: in.Page, message: m.ID, timings: map[string]float64{}}
	defer func() { w.tally.release(b, err == nil, t.job.Total, func() { w.look(sameTrace(w.life, ctx), b) }) }()
	trace.SpanFromContext(ctx).SetAttributes(batchAttributes(b, attribute.String("hakbeon.sheet", t.id))...)
	there, etag, err := w.existing(ctx, t)
	if err != nil {
		return err
	}
	if t.job, err = w.batchJob(ctx, b); err != nil {
		return w.missingJob(m, err)
	}
	if there != nil && there.Meta.Stage != s3store.StageDeadline {
		return w.alreadyDone(ctx, t, there)
	}
	w.open.saw(b, w.opts.Clock.Since(t.job.CreatedAt))
	if due, err := w.takePaper(ctx, t); err != nil || !due {
		return err
	}
	result, err := w.makeResult(ctx, m, t)
	if err != nil || result == nil {
		return err
	}
	return w.publish(ctx, t, *result, there, etag)
}

// alreadyDone repeats what may have been lost after the result was written: its
// webhook and, if it came after the batch's end, the request for the next epoch.
func (w *Worker) alreadyDone(ctx context.Context, t *task, there *s3store.Sheet) error {
	if err := w.announce(ctx, t.batch, &there.Result); err != nil {
		return err
	}
	if there.Version > 1 && !there.Final {
		return w.reopen(ctx, t.batch, lateRequest(t.id))
	}
	return nil
}

// lateRequest asks for an epoch with a sheet that an earlier one took for lost.
func lateRequest(sheet string) string { return "late-" + sheet }

// missingJob: the job record is written before any sheet is sent, so a sheet
// without one is of a batch that somebody deleted.
func (w *Worker) missingJob(m *queue.Message, err error) error {
	if !isNotFound(err) {
		return err
	}
	return w.waitFor(m.Sent, time.Minute, err, deadf("the batch's record is gone from S3"))
}

// existing returns the sheet's record with its ETag, nil if there is none yet.
func (w *Worker) existing(ctx context.Context, t *task) (*s3store.Sheet, string, error) {
	var rec s3store.Sheet
	etag, err := w.store.Load(ctx, t.batch.Result(t.id), &rec)
	if isNotFound(err) {
		return nil, "", nil
	}
	return &rec, etag, err
}

// makeResult reads the sheet and files it. Errors of the sheet itself become a
// failed result; only errors that may pass are returned. There is no result of a page
// that is only looked at: it is part of a sheet that isn't known yet.
func (w *Worker) makeResult(ctx context.Context, m *queue.Message, t *task) (*s3store.Result, error) {
	match, err := w.match(ctx, t)
	if err != nil {
		return nil, err
	}
	file, err := w.download(ctx, t)
	if err != nil {
		reason, again := w.noFile(ctx, m, t, err)
		switch {
		case again != nil:
			return nil, again
		case t.looks(0):
			return nil, w.keepLook(ctx, t, readSheet{})
		}
		return w.fail(ctx, t, file, reason, err, 0)
	}
	defer w.release(file)
	return w.makeFrom(ctx, m, t, match, file)
}

// makeFrom is makeResult for a file that is here.
func (w *Worker) makeFrom(ctx context.Context, m *queue.Message, t *task, match found, file fetched) (*s3store.Result, error) {
	page, err := w.readSafely(ctx, m, t, source{file: file, match: match})
	reason := failure(err)
	if err != nil && reason == "" {
		return nil, err
	}
	if page.pages > 1 {
		w.files.put(t.key, file, len(file.data))
	}
	if err := w.spread(ctx, t, page.pages); err != nil {
		return nil, err
	}
	if t.looks(page.pages) {
		return nil, w.keepLook(ctx, t, page)
	}
	if reason != "" {
		w.log.Info("sheet can't be read", t.fields(zap.Error(err))...)
		return w.fail(ctx, t, file, reason, err, page.pages)
	}
	return w.fileRead(ctx, m, t, source{file: file, match: match}, page)
}

// failure is the reason for which an error fails the sheet; "" if it doesn't.
func failure(err error) string {
	switch {
	case errors.Is(err, imagefile.ErrTooLarge):
		return s3store.ReasonImageTooLarge
	case errors.Is(err, imagefile.ErrUnreadable):
		return s3store.ReasonImageUnreadable
	case errors.Is(err, errCrashed), errors.Is(err, errGivenUp):
		return s3store.ReasonInternalError
	}
	return ""
}

// spread sends the other sheets of a file of several pages. The marker is
// written before the first sheet's result, so that who sees all first sheets
// also sees all markers.
func (w *Worker) spread(ctx context.Context, t *task, pages int) error {
	if t.job.Papers {
		return w.spreadPages(ctx, t, pages)
	}
	group := t.job.PagesPerSheet
	sheets := (pages + group - 1) / group
	if t.page != 1 || sheets <= 1 {
		return nil
	}
	_, err := w.store.Create(ctx, t.batch.Pages(t.id, sheets, pages), nil, s3store.TypeBinary)
	if err := ignoreExists(err); err != nil {
		return err
	}
	var others []jobs.Message
	for page := 1 + group; page <= pages; page += group {
		others = append(others, &jobs.Sheet{ExamCode: t.batch.ExamCode, BatchID: t.batch.BatchID, Key: t.key, Page: page})
	}
	return send(ctx, w.work, 0, others...)
}

// publish writes the result and queues its webhook. Who comes second finds the
// first one's result, takes away what only its own would have named, and queues
// the same webhook again.
func (w *Worker) publish(ctx context.Context, t *task, result s3store.Result, late *s3store.Sheet, etag string) error {
	defer w.metrics.stage("publish", time.Now())
	key := t.batch.Result(t.id)
	rec := &s3store.Sheet{Result: result}
	if late == nil {
		rec.Version = 1
	} else {
		rec = late.Next(result)
	}
	err := w.write(ctx, key, rec, etag)
	if errors.Is(err, s3store.ErrExists) || errors.Is(err, s3store.ErrChanged) {
		return w.yieldTo(ctx, t, rec)
	}
	if err != nil {
		return err
	}
	w.metrics.sheet(&rec.Result)
	w.log.Info("sheet done", t.fields(zap.String("status", result.Status), zap.String("reason", result.Meta.Reason),
		zap.Int("version", rec.Version), zap.Any("timings_ms", t.timings))...)
	if err := w.announce(ctx, t.batch, &rec.Result); err != nil || late == nil {
		return err
	}
	return w.reopen(ctx, t.batch, lateRequest(t.id))
}

// write writes a sheet's record: over the one with the ETag, or a new one.
func (w *Worker) write(ctx context.Context, key string, rec *s3store.Sheet, etag string) error {
	body, err := s3store.Encode(rec)
	if err != nil {
		return err
	}
	var next string
	if etag == "" {
		next, err = w.store.Create(ctx, key, body, s3store.TypeJSON)
	} else {
		next, err = w.store.Replace(ctx, key, body, s3store.TypeJSON, etag)
	}
	if err != nil {
		w.records.drop(key)
		return err
	}
	w.records.put(key, written{body: body, etag: next, at: time.Now()}, len(body))
	return nil
}

// yieldTo gives way to the result that was written first, unless that is only
// the batch's word that this sheet did not come in time.
func (w *Worker) yieldTo(ctx context.Context, t *task, mine *s3store.Sheet) error {
	there, etag, err := w.existing(ctx, t)
	if err != nil {
		return err
	}
	if there == nil {
		return fmt.Errorf("result of sheet %s: exists and is not there", t.id)
	}
	if there.Meta.Stage == s3store.StageDeadline {
		return w.publish(ctx, t, mine.Result, there, etag)
	}
	if there.Final {
		// Before the batch's end its plan may be about to name these copies; then
		// they are left to the sweep that follows it.
		if err := w.removeCopies(ctx, t.batch, t.id, slices.DeleteFunc(mine.Copies(), there.Named)); err != nil {
			return err
		}
	}
	return w.announce(ctx, t.batch, &there.Result)
}

// fields are what every log line of a sheet carries.
func (t *task) fields(more ...zap.Field) []zap.Field {
	return append([]zap.Field{
		zap.String("exam_code", t.batch.ExamCode), zap.String("batch_id", t.batch.BatchID), zap.String("sheet", t.id),
		zap.String("message_id", t.message),
	}, more...)
}
