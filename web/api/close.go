package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"hakbeon/jobs"
)

type closeIn struct{ BatchPath }

type closeAnswer struct {
	Success bool   `json:"success"`
	Exam    string `json:"exam_code"`
	Batch   string `json:"batch_id"`
	Message string `json:"message"`
}

type closeOut struct{ Body closeAnswer }

func (s examsOf) registerClose() {
	huma.Register(s.api, huma.Operation{
		OperationID: "close-batch", Method: http.MethodPost, Path: "/exams/{exam_code}/batches/{batch_id}/close", DefaultStatus: http.StatusAccepted,
		Summary: "Say that an open batch has all of its sheets", Tags: []string{"exams"}, Responses: problems(),
		Description: "It ends when they are read: with its summary, its report and the event batch.completed. A sheet that comes later makes the next end.",
		Errors:      []int{401, 404, 409, 503},
	}, s.closeBatch)
}

func (s examsOf) closeBatch(ctx context.Context, in *closeIn) (*closeOut, error) {
	b := in.batch()
	ctx = s.opts.Scope(ctx, b.ExamCode)
	job, err := s.batchJob(ctx, s.view(b))
	if err != nil {
		return nil, err
	}
	if !job.Open {
		return nil, huma.NewError(http.StatusConflict, "this batch is not open: it ends by itself when its sheets are read")
	}
	if err := s.opts.Enqueue(ctx, &jobs.Close{ExamCode: b.ExamCode, BatchID: b.BatchID}); err != nil {
		return nil, s.failed(ctx, "the queue did not take it", err)
	}
	out := &closeOut{}
	out.Body.Success, out.Body.Exam, out.Body.Batch, out.Body.Message = true, b.ExamCode, b.BatchID, "on the queue"
	return out, nil
}
