package api

import (
	"context"
	"errors"
	"io"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"go.uber.org/zap"

	"hakbeon/s3store"
	"hakbeon/web/batch"
	"hakbeon/web/download"
	"hakbeon/web/export"
)

// ExportQuery says what is exported, and how. It is exported for huma, which sees no other
// embedded fields.
type ExportQuery struct {
	BatchPath
	Language string `query:"lang" enum:"en,ko" default:"en" doc:"The language of what stands beside the roster's own columns."`
	Pattern  string `query:"pattern" maxLength:"100" doc:"How a student's folder is called, {student_id}_{name} by default. Its fields are {student_id}, {name}, {department}, {exam_code} and {batch_id}."`
}

type studentsIn struct{ ExportQuery }

type papersIn struct {
	ExportQuery
	PDF bool `query:"pdf" doc:"One PDF for each student in place of a folder."`
}

func (s exports) registerExports() {
	op := func(id, file, kind, summary, description string) huma.Operation {
		responses := problems()
		responses["200"] = &huma.Response{
			Description: "The file", Content: map[string]*huma.MediaType{kind: {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}},
		}
		return huma.Operation{
			OperationID: id, Method: http.MethodGet, Path: "/exams/{exam_code}/batches/{batch_id}/" + file, Summary: summary, Tags: []string{"exams"},
			Description: description + " It is of the batch's last end; 409 before the first.", Responses: responses, Errors: []int{401, 403, 404, 409, 413, 429, 503},
		}
	}
	huma.Register(s.api, op("get-papers", "papers.zip", typeZIP, "All papers, by student",
		"A ZIP with a folder of each student's pages, students.csv, the report, and apart from them what is not settled. An answer that breaks off is no ZIP: ask again."), s.getPapers)
	huma.Register(s.api, op("get-students", "students.csv", "text/csv", "What came of each student",
		"The roster's own columns in their order, behind them state, confidence, files and folder; a line for each student of the roster."), s.getStudents)
}

const (
	typeZIP = "application/zip"
	typeCSV = "text/csv; charset=utf-8"
)

func (s exports) getPapers(ctx context.Context, in *papersIn) (*huma.StreamResponse, error) {
	x, err := s.openExport(ctx, in.ExportQuery, in.PDF)
	if err != nil {
		return nil, err
	}
	return s.download(x, download.File{Name: x.Name("papers.zip"), Type: typeZIP, Write: x.WriteZip}), nil
}

func (s exports) getStudents(ctx context.Context, in *studentsIn) (*huma.StreamResponse, error) {
	x, err := s.openExport(ctx, in.ExportQuery, false)
	if err != nil {
		return nil, err
	}
	return s.download(x, download.File{
		Name: x.Name("students.csv"), Type: typeCSV, Write: func(_ context.Context, w io.Writer) error { return x.WriteStudents(w) },
	}), nil
}

func (s exports) openExport(ctx context.Context, in ExportQuery, pdf bool) (*export.Export, error) {
	b := in.batch()
	x, err := s.opts.Exports.Open(s.opts.Scope(ctx, b.ExamCode), export.Request{Batch: b, Language: in.Language, Pattern: in.Pattern, PDF: pdf})
	switch {
	case errors.Is(err, export.ErrPattern):
		return nil, huma.NewError(http.StatusUnprocessableEntity, err.Error())
	case errors.Is(err, s3store.ErrNotFound):
		return nil, huma.NewError(http.StatusNotFound, "there is no such batch: a job that was just sent is one once a worker has taken it")
	case errors.Is(err, batch.ErrNotEnded):
		return nil, huma.NewError(http.StatusConflict, "the batch has not ended yet: ask again after batch.completed")
	case errors.Is(err, export.ErrTooMany):
		return nil, huma.NewError(http.StatusRequestEntityTooLarge, err.Error())
	case errors.Is(err, export.ErrBusy):
		return nil, huma.ErrorWithHeaders(huma.NewError(http.StatusTooManyRequests, err.Error()), http.Header{"Retry-After": {"60"}})
	case errors.Is(err, export.ErrChanging):
		return nil, later(err.Error())
	case err != nil:
		return nil, s.failed(ctx, "the batch could not be read", err)
	}
	return x, nil
}

// download sends what an export writes, and closes it.
func (s exports) download(x *export.Export, f download.File) *huma.StreamResponse {
	return &huma.StreamResponse{Body: func(ctx huma.Context) {
		defer x.Close()
		write := f.Write
		f.Write = func(ctx context.Context, w io.Writer) error { return write(s.opts.Scope(ctx, x.Batch.ExamCode), w) }
		r, w := humago.Unwrap(ctx)
		err := download.Send(w, r, f, func(err error) { s.log.Warn("an export broke off", zap.Error(err)) })
		if err != nil {
			s.log.Warn("an export could not begin", zap.Error(err))
			writeProblem(w, http.StatusServiceUnavailable, "the export could not begin: try again")
		}
	}}
}
