package page

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"

	"go.uber.org/zap"

	"hakbeon/s3store"
	"hakbeon/s3store/layout"
	"hakbeon/web/batch"
)

const (
	maxCropBytes   = 16 << 20
	maxReportBytes = 256 << 20
)

func (h *Handler) view(b layout.Batch) batch.View { return batch.View{Batch: b, Store: h.opts.Store} }

var sheetPattern = regexp.MustCompile(`^[0-9a-f]{16}$`)

// crop is a sheet's header crop. Its address has the version, so that the browser
// may keep it.
func (h *Handler) crop(w http.ResponseWriter, r *http.Request) {
	b, ok := batchOf(w, r)
	if !ok {
		return
	}
	id := r.PathValue("sheet")
	if !sheetPattern.MatchString(id) {
		http.NotFound(w, r)
		return
	}
	var known *sheet
	if watch := h.hub.known(b); watch != nil {
		known = watch.sheet(id)
	}
	if known == nil || known.header == "" {
		result, err := h.view(b).Result(r.Context(), id)
		if err != nil {
			h.unavailable(w, r, err)
			return
		}
		known = newSheet(result)
	}
	if known.header == "" {
		http.NotFound(w, r)
		return
	}
	obj, err := h.opts.Store.Get(r.Context(), known.header, maxCropBytes)
	if err != nil {
		h.unavailable(w, r, err)
		return
	}
	w.Header().Set("Cache-Control", "private, max-age=3600, immutable")
	w.Header().Set("Content-Type", s3store.TypeJPEG)
	_, _ = w.Write(obj.Body) // the browser may be gone
}

// report is the batch's workbook.
func (h *Handler) report(w http.ResponseWriter, r *http.Request) {
	b, ok := batchOf(w, r)
	if !ok {
		return
	}
	epoch, err := h.view(b).Epoch(r.Context())
	if err != nil {
		h.unavailable(w, r, err)
		return
	}
	obj, err := h.opts.Store.Get(r.Context(), b.Report(), maxReportBytes)
	if err != nil {
		h.unavailable(w, r, err)
		return
	}
	w.Header().Set("Content-Type", s3store.TypeXLSX)
	w.Header().Set("Content-Disposition", fmt.Sprintf(`attachment; filename="%s-%s-v%d.xlsx"`, b.ExamCode, b.BatchID, epoch))
	_, _ = w.Write(obj.Body) // the browser may be gone
}

// unavailable says that something is missing or that the bucket does not answer;
// the log has the rest.
func (h *Handler) unavailable(w http.ResponseWriter, r *http.Request, err error) {
	if r.Context().Err() != nil {
		return
	}
	if errors.Is(err, s3store.ErrNotFound) {
		http.NotFound(w, r)
		return
	}
	h.opts.Log.Warn("the review page could not read the bucket", zap.String("exam_code", r.PathValue("exam")),
		zap.String("batch_id", r.PathValue("batch")), zap.Error(err))
	http.Error(w, "the bucket does not answer: try again", http.StatusServiceUnavailable)
}
