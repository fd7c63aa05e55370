package api

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"golang.org/x/sync/errgroup"

	"hakbeon/s3store"
)

// readsAtOnce bounds the results that one request reads at the same time.
const readsAtOnce = 16

// BatchPath names a batch in an address. It is exported for huma, which sees no
// other embedded fields.
type BatchPath struct {
	Exam  string `path:"exam_code" maxLength:"64" pattern:"^[A-Za-z0-9]([A-Za-z0-9_-]|\\.[A-Za-z0-9_-])*\\.?$"`
	Batch string `path:"batch_id"  maxLength:"64" pattern:"^[A-Za-z0-9]([A-Za-z0-9_-]|\\.[A-Za-z0-9_-])*\\.?$"`
}

func (p BatchPath) batch() s3store.Batch { return s3store.Batch{ExamCode: p.Exam, BatchID: p.Batch} }

type batchIn struct {
	BatchPath
	Limit int    `query:"limit" minimum:"0" maximum:"1000" default:"100" doc:"How many results to list."`
	After string `query:"after" pattern:"^([0-9a-f]{16})?$" maxLength:"16" doc:"Lists the results after this sheet: the next of the answer before."`
}

type batchAnswer struct {
	Success bool             `json:"success"`
	Exam    string           `json:"exam_code"`
	Batch   string           `json:"batch_id"`
	Status  string           `json:"status"  enum:"processing,completed"`
	Files   int              `json:"files"   doc:"How many keys the batch has. A file of several pages is several sheets."`
	Done    int              `json:"done"    doc:"How many sheets have a result."`
	Summary *s3store.Summary `json:"summary,omitempty" doc:"The batch's end without its lists; left out before it. Its s3_keys name the whole of it."`
	Sheets  []s3store.Result `json:"sheets"  nullable:"false" doc:"Results, ordered by sheet."`
	Next    *string          `json:"next"    doc:"The after of the next request; null at the end."`
}

type batchOut struct{ Body batchAnswer }

func (s *server) registerBatches() {
	huma.Register(s.api, huma.Operation{
		OperationID: "get-batch", Method: http.MethodGet, Path: "/exams/{exam_code}/batches/{batch_id}",
		Summary: "A batch's progress and results", Tags: []string{"exams"}, Responses: problems(),
		Errors: []int{401, 404, 503},
	}, s.getBatch)
}

func (s *server) getBatch(ctx context.Context, in *batchIn) (*batchOut, error) {
	b := in.batch()
	ctx = s.opts.Scope(ctx, b.ExamCode)
	job, err := s.batchJob(ctx, b)
	if err != nil {
		return nil, err
	}
	sheets, err := s.sheetIDs(ctx, b)
	if err != nil {
		return nil, err
	}
	answer := batchAnswer{
		Success: true, Exam: b.ExamCode, Batch: b.BatchID, Status: "processing", Files: job.Total, Done: len(sheets),
	}
	if answer.Summary, err = s.summary(ctx, b); err != nil {
		return nil, err
	}
	if answer.Summary != nil {
		answer.Status = "completed"
	}
	page, more := window(sheets, in.After, in.Limit)
	if answer.Sheets, err = s.results(ctx, b, page); err != nil {
		return nil, err
	}
	if more {
		answer.Next = &page[len(page)-1]
	}
	return &batchOut{Body: answer}, nil
}

func (s *server) batchJob(ctx context.Context, b s3store.Batch) (s3store.Job, error) {
	var job s3store.Job
	_, err := s.opts.Store.Load(ctx, b.Job(), &job)
	if errors.Is(err, s3store.ErrNotFound) {
		return job, huma.NewError(http.StatusNotFound, "there is no such batch: a job that was just sent is one once a worker has taken it")
	}
	if err != nil {
		return job, s.failed(ctx, "the batch could not be read", err)
	}
	return job, nil
}

// sheetIDs are the sheets that have a result, in order.
func (s *server) sheetIDs(ctx context.Context, b s3store.Batch) ([]string, error) {
	var ids []string
	prefix := b.Prefix() + "sheets/"
	for info, err := range s.opts.Store.List(ctx, prefix) {
		if err != nil {
			return nil, s.failed(ctx, "the batch could not be read", err)
		}
		ids = append(ids, strings.TrimSuffix(strings.TrimPrefix(info.Key, prefix), ".json"))
	}
	return ids, nil
}

// window is the part of the sheets after one of them, and whether there are more.
func window(sheets []string, after string, limit int) ([]string, bool) {
	from := 0
	for from < len(sheets) && sheets[from] <= after {
		from++
	}
	to := min(from+limit, len(sheets))
	return sheets[from:to], to < len(sheets) && to > from
}

func (s *server) results(ctx context.Context, b s3store.Batch, sheets []string) ([]s3store.Result, error) {
	results := make([]s3store.Result, len(sheets))
	group, groupCtx := errgroup.WithContext(ctx)
	group.SetLimit(readsAtOnce)
	for i, sheet := range sheets {
		group.Go(func() error {
			_, err := s.opts.Store.Load(groupCtx, b.Result(sheet), &results[i])
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, s.failed(ctx, "the results could not be read", err)
	}
	return results, nil
}

func (s *server) summary(ctx context.Context, b s3store.Batch) (*s3store.Summary, error) {
	var sum s3store.Summary
	_, err := s.opts.Store.Load(ctx, b.Summary(), &sum)
	if errors.Is(err, s3store.ErrNotFound) {
		return nil, nil //nolint:nilnil // a batch has no summary before its end
	}
	if err != nil {
		return nil, s.failed(ctx, "the summary could not be read", err)
	}
	sum.Sheets, sum.MissingIDs = nil, nil
	return &sum, nil
}
