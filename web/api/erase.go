package api

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"hakbeon/s3store"
	"hakbeon/web/erase"
)

// eraseTime is how long the removal of an exam may take: a thousand objects a second or so.
const eraseTime = 10 * time.Minute

type eraseIn struct {
	Exam    string `path:"exam_code" maxLength:"64" pattern:"^[A-Za-z0-9]([A-Za-z0-9_-]|\\.[A-Za-z0-9_-])*\\.?$"`
	Confirm string `query:"confirm" required:"true" maxLength:"64" doc:"The exam's code once more."`
	Force   bool   `query:"force" doc:"Also while a batch of the exam is being read. What a worker writes afterwards stays."`
}

type eraseAnswer struct {
	Success bool   `json:"success"`
	Exam    string `json:"exam_code"`
	Removed int    `json:"removed" doc:"How many objects were removed."`
	Message string `json:"message"`
}

type eraseOut struct{ Body eraseAnswer }

func (s examsOf) registerErase() {
	huma.Register(s.api, huma.Operation{
		OperationID: "delete-exam", Method: http.MethodDelete, Path: "/exams/{exam_code}",
		Summary: "Delete an exam", Tags: []string{"exams"}, Responses: problems(), Errors: []int{400, 401, 403, 404, 409, 503},
		Description: "Removes all that S3 holds of the exam: uploads, filed papers, results, rosters. It can't be undone, but where " +
			"the bucket keeps versions. An answer that does not come may be asked for again. The worker's role needs the right to delete there.",
		Middlewares: huma.Middlewares{patient},
	}, s.deleteExam)
}

// patient lets an answer take as long as the removal of an exam.
func patient(ctx huma.Context, next func(huma.Context)) {
	_, w := humago.Unwrap(ctx)
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(eraseTime)) // a test's recorder has none
	next(ctx)
}

func (s examsOf) deleteExam(ctx context.Context, in *eraseIn) (*eraseOut, error) {
	if in.Confirm != in.Exam {
		return nil, huma.NewError(http.StatusBadRequest, "confirm: should be the exam's code once more")
	}
	ctx, cancel := context.WithTimeout(s.opts.Scope(ctx, in.Exam), eraseTime)
	defer cancel()
	removed, err := erase.Exam(ctx, s.opts.Store, in.Exam, in.Force)
	switch {
	case errors.Is(err, erase.ErrNothing):
		return nil, huma.NewError(http.StatusNotFound, err.Error())
	case errors.Is(err, erase.ErrOpen):
		return nil, huma.NewError(http.StatusConflict, err.Error())
	case s3store.Denied(err):
		return nil, huma.NewError(http.StatusForbidden, "the worker's role may not delete exams: docs/operations.md says which right it needs")
	case err != nil:
		return nil, s.failed(ctx, "the exam was not deleted as a whole: try again", err)
	}
	s.seen.forget()
	s.opts.RosterChanged()
	out := &eraseOut{}
	out.Body.Success, out.Body.Exam, out.Body.Removed, out.Body.Message = true, in.Exam, removed, "deleted"
	return out, nil
}
