package api

import (
	"context"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"hakbeon/exam"
	"hakbeon/s3store"
	"hakbeon/s3store/layout"
	"hakbeon/web/batch"
)

// BatchPath names a batch in an address. It is exported for huma, which sees no
// other embedded fields.
type BatchPath struct {
	Exam  string `path:"exam_code" maxLength:"64" pattern:"^[A-Za-z0-9]([A-Za-z0-9_-]|\\.[A-Za-z0-9_-])*\\.?$"`
	Batch string `path:"batch_id"  maxLength:"64" pattern:"^[A-Za-z0-9]([A-Za-z0-9_-]|\\.[A-Za-z0-9_-])*\\.?$"`
}

func (p BatchPath) batch() layout.Batch { return layout.Batch{ExamCode: p.Exam, BatchID: p.Batch} }

type batchIn struct {
	BatchPath
	Limit int    `query:"limit" minimum:"0" maximum:"1000" default:"100" doc:"How many results to list."`
	After string `query:"after" pattern:"^([0-9a-f]{16})?$" maxLength:"16" doc:"Lists the results after this sheet: the next of the answer before."`
}

type batchAnswer struct {
	Success bool          `json:"success"`
	Exam    string        `json:"exam_code"`
	Batch   string        `json:"batch_id"`
	Status  string        `json:"status"  enum:"processing,completed"`
	Files   int           `json:"files"   doc:"How many keys the batch has; of an open batch, how many sheets have a result, unless batch_total was said. A file of several pages is several sheets."`
	Done    int           `json:"done"    doc:"How many sheets have a result."`
	Summary *exam.Summary `json:"summary,omitempty" doc:"The batch's end without its lists; left out before it. Its s3_keys name the whole of it."`
	Sheets  []exam.Result `json:"sheets"  nullable:"false" doc:"Results, ordered by sheet."`
	Next    *string       `json:"next"    doc:"The after of the next request; null at the end."`
}

type batchOut struct{ Body batchAnswer }

func (s examsOf) registerBatches() {
	huma.Register(s.api, huma.Operation{
		OperationID: "get-batch", Method: http.MethodGet, Path: "/exams/{exam_code}/batches/{batch_id}",
		Summary: "A batch's progress and results", Tags: []string{"exams"}, Responses: problems(),
		Errors: []int{401, 404, 503},
	}, s.getBatch)
}

func (s examsOf) getBatch(ctx context.Context, in *batchIn) (*batchOut, error) {
	b := in.batch()
	ctx = s.opts.Scope(ctx, b.ExamCode)
	view := s.view(b)
	job, err := s.batchJob(ctx, view)
	if err != nil {
		return nil, err
	}
	sheets, err := view.IDs(ctx)
	if err != nil {
		return nil, s.failed(ctx, "the batch could not be read", err)
	}
	answer := batchAnswer{
		Success: true, Exam: b.ExamCode, Batch: b.BatchID, Status: "processing", Files: max(job.Total, len(sheets)), Done: len(sheets),
	}
	if answer.Summary, err = view.Summary(ctx); err != nil {
		return nil, s.failed(ctx, "the summary could not be read", err)
	}
	if answer.Summary != nil {
		answer.Status = "completed"
		answer.Summary.Sheets, answer.Summary.MissingIDs = nil, nil
	}
	page, more := window(sheets, in.After, in.Limit)
	loaded, err := view.Results(ctx, page)
	if err != nil {
		return nil, s.failed(ctx, "the results could not be read", err)
	}
	answer.Sheets = make([]exam.Result, len(loaded))
	for i, l := range loaded {
		answer.Sheets[i] = l.Result
	}
	if more {
		answer.Next = &page[len(page)-1]
	}
	return &batchOut{Body: answer}, nil
}

func (s *server) view(b layout.Batch) batch.View { return batch.View{Batch: b, Store: s.opts.Store} }

func (s *server) batchJob(ctx context.Context, view batch.View) (*exam.Job, error) {
	job, err := view.Job(ctx)
	if errors.Is(err, s3store.ErrNotFound) {
		return nil, huma.NewError(http.StatusNotFound, "there is no such batch: a job that was just sent is one once a worker has taken it")
	}
	if err != nil {
		return nil, s.failed(ctx, "the batch could not be read", err)
	}
	return job, nil
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
