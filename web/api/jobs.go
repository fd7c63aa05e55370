package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"hakbeon/jobs"
	"hakbeon/s3store/layout"
)

// jobBody is a message of the jobs queue, as it was sent; package jobs reads it.
type jobBody struct{ raw json.RawMessage }

// UnmarshalJSON implements json.Unmarshaler.
func (b *jobBody) UnmarshalJSON(raw []byte) error {
	b.raw = append(json.RawMessage(nil), raw...)
	return nil
}

// MarshalJSON implements json.Marshaler.
func (b jobBody) MarshalJSON() ([]byte, error) { return b.raw, nil }

// Schema implements huma.SchemaProvider.
func (b jobBody) Schema(huma.Registry) *huma.Schema { return jobSchema() }

type jobIn struct{ Body jobBody }

type jobAnswer struct {
	Success bool   `json:"success"`
	Exam    string `json:"exam_code"`
	Batch   string `json:"batch_id"`
	Bucket  string `json:"s3_bucket"`
	Results string `json:"results"     doc:"Where in S3 the results will be: sheets/{sheet}.json, summary.json, report.xlsx."`
	Status  string `json:"status_url"  doc:"Where to ask for progress and results; 404 until a worker has taken the job."`
	Message string `json:"message"`
}

type jobOut struct {
	Location string `header:"Location"`
	Body     jobAnswer
}

func (s *server) registerJobs() {
	huma.Register(s.api, huma.Operation{
		OperationID: "post-job", Method: http.MethodPost, Path: "/jobs", DefaultStatus: http.StatusAccepted,
		Summary: "Put a job on the queue", Tags: []string{"exams"}, Responses: problems(),
		Description: "The same message as on SQS. The answer comes when the queue has it.",
		// huma takes no body of exactly this size.
		MaxBodyBytes: jobs.MaxMessageBytes + 1, BodyReadTimeout: s.opts.BodyTimeout,
		Errors: []int{400, 401, 403, 408, 409, 413, 415, 503},
	}, s.postJob)
}

func (s *server) postJob(ctx context.Context, in *jobIn) (*jobOut, error) {
	msg, err := jobs.ParseJob(string(in.Body.raw))
	if err != nil {
		return nil, wrongJob(err)
	}
	b := layout.Batch{ExamCode: msg.Exam()}
	switch job := msg.(type) {
	case *jobs.Recognize:
		if job.CallbackURL != "" {
			if err := s.opts.CheckCallback(job.CallbackURL); err != nil {
				return nil, huma.NewError(http.StatusForbidden, "callback_url: "+err.Error())
			}
		}
		if job.DownloadURL != "" {
			if err := s.opts.CheckDownload(job.DownloadURL); err != nil {
				return nil, huma.NewError(http.StatusForbidden, "download_url: "+err.Error())
			}
		}
		if job.BatchID == "" && job.ManifestKey == "" {
			job.BatchID = jobs.DefaultBatchID(job.ExamCode, job.Keys, job.RosterKey)
		}
		if job.BatchID == "" {
			job.BatchID = jobs.DefaultBatchID(job.ExamCode, []string{job.ManifestKey}, job.RosterKey)
		}
		b.BatchID = job.BatchID
	case *jobs.Resolve:
		b.BatchID = job.BatchID
	case *jobs.Rematch:
		b.BatchID = job.BatchID
	case *jobs.Close:
		b.BatchID = job.BatchID
	case *jobs.Cancel:
		b.BatchID = job.BatchID
	}
	if err := s.opts.Enqueue(ctx, msg); err != nil {
		return nil, s.failed(ctx, "the queue did not take the job", err)
	}
	at := "/exams/" + b.ExamCode + "/batches/" + b.BatchID
	return &jobOut{Location: at, Body: jobAnswer{
		Success: true, Exam: b.ExamCode, Batch: b.BatchID, Bucket: s.opts.Health.Bucket,
		Results: b.Prefix(), Status: at, Message: "on the queue",
	}}, nil
}

// wrongJob: what the schema can't say, how fields depend on each other, is a
// conflict between them.
func wrongJob(err error) error {
	if field, ok := errors.AsType[*jobs.FieldError](err); ok {
		return huma.NewError(http.StatusConflict, err.Error(), &huma.ErrorDetail{Message: field.Should, Location: "body." + field.Field})
	}
	return huma.NewError(http.StatusUnprocessableEntity, err.Error())
}
