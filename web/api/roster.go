package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"hakbeon/exam"
	"hakbeon/recognizer/roster"
	"hakbeon/s3store"
	"hakbeon/s3store/layout"
)

type rosterForm struct {
	File     huma.FormFile `form:"file"      required:"true"  doc:"An .xlsx, .xls or .csv file with a column of student IDs."`
	ExamCode string        `form:"exam_code" required:"false" maxLength:"64" pattern:"^([A-Za-z0-9]([A-Za-z0-9_-]|\\.[A-Za-z0-9_-])*\\.?)?$"`
}

type rosterUpload struct {
	ExamCode string `query:"exam_code" maxLength:"64" pattern:"^([A-Za-z0-9]([A-Za-z0-9_-]|\\.[A-Za-z0-9_-])*\\.?)?$" doc:"The exam. Without one it is the roster of all exams that have none of their own."`
	RawBody  huma.MultipartFormFiles[rosterForm]
}

type rosterQuery struct {
	ExamCode string `query:"exam_code" maxLength:"64" pattern:"^([A-Za-z0-9]([A-Za-z0-9_-]|\\.[A-Za-z0-9_-])*\\.?)?$" doc:"The exam. Without one it is the roster of all exams that have none of their own."`
}

type rosterAnswer struct {
	Success  bool          `json:"success"`
	Filename string        `json:"filename"`
	Key      string        `json:"s3_key"`
	Count    int           `json:"student_count"`
	IDs      []string      `json:"student_ids" nullable:"false"`
	Skipped  []roster.Skip `json:"skipped"     nullable:"false" doc:"Rows that were not counted as a student of their own, each with its cell and what stands there."`
	Doubts   []exam.Detail `json:"doubts"     nullable:"false" doc:"What was decided and could have been meant otherwise, such as which column holds the IDs."`
	Message  string        `json:"message"`
}

type rosterOut struct{ Body rosterAnswer }

type deletedAnswer struct {
	Success bool   `json:"success"`
	Key     string `json:"s3_key"`
	Message string `json:"message"`
}

type deletedOut struct{ Body deletedAnswer }

func (s rosters) registerRosters() {
	op := func(method, path, id, summary string, errs ...int) huma.Operation {
		return huma.Operation{
			OperationID: id, Method: method, Path: path, Summary: summary, Tags: []string{"rosters"},
			Responses: problems(), Errors: append(errs, 401, 503),
		}
	}
	upload := op(http.MethodPost, "/upload-roster/", "upload-roster", "Store a roster", 400, 408, 413, 415, 429)
	upload.Middlewares = huma.Middlewares{s.form(s.opts.MaxRoster, "file", "exam_code")}
	huma.Register(s.api, upload, s.uploadRoster)
	s.needsForm(upload.Path)
	huma.Register(s.api, op(http.MethodGet, "/roster/", "get-roster", "The roster that an exam's sheets are matched against", 404), s.getRoster)
	huma.Register(s.api, op(http.MethodDelete, "/roster/", "delete-roster", "Remove a roster", 404), s.deleteRoster)
}

func rosterKey(exam string) string {
	if exam == "" {
		return layout.DefaultRosterKey
	}
	return layout.RosterKey(exam)
}

// uploadRoster stores only what can be used: what was there before stays else.
func (s rosters) uploadRoster(ctx context.Context, in *rosterUpload) (*rosterOut, error) {
	form := in.RawBody.Data()
	body, err := readFile(form.File, form.File.Size, s.opts.MaxRoster)
	if err != nil {
		return nil, err
	}
	ro, err := s.readRoster(ctx, body)
	if errors.Is(err, errBusy) {
		return nil, later(err.Error())
	}
	if err != nil {
		return nil, huma.NewError(http.StatusUnprocessableEntity, roster.Explain(err))
	}
	exam := firstOf(in.ExamCode, form.ExamCode)
	key := rosterKey(exam)
	if err := s.opts.Store.Put(s.opts.Scope(ctx, exam), key, body, s3store.TypeXLSX); err != nil {
		return nil, s.failed(ctx, "the roster could not be stored", err)
	}
	s.seen.forget()
	s.opts.RosterChanged()
	out := answerRoster(key, ro)
	if form.File.Filename != "" {
		out.Body.Filename = form.File.Filename
	}
	out.Body.Message = fmt.Sprintf("stored %d students as %s%s", len(ro.Students), key, noted(ro))
	return out, nil
}

func (s rosters) getRoster(ctx context.Context, in *rosterQuery) (*rosterOut, error) {
	key, ro, err := s.findRoster(s.opts.Scope(ctx, in.ExamCode), in.ExamCode)
	switch {
	case errors.Is(err, s3store.ErrNotFound):
		return nil, huma.NewError(http.StatusNotFound, "there is no such roster: upload one with POST /upload-roster/")
	case errors.Is(err, errBusy):
		return nil, later(err.Error())
	case errors.Is(err, roster.ErrFormat), errors.Is(err, roster.ErrNoIDs), errors.Is(err, roster.ErrTooLarge):
		return nil, huma.NewError(http.StatusConflict, "the roster in S3 can't be used: "+roster.Explain(err))
	case err != nil:
		return nil, s.failed(ctx, "the roster could not be read", err)
	}
	out := answerRoster(key, ro)
	out.Body.Message = fmt.Sprintf("%d students%s", len(ro.Students), noted(ro))
	return out, nil
}

// findRoster is the exam's own roster, else the one of all exams, as the worker
// looks for it; s3store.ErrNotFound if there is none.
func (s rosters) findRoster(ctx context.Context, exam string) (string, *roster.Roster, error) {
	for _, key := range layout.RosterKeys(exam) {
		obj, err := s.opts.Store.Get(ctx, key, s.opts.MaxRoster)
		if errors.Is(err, s3store.ErrNotFound) {
			continue
		}
		if err != nil {
			return key, nil, err
		}
		ro, err := s.readRoster(ctx, obj.Body)
		return key, ro, err
	}
	return "", nil, s3store.ErrNotFound
}

var errBusy = errors.New("other rosters are being read: try again")

// readRoster waits for its turn no longer than a sheet may take; then it is errBusy. Other
// errors are roster.Read's.
func (s rosters) readRoster(ctx context.Context, data []byte) (*roster.Roster, error) {
	ctx, cancel := context.WithTimeout(ctx, s.opts.ExtractTimeout)
	defer cancel()
	ro, err := s.opts.ReadRoster(ctx, data)
	if err != nil && errors.Is(err, ctx.Err()) {
		return nil, errBusy
	}
	return ro, err
}

func answerRoster(key string, ro *roster.Roster) *rosterOut {
	out := &rosterOut{Body: rosterAnswer{
		Success: true, Filename: path.Base(key), Key: key, Count: len(ro.Students), IDs: []string{}, Skipped: []roster.Skip{}, Doubts: []exam.Detail{},
	}}
	for _, student := range ro.Students {
		out.Body.IDs = append(out.Body.IDs, student.ID)
	}
	out.Body.Skipped = append(out.Body.Skipped, ro.Skipped...)
	out.Body.Doubts = append(out.Body.Doubts, ro.Doubts...)
	return out
}

// noted says at the end of a message what a person should look at.
func noted(ro *roster.Roster) string {
	var out strings.Builder
	for _, d := range ro.Notes().Sentences() {
		out.WriteString("; " + d.EN)
	}
	return out.String()
}

// deleteRoster removes the roster in each form that it lies in: what is left would
// count from then on.
func (s rosters) deleteRoster(ctx context.Context, in *rosterQuery) (*deletedOut, error) {
	ctx = s.opts.Scope(ctx, in.ExamCode)
	var there []string
	for _, key := range layout.OwnRosterKeys(in.ExamCode) {
		_, err := s.opts.Store.Get(ctx, key, s.opts.MaxRoster)
		switch {
		case err == nil, errors.Is(err, s3store.ErrTooLarge):
			there = append(there, key)
		case !errors.Is(err, s3store.ErrNotFound):
			return nil, s.failed(ctx, "the roster could not be removed", err)
		}
	}
	if len(there) == 0 {
		return nil, huma.NewError(http.StatusNotFound, "there is no such roster")
	}
	if err := s.opts.Store.Delete(ctx, there...); err != nil {
		return nil, s.failed(ctx, "the roster could not be removed", err)
	}
	s.seen.forget()
	s.opts.RosterChanged()
	out := &deletedOut{}
	out.Body.Success, out.Body.Key, out.Body.Message = true, there[0], "removed "+strings.Join(there, ", ")
	return out, nil
}
