package reading

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"
	"go.uber.org/zap"

	"hakbeon/exam"
	"hakbeon/jobs"
	"hakbeon/recognizer"
	"hakbeon/recognizer/imagefile"
	"hakbeon/s3store"
	"hakbeon/s3store/layout"
	"hakbeon/worker/archive"
	"hakbeon/worker/outbox"
	"hakbeon/worker/queue"
	"hakbeon/worker/rosters"
	"hakbeon/worker/telemetry"
)

// task is one sheet on its way through the worker.
type task struct {
	batch layout.Batch
	job   exam.Job
	id    string
	key   string
	page  int
	// awaited: somebody waits for the result.
	awaited bool
	// message is the id of the message that brought it, for the log.
	message string

	// paper is the pages that make the sheet, and looked what was read on the first; nil
	// in a file of sheets that are counted.
	paper  *exam.FilePaper
	looked *recognizer.Reading

	timings map[string]float64 // milliseconds by stage

	scores []byte // of the reading, for the batch's end

	// What was filed, for who waits for it, and whether copies were begun at all.
	crop   []byte
	filed  [][]byte
	copied bool
}

// timed notes how long a stage took.
func (t *task) timed(stage string, since time.Time) {
	t.timings[stage] = float64(time.Since(since).Microseconds()) / 1000
}

// Handle brings one sheet from its key to its result: download, read, match,
// file, result, webhook.
func (p *Pipeline) Handle(ctx context.Context, m *queue.Message, in *jobs.Sheet) (err error) {
	b := layout.Batch{ExamCode: in.ExamCode, BatchID: in.BatchID}
	p.Metrics.Waited(telemetry.QueueWork, p.Clock.Since(m.Sent))
	t := &task{batch: b, id: jobs.SheetID(in.ExamCode, in.BatchID, in.Key, in.Page), key: in.Key, page: in.Page, message: m.ID, timings: map[string]float64{}}
	defer p.held(ctx, t)(&err)
	trace.SpanFromContext(ctx).SetAttributes(telemetry.BatchAttributes(b, attribute.String("hakbeon.sheet", t.id))...)
	there, etag, err := p.Archive.Sheet(ctx, t.batch, t.id, archive.Current)
	if err != nil {
		return err
	}
	if t.job, err = p.Archive.Job(ctx, b); err != nil {
		return p.missingJob(m, err)
	}
	if there != nil && there.Meta.Stage != exam.StageDeadline {
		return p.alreadyDone(ctx, t, there)
	}
	if cancelled, err := p.Archive.Marks.IsCancelled(ctx, b); err != nil || cancelled {
		return err // the batch's end says what becomes of it
	}
	p.Open.Saw(b, p.Clock.Since(t.job.CreatedAt))
	if due, err := p.divider.takePaper(ctx, t); err != nil || !due {
		return err
	}
	defer p.takeBack(ctx, t)
	result, err := p.makeResult(ctx, m, t)
	if err != nil || result == nil {
		return err
	}
	return p.publish(ctx, t, *result, there, etag)
}

// takeBackTime bounds the removal of what was filed in vain.
const takeBackTime = 10 * time.Second

// takeBack removes the copies that were made of a sheet whose message was lost
// meanwhile, as when the process was frozen: another worker's result names others. Before
// the batch's end they are left to that, which removes all that no result names; after it
// nobody else would look.
func (p *Pipeline) takeBack(ctx context.Context, t *task) {
	if ctx.Err() == nil || !t.copied {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), takeBackTime)
	defer cancel()
	there, _, err := p.Archive.Sheet(ctx, t.batch, t.id, archive.Current)
	if err == nil && there != nil && there.Final {
		err = p.Archive.Copies.RemoveOrphans(ctx, t.batch, []*exam.Sheet{there})
	}
	if err != nil {
		p.Log.Warn("copies that no result names may lie under a sheet until its batch's next end", t.fields(zap.Error(err))...)
	}
}

// alreadyDone repeats what may have been lost after the result was written: its
// webhook and, if it came after the batch's end, the request for the next epoch.
func (p *Pipeline) alreadyDone(ctx context.Context, t *task, there *exam.Sheet) error {
	if err := p.Outbox.Announce(ctx, t.job, &there.Result); err != nil {
		return err
	}
	if there.Version > 1 && !there.Final {
		return p.Outbox.ReopenLate(ctx, t.batch, t.id)
	}
	return nil
}

// missingJob: the job record is written before any sheet is sent, so a sheet
// without one is of a batch that somebody deleted.
func (p *Pipeline) missingJob(m *queue.Message, err error) error {
	if !errors.Is(err, s3store.ErrNotFound) {
		return err
	}
	return queue.WaitFor(p.Clock.Since(m.Sent), time.Minute, err, queue.Deadf("the batch's record is gone from S3"))
}

// makeResult reads the sheet and files it. Errors of the sheet itself become a
// failed result; only errors that may pass are returned. There is no result of a page
// that is only looked at: it is part of a sheet that isn't known yet.
func (p *Pipeline) makeResult(ctx context.Context, m *queue.Message, t *task) (*exam.Result, error) {
	match, err := p.match(ctx, t)
	if err != nil {
		return nil, err
	}
	file, release, err := p.fetcher.download(ctx, t)
	if err != nil {
		reason, again := p.noFile(ctx, m, t, err)
		switch {
		case again != nil:
			return nil, again
		case t.looks(0):
			return nil, p.divider.keepLook(ctx, t, readSheet{})
		}
		return p.filer.fail(ctx, t, file, reason, err, 0)
	}
	defer release()
	return p.makeFrom(ctx, m, t, match, file)
}

// makeFrom is makeResult for a file that is here.
func (p *Pipeline) makeFrom(ctx context.Context, m *queue.Message, t *task, match rosters.Found, file fetched) (*exam.Result, error) {
	page, err := p.examiner.readSafely(ctx, m, t, source{file: file, match: match})
	reason := failure(err)
	if err != nil && (reason == "" || p.mayPass(m, t, err)) {
		return nil, err
	}
	if page.pages > 1 {
		p.fetcher.keep(t.key, file)
	}
	if err := p.spread(ctx, t, page.pages); err != nil {
		return nil, err
	}
	if t.looks(page.pages) {
		return nil, p.divider.keepLook(ctx, t, page)
	}
	if reason != "" {
		p.Log.Info("sheet can't be read", t.fields(zap.Error(err))...)
		return p.filer.fail(ctx, t, file, reason, err, page.pages)
	}
	return p.fileRead(ctx, m, t, source{file: file, match: match}, page)
}

// mayPass holds for a file that is not to blame, as far as is known by now: one that was
// stopped by the clock where others had the processor. Who waits is not kept waiting.
func (p *Pipeline) mayPass(m *queue.Message, t *task, err error) bool {
	return errors.Is(err, imagefile.ErrStarved) && m.Receives < p.opts.MaxAttempts && !t.awaited
}

// failure is the reason for which an error fails the sheet; "" if it doesn't.
func failure(err error) string {
	switch {
	case errors.Is(err, imagefile.ErrTooLarge):
		return exam.ReasonImageTooLarge
	case errors.Is(err, imagefile.ErrUnreadable):
		return exam.ReasonImageUnreadable
	case errors.Is(err, errCrashed), errors.Is(err, errGivenUp):
		return exam.ReasonInternalError
	}
	return ""
}

// spread sends the other sheets of a file of several pages. The marker is
// written before the first sheet's result, so that who sees all first sheets
// also sees all markers.
func (p *Pipeline) spread(ctx context.Context, t *task, pages int) error {
	if t.job.Papers {
		return p.divider.spreadPages(ctx, t, pages)
	}
	group := t.job.PagesPerSheet
	sheets := (pages + group - 1) / group
	if t.page != 1 || sheets <= 1 {
		return nil
	}
	if err := p.Archive.Files.MarkPages(ctx, t.batch, t.id, sheets, pages); err != nil {
		return err
	}
	var others []jobs.Message
	for page := 1 + group; page <= pages; page += group {
		others = append(others, outbox.Page(t.batch, t.key, page))
	}
	return p.Outbox.Send(ctx, 0, others...)
}

// publish writes the result and queues its webhook. Who comes second finds the
// first one's result, takes away what only its own would have named, and queues
// the same webhook again.
func (p *Pipeline) publish(ctx context.Context, t *task, result exam.Result, late *exam.Sheet, etag string) error {
	defer p.Metrics.Stage("publish", time.Now())
	rec := &exam.Sheet{Result: result}
	if late == nil {
		rec.Version = 1
	} else {
		result.UpdatedAt = p.Clock.Now() // it was made before the version that it follows
		rec = late.Next(result)
	}
	rec.Scores = t.scores
	err := p.Archive.WriteSheet(ctx, t.batch, rec, etag)
	if archive.Overtaken(err) {
		return p.yieldTo(ctx, t, rec)
	}
	if err != nil {
		return err
	}
	p.Metrics.Sheet(&rec.Result)
	p.Log.Info("sheet done", t.fields(zap.String("status", result.Status), zap.String("reason", result.Meta.Reason),
		zap.Int("version", rec.Version), zap.Any("timings_ms", t.timings))...)
	if err := p.Outbox.Announce(ctx, t.job, &rec.Result); err != nil || late == nil {
		return err
	}
	return p.Outbox.ReopenLate(ctx, t.batch, t.id)
}

// yieldTo gives way to the result that was written first, unless that is only
// the batch's word that this sheet did not come in time.
func (p *Pipeline) yieldTo(ctx context.Context, t *task, mine *exam.Sheet) error {
	there, etag, err := p.Archive.Sheet(ctx, t.batch, t.id, archive.Current)
	if err != nil {
		return err
	}
	if there == nil {
		return fmt.Errorf("result of sheet %s: exists and is not there", t.id)
	}
	if there.Meta.Stage == exam.StageDeadline {
		return p.publish(ctx, t, mine.Result, there, etag)
	}
	if there.Final {
		// Before the batch's end its plan may be about to name these copies; then
		// they are left to the sweep that follows it.
		if err := p.Archive.Copies.Remove(ctx, t.batch, t.id, slices.DeleteFunc(mine.Copies(), there.Named)); err != nil {
			return err
		}
	}
	return p.Outbox.Announce(ctx, t.job, &there.Result)
}

// fields are what every log line of a sheet carries.
func (t *task) fields(more ...zap.Field) []zap.Field {
	return append([]zap.Field{
		zap.String("exam_code", t.batch.ExamCode), zap.String("batch_id", t.batch.BatchID), zap.String("sheet", t.id),
		zap.String("message_id", t.message),
	}, more...)
}

// span begins a step of the sheet.
func (p *Parts) span(ctx context.Context, name string, t *task) (context.Context, trace.Span) {
	return p.Tracer.Start(ctx, name, trace.WithAttributes(telemetry.BatchAttributes(t.batch, attribute.String("hakbeon.sheet", t.id))...))
}
