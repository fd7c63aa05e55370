package reading

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/xuri/excelize/v2"
	"golang.org/x/sync/errgroup"

	"hakbeon/exam"
	"hakbeon/jobs"
	"hakbeon/recognizer/roster"
	"hakbeon/s3store"
	"hakbeon/s3store/credentials"
	"hakbeon/s3store/layout"
	"hakbeon/worker/archive"
	"hakbeon/worker/intake"
	"hakbeon/worker/queue"
	"hakbeon/worker/rosters"
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
	// BatchID is the open batch that the sheet joins, begun if there is none; "" makes it
	// a batch of its own. Total is how many sheets that batch will have, 0 if nobody says.
	BatchID string
	Total   int
}

// Extraction is the answer to an Upload.
type Extraction struct {
	Result exam.Result
	Header []byte // the crop that shows the ID, as JPEG; nil if the sheet could not be read
	Page   []byte // the page as it was filed: of an image the upload itself
}

// Extract reads one sheet at once. It takes the way of a sheet from the queue, as a batch
// of one or as one more of an open batch; an *intake.NotJoinedError says that it can't be.
// The upload and the batch's records come first, the result lies in S3 when the answer is
// given, and its webhook and the batch's end follow.
// It waits for a slot of the CPU stage like any other sheet, first come first
// served; how many wait at once is for the caller to bound. It is safe for
// concurrent use.
func (p *Pipeline) Extract(ctx context.Context, up Upload) (*Extraction, error) {
	ctx, leave, err := p.visits.enter(credentials.ForExam(ctx, up.ExamCode))
	if err != nil {
		return nil, err
	}
	defer leave()
	if err := p.opts.Ready(); err != nil {
		return nil, err
	}
	admit := p.reception.admit
	if up.BatchID != "" {
		admit = p.reception.joinOpen
	}
	t, file, err := admit(ctx, up)
	if err != nil {
		return nil, err
	}
	if up.BatchID != "" {
		if known, err := p.before(ctx, t); err != nil || known != nil {
			return known.with(up.Image), err
		}
	}
	err = p.extractHeld(ctx, t, file)
	if errors.Is(err, queue.ErrHandBack) {
		err = ErrStopping
	}
	if err != nil {
		return nil, err
	}
	// Most likely it is what was just written, else what another process wrote before.
	rec, _, err := p.Archive.Sheet(ctx, t.batch, t.id, archive.Own)
	if err == nil && rec == nil {
		err = fmt.Errorf("result of sheet %s: was written and is not there", t.id)
	}
	if err != nil {
		return nil, err
	}
	out := (&Extraction{Result: rec.Result, Header: t.crop}).with(up.Image)
	if len(t.filed) > 0 {
		out.Page = t.filed[0]
	}
	return out, nil
}

// reception takes uploads in.
type reception struct {
	*Parts
	batches Batches // that they may join
}

// admit stores the upload and makes it a batch of one. Only then, with a finish
// message, does the sheet exist for others: if this process dies from now on,
// another one does it.
func (p *reception) admit(ctx context.Context, up Upload) (*task, fetched, error) {
	b := layout.Batch{ExamCode: up.ExamCode, BatchID: layout.HTTPBatch + uuid.NewString()}
	key := layout.UploadKey(up.ExamCode, b.BatchID, up.Filename)
	keys := []string{key}
	job := intake.NewJob(&jobs.Recognize{ExamCode: b.ExamCode, BatchID: b.BatchID, Keys: keys}, keys, jobs.PartID(keys), p.Clock.Now())
	job.Immediate = true
	file := fetched{data: up.Image}
	group, groupCtx := errgroup.WithContext(ctx)
	group.Go(func() (err error) {
		file.etag, err = p.Store.Create(groupCtx, key, up.Image, s3store.TypeBinary)
		return err
	})
	if len(up.Students) > 0 {
		job.RosterKey = layout.UploadKey(up.ExamCode, b.BatchID, "roster.xlsx")
		group.Go(func() error { return p.putRoster(groupCtx, job.RosterKey, up.Students) })
	}
	group.Go(func() error { return p.Archive.KeepPart(groupCtx, b, job.Part, exam.Part{Keys: keys}) })
	group.Go(func() error {
		_, _, err := p.Archive.CreateJob(groupCtx, b, job)
		return err
	})
	if err := group.Wait(); err != nil {
		return nil, file, fmt.Errorf("store the upload: %w", err)
	}
	t := &task{
		batch: b, job: job, id: jobs.SheetID(b.ExamCode, b.BatchID, key, 1), key: key, page: 1, awaited: true, timings: map[string]float64{},
	}
	return t, file, nil
}

// with adds the page to an answer, if there is one.
func (x *Extraction) with(page []byte) *Extraction {
	if x != nil {
		x.Page = page
	}
	return x
}

// extractHeld is extract for a sheet that the batch's end waits for.
func (p *Pipeline) extractHeld(ctx context.Context, t *task, file fetched) (err error) {
	defer p.held(ctx, t)(&err)
	defer p.takeBack(ctx, t)
	return p.extract(ctx, t, file)
}

// extract reads, files and publishes the sheet; meanwhile the batch's net is
// spread.
func (p *Pipeline) extract(ctx context.Context, t *task, file fetched) error {
	group, groupCtx := errgroup.WithContext(ctx)
	if t.job.Immediate { // an open batch's is spread by who adds the key
		group.Go(func() error { return p.Outbox.Arm(groupCtx, t.batch, 0, p.opts.FinishDelay) })
	}
	m := &queue.Message{Sent: p.Clock.Now(), Receives: 1}
	var result *exam.Result
	group.Go(func() error {
		match, err := p.match(groupCtx, t)
		if err != nil {
			return err
		}
		result, err = p.makeFrom(groupCtx, m, t, match, file)
		return err
	})
	if err := group.Wait(); err != nil {
		return err
	}
	return p.publish(ctx, t, *result, nil, "")
}

// putRoster stores a list of students as the roster of one batch, so that it can
// be matched again later.
func (p *reception) putRoster(ctx context.Context, key string, students []string) error {
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
	if err := p.Store.Put(ctx, key, body.Bytes(), s3store.TypeXLSX); err != nil {
		return err
	}
	p.Rosters.Keep(key, rosters.Found{Key: key, Roster: ro, At: time.Now()})
	return nil
}
