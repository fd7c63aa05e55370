package worker

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/xuri/excelize/v2"
	"golang.org/x/sync/errgroup"

	"hakbeon/jobs"
	"hakbeon/recognizer/roster"
	"hakbeon/s3store"
	"hakbeon/s3store/credentials"
	"hakbeon/worker/queue"
)

// ErrStopping refuses a sheet that somebody waits for: the worker shuts down.
var ErrStopping = errors.New("the worker shuts down")

// Upload is one sheet whose sender waits for the answer.
type Upload struct {
	ExamCode string
	Filename string // as the sender calls it
	Image    []byte
	// Students take the place of the exam's roster; nil leaves it.
	Students []string
}

// Extraction is the answer to an Upload.
type Extraction struct {
	Result s3store.Result
	Header []byte // the crop that shows the ID, as JPEG; nil if the sheet could not be read
	Page   []byte // the page as it was filed: of an image the upload itself
}

// Extract reads one sheet at once. It takes the way of a sheet from the queue,
// as a batch of one: the upload and the batch's records come first, the result
// lies in S3 when the answer is given, and its webhook and the batch's end follow.
// It waits for a slot of the CPU stage like any other sheet, first come first
// served; how many wait at once is for the caller to bound. It is safe for
// concurrent use.
func (w *Worker) Extract(ctx context.Context, up Upload) (*Extraction, error) {
	ctx, leave, err := w.visits.enter(credentials.ForExam(ctx, up.ExamCode))
	if err != nil {
		return nil, err
	}
	defer leave()
	if err := w.Ready(); err != nil {
		return nil, err
	}
	t, file, err := w.admit(ctx, up)
	if err != nil {
		return nil, err
	}
	w.tally.hold(t.batch)
	err = w.extract(ctx, t, file)
	w.tally.release(t.batch, err == nil, t.job.Total, func() { w.look(sameTrace(w.life, ctx), t.batch) })
	if errors.Is(err, queue.ErrHandBack) {
		err = ErrStopping
	}
	if err != nil {
		return nil, err
	}
	rec, err := w.stored(ctx, t)
	if err != nil {
		return nil, err
	}
	out := &Extraction{Result: rec.Result, Header: t.crop, Page: up.Image}
	if len(t.filed) > 0 {
		out.Page = t.filed[0]
	}
	return out, nil
}

// admit stores the upload and makes it a batch of one. Only then, with a finish
// message, does the sheet exist for others: if this process dies from now on,
// another one does it.
func (w *Worker) admit(ctx context.Context, up Upload) (*task, fetched, error) {
	id := uuid.NewString()
	b := s3store.Batch{ExamCode: up.ExamCode, BatchID: "http-" + id}
	key := s3store.UploadKey(up.ExamCode, id, up.Filename)
	keys := []string{key}
	job := newJob(&jobs.Recognize{ExamCode: b.ExamCode, BatchID: b.BatchID, Keys: keys}, keys, jobs.PartID(keys), w.opts.Clock.Now())
	job.Immediate = true
	file := fetched{data: up.Image}
	group, groupCtx := errgroup.WithContext(ctx)
	group.Go(func() (err error) {
		file.etag, err = w.store.Create(groupCtx, key, up.Image, s3store.TypeBinary)
		return err
	})
	if len(up.Students) > 0 {
		job.RosterKey = s3store.UploadKey(up.ExamCode, id, "roster.xlsx")
		group.Go(func() error { return w.putRoster(groupCtx, job.RosterKey, up.Students) })
	}
	group.Go(func() error { return w.store.CreateRecord(groupCtx, b.Part(job.Part), s3store.Part{Keys: keys}) })
	group.Go(func() error { return w.store.CreateRecord(groupCtx, b.Job(), job) })
	if err := group.Wait(); err != nil {
		return nil, file, fmt.Errorf("store the upload: %w", err)
	}
	w.jobs.Add(b, job)
	w.parts.Add(b.Part(job.Part), keys)
	t := &task{
		batch: b, job: job, id: jobs.SheetID(b.ExamCode, b.BatchID, key, 1), key: key, page: 1, timings: map[string]float64{},
	}
	return t, file, nil
}

// extract reads, files and publishes the sheet; meanwhile the batch's net is
// spread.
func (w *Worker) extract(ctx context.Context, t *task, file fetched) error {
	group, groupCtx := errgroup.WithContext(ctx)
	group.Go(func() error { return w.arm(groupCtx, t.batch, 0, w.opts.FinishDelay) })
	m := &queue.Message{Sent: t.job.CreatedAt, Receives: 1}
	var result *s3store.Result
	group.Go(func() error {
		match, err := w.match(groupCtx, t)
		if err != nil {
			return err
		}
		result, err = w.makeFrom(groupCtx, m, t, match, file)
		return err
	})
	if err := group.Wait(); err != nil {
		return err
	}
	return w.publish(ctx, t, *result, nil, "")
}

// stored is the sheet's record as it is in S3: most likely what was just written,
// else what another process wrote before.
func (w *Worker) stored(ctx context.Context, t *task) (*s3store.Sheet, error) {
	if known, ok := w.records.get(t.batch.Result(t.id)); ok {
		return known.record()
	}
	rec, _, err := w.existing(ctx, t)
	if err == nil && rec == nil {
		err = fmt.Errorf("result of sheet %s: was written and is not there", t.id)
	}
	return rec, err
}

// putRoster stores a list of students as the roster of one batch, so that it can
// be matched again later.
func (w *Worker) putRoster(ctx context.Context, key string, students []string) error {
	ro, err := roster.New(students...)
	if err != nil {
		return err
	}
	book := excelize.NewFile()
	defer book.Close()
	for i, s := range append([]roster.Student{{ID: "student_id"}}, ro.Students...) {
		if err := book.SetCellStr("Sheet1", fmt.Sprintf("A%d", i+1), s.ID); err != nil {
			return fmt.Errorf("write the roster: %w", err)
		}
	}
	body, err := book.WriteToBuffer()
	if err != nil {
		return fmt.Errorf("write the roster: %w", err)
	}
	if err := w.store.Put(ctx, key, body.Bytes(), s3store.TypeXLSX); err != nil {
		return err
	}
	w.rosters.keep(key, found{key: key, roster: ro, at: time.Now()})
	return nil
}

// takeOver has a sheet done for which somebody waited in vain: the process that
// read it was killed, or S3 or the queue was away.
func (w *Worker) takeOver(ctx context.Context, b s3store.Batch, job s3store.Job) error {
	keys, err := w.partKeys(ctx, b, job.Part)
	if err != nil {
		return err
	}
	return send(ctx, w.work, 0, sheetTasks(b, keys)...)
}

// ForgetRosters has rosters read from S3 again: one was uploaded or removed
// through this process. Others see it within 15 s.
func (w *Worker) ForgetRosters() { w.rosters.recent.Purge() }
