package page

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"

	"go.uber.org/zap"

	"hakbeon/web/batch"
	"hakbeon/web/download"
	"hakbeon/web/export"
)

// papers is the batch's papers as a ZIP: pdf=true makes a PDF of each student's, pattern
// names them.
func (h *Handler) papers(w http.ResponseWriter, r *http.Request) {
	h.export(w, r, "papers.zip", "application/zip", (*export.Export).WriteZip)
}

// studentsCSV is the list of students with what came of them.
func (h *Handler) studentsCSV(w http.ResponseWriter, r *http.Request) {
	h.export(w, r, "students.csv", "text/csv; charset=utf-8", func(x *export.Export, _ context.Context, w io.Writer) error { return x.WriteStudents(w) })
}

// export sends what write makes of an export, in the language of the browser.
func (h *Handler) export(w http.ResponseWriter, r *http.Request, name, kind string, write func(*export.Export, context.Context, io.Writer) error) {
	b, ok := batchOf(w, r)
	if !ok {
		return
	}
	pdf, _ := strconv.ParseBool(r.URL.Query().Get("pdf"))
	x, err := h.opts.Exports.Open(r.Context(), export.Request{Batch: b, Language: h.pages.lang(r), Pattern: r.URL.Query().Get("pattern"), PDF: pdf})
	if err != nil {
		h.noExport(w, r, err)
		return
	}
	defer x.Close()
	broken := func(err error) {
		h.opts.Log.Warn("an export broke off", zap.String("exam_code", b.ExamCode), zap.String("batch_id", b.BatchID), zap.Error(err))
	}
	err = download.Send(w, r, download.File{
		Name: x.Name(name), Type: kind, Write: func(ctx context.Context, w io.Writer) error { return write(x, ctx, w) },
	}, broken)
	if err != nil {
		h.unavailable(w, r, err)
	}
}

// noExport says to a person why there is nothing to take home, yet.
func (h *Handler) noExport(w http.ResponseWriter, r *http.Request, err error) {
	for _, known := range []struct {
		is     error
		status int
		korean string
	}{
		{export.ErrPattern, http.StatusUnprocessableEntity, "이름 형식을 쓸 수 없습니다. 쓸 수 있는 항목: {student_id}, {name}, {department}, {exam_code}, {batch_id}"},
		{batch.ErrNotEnded, http.StatusConflict, "배치가 아직 끝나지 않았습니다."},
		{export.ErrTooMany, http.StatusRequestEntityTooLarge, "답안이 너무 많아 한 번에 내려받을 수 없습니다."},
		{export.ErrBusy, http.StatusServiceUnavailable, "다른 내려받기가 진행 중입니다. 1분 뒤에 다시 시도하세요."},
		{export.ErrChanging, http.StatusServiceUnavailable, "배치를 다시 판정하는 중입니다. 1분 뒤에 다시 시도하세요."},
	} {
		if !errors.Is(err, known.is) {
			continue
		}
		text := err.Error()
		if h.pages.lang(r) == "ko" {
			text = known.korean
		}
		if known.status == http.StatusServiceUnavailable {
			w.Header().Set("Retry-After", "60")
		}
		http.Error(w, text, known.status)
		return
	}
	h.unavailable(w, r, err)
}
