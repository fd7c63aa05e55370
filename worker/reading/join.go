package reading

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"path"
	"strings"

	"golang.org/x/sync/errgroup"

	"hakbeon/exam"
	"hakbeon/jobs"
	"hakbeon/s3store"
	"hakbeon/s3store/layout"
	"hakbeon/worker/archive"
	"hakbeon/worker/intake"
)

// Batches are the open batches that a sheet may join; intake.Intake is one.
type Batches interface {
	Join(ctx context.Context, want exam.Job) (there exam.Job, first bool, err error)
	Add(ctx context.Context, job exam.Job, key string, first bool) error
}

// joinOpen stores the upload and adds it to the open batch that it names. The same file
// under the same name is the same sheet: who has lost an answer sends it again.
func (p *reception) joinOpen(ctx context.Context, up Upload) (*task, fetched, error) {
	b := layout.Batch{ExamCode: up.ExamCode, BatchID: up.BatchID}
	file := fetched{data: up.Image}
	want := intake.NewJob(&jobs.Recognize{ExamCode: b.ExamCode, BatchID: b.BatchID, Open: true, BatchTotal: up.Total}, nil, "", p.Clock.Now())
	if len(up.Students) > 0 {
		want.RosterKey = b.ScansOf() + "roster-" + digest([]byte(strings.Join(up.Students, "\n"))) + ".xlsx"
	}
	job, first, err := p.batches.Join(ctx, want)
	if err != nil {
		return nil, file, err
	}
	key := uploadIn(b, up)
	group, groupCtx := errgroup.WithContext(ctx)
	group.Go(func() (err error) {
		file.etag, err = p.createOrFind(groupCtx, key, up.Image)
		return err
	})
	if first && want.RosterKey != "" {
		group.Go(func() error { return p.putRoster(groupCtx, want.RosterKey, up.Students) })
	}
	if err := group.Wait(); err != nil {
		return nil, file, err
	}
	// From here on the sheet exists for others.
	if err := p.batches.Add(ctx, job, key, first); err != nil {
		return nil, file, err
	}
	return &task{
		batch: b, job: job, id: jobs.SheetID(b.ExamCode, b.BatchID, key, 1), key: key, page: 1, awaited: true, timings: map[string]float64{},
	}, file, nil
}

// uploadIn is where an upload lies that joins a batch: among what came by HTTP, of which
// S3's own word is passed over.
func uploadIn(b layout.Batch, up Upload) string {
	name := layout.UploadKey(b.ExamCode, layout.HTTPBatch+b.BatchID, up.Filename)
	return b.ScansOf() + digest(up.Image) + "/" + path.Base(name)
}

func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:8])
}

// createOrFind stores an upload whose key follows from what it is.
func (p *reception) createOrFind(ctx context.Context, key string, image []byte) (etag string, err error) {
	etag, err = p.Store.Create(ctx, key, image, s3store.TypeBinary)
	if !errors.Is(err, s3store.ErrExists) {
		return etag, err
	}
	info, err := p.Store.Head(ctx, key)
	return info.ETag, err
}

// maxCrop bounds the crop of an earlier answer that is given again.
const maxCrop = 8 << 20

// before is the result of a sheet that came before, with its crop; nil of a new one.
func (p *Pipeline) before(ctx context.Context, t *task) (*Extraction, error) {
	rec, _, err := p.Archive.Sheet(ctx, t.batch, t.id, archive.Current)
	if err != nil || rec == nil || rec.Meta.Stage == exam.StageDeadline {
		return nil, err
	}
	out := &Extraction{Result: rec.Result}
	if key := rec.Meta.S3Keys.Header; key != nil {
		crop, err := p.Store.Get(ctx, *key, maxCrop)
		if err == nil {
			out.Header = crop.Body
		} else if !errors.Is(err, s3store.ErrNotFound) { // a newer version names others
			return nil, err
		}
	}
	return out, p.alreadyDone(ctx, t, rec)
}
