package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"hakbeon/exam"
	"hakbeon/s3store"
)

type examsIn struct {
	Limit int `query:"limit" minimum:"1" maximum:"500" default:"100" doc:"How many exams are looked at, in the order of their codes."`
}

// batchBegun is a batch as a list has it.
type batchBegun struct {
	Batch   string    `json:"batch_id"`
	Created time.Time `json:"created_at"`
	Files   int       `json:"files" doc:"How many keys the batch has."`
}

func begun(job exam.Job) batchBegun {
	return batchBegun{Batch: job.BatchID, Created: job.CreatedAt, Files: job.Total}
}

type examListed struct {
	Exam    string        `json:"exam_code"`
	Batches int           `json:"batches" doc:"How many batches it has, at most 200 being counted."`
	Newest  batchBegun    `json:"newest"  doc:"The batch that was begun last: the one that counts."`
	Status  string        `json:"status"  enum:"processing,completed"`
	Done    int           `json:"done"    doc:"How many sheets of the newest batch have a result."`
	Summary *exam.Summary `json:"summary,omitempty" doc:"The newest batch's end without its lists; left out before it."`
}

type examsAnswer struct {
	Success bool         `json:"success"`
	Exams   []examListed `json:"exams" nullable:"false" doc:"The newest first."`
	More    bool         `json:"more"  doc:"There are exams beyond the limit."`
}

type examsOut struct{ Body examsAnswer }

type examPath struct {
	Exam string `path:"exam_code" maxLength:"64" pattern:"^[A-Za-z0-9]([A-Za-z0-9_-]|\\.[A-Za-z0-9_-])*\\.?$"`
}

type examBatchesAnswer struct {
	Success bool         `json:"success"`
	Exam    string       `json:"exam_code"`
	Batches []batchBegun `json:"batches" nullable:"false" doc:"The newest first, at most 200: the first one counts."`
}

type examBatchesOut struct{ Body examBatchesAnswer }

func (s examsOf) registerExams() {
	op := func(id, path, summary string) huma.Operation {
		return huma.Operation{
			OperationID: id, Method: http.MethodGet, Path: path, Summary: summary, Tags: []string{"exams"}, Responses: problems(),
			Errors: []int{401, 403, 503},
		}
	}
	huma.Register(s.api, op("list-exams", "/exams", "The exams and how far each is"), s.listExams)
	huma.Register(s.api, op("list-batches", "/exams/{exam_code}/batches", "The batches of an exam"), s.listBatches)
}

func (s examsOf) listExams(ctx context.Context, in *examsIn) (*examsOut, error) {
	all, more, err := s.exams.All(ctx, in.Limit)
	if s3store.Denied(err) {
		return nil, huma.NewError(http.StatusForbidden, "these credentials may not list the exams: ask for one by its code")
	}
	if err != nil {
		return nil, s.failed(ctx, "the exams could not be listed", err)
	}
	out := &examsOut{}
	out.Body.Success, out.Body.More, out.Body.Exams = true, more, make([]examListed, len(all))
	for i, e := range all {
		one := examListed{Exam: e.Code, Batches: e.Batches, Newest: begun(e.Newest), Status: "processing", Done: e.Done, Summary: e.Summary}
		if e.Summary != nil {
			one.Status, one.Done = "completed", e.Summary.Total
		}
		out.Body.Exams[i] = one
	}
	return out, nil
}

func (s examsOf) listBatches(ctx context.Context, in *examPath) (*examBatchesOut, error) {
	list, err := s.exams.Batches(s.opts.Scope(ctx, in.Exam), in.Exam)
	if err != nil {
		return nil, s.failed(ctx, "the batches could not be listed", err)
	}
	out := &examBatchesOut{}
	out.Body.Success, out.Body.Exam, out.Body.Batches = true, in.Exam, make([]batchBegun, len(list))
	for i, job := range list {
		out.Body.Batches[i] = begun(job)
	}
	return out, nil
}
