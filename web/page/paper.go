package page

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"hakbeon/exam"
	"hakbeon/recognizer/imagefile"
	"hakbeon/s3store"
	"hakbeon/web/paper"
)

// sheetOf is the result of the sheet that the request's path names; false after it has
// been refused.
func (h *Handler) sheetOf(w http.ResponseWriter, r *http.Request) (*exam.Result, bool) {
	b, ok := batchOf(w, r)
	if !ok {
		return nil, false
	}
	id := r.PathValue("sheet")
	if !sheetPattern.MatchString(id) || h.opts.Papers == nil {
		http.NotFound(w, r)
		return nil, false
	}
	result, err := h.view(b).Result(r.Context(), id)
	if err != nil {
		h.unavailable(w, r, err)
		return nil, false
	}
	return &result.Result, true
}

// marks say where on the page what was read stands.
func (h *Handler) marks(w http.ResponseWriter, r *http.Request) {
	result, ok := h.sheetOf(w, r)
	if !ok {
		return
	}
	marks, err := h.opts.Papers.Marks(r.Context(), result)
	if err != nil {
		h.unavailable(w, r, err)
		return
	}
	keep(w)
	answer(w, http.StatusOK, marks)
}

// paperPage is a page of the sheet: for a screen or, with size=full, as it was scanned.
func (h *Handler) paperPage(w http.ResponseWriter, r *http.Request) {
	page, err := strconv.Atoi(r.PathValue("page"))
	if err != nil {
		http.NotFound(w, r)
		return
	}
	size := paper.Screen
	if r.URL.Query().Get("size") == "full" {
		size = paper.Full
	}
	h.picture(w, r, func(ctx context.Context, result *exam.Result) ([]byte, error) {
		return h.opts.Papers.Page(ctx, result, page, size)
	})
}

// paperPart is what was read, close up: "id" or "name".
func (h *Handler) paperPart(w http.ResponseWriter, r *http.Request) {
	h.picture(w, r, func(ctx context.Context, result *exam.Result) ([]byte, error) {
		return h.opts.Papers.Part(ctx, result, r.PathValue("part"))
	})
}

func (h *Handler) picture(w http.ResponseWriter, r *http.Request, of func(context.Context, *exam.Result) ([]byte, error)) {
	result, ok := h.sheetOf(w, r)
	if !ok {
		return
	}
	jpeg, err := of(r.Context(), result)
	switch {
	case errors.Is(err, paper.ErrNone):
		http.NotFound(w, r)
	case errors.Is(err, imagefile.ErrUnreadable), errors.Is(err, imagefile.ErrTooLarge):
		http.Error(w, imagefile.Detail(err).EN, http.StatusUnprocessableEntity)
	case err != nil:
		h.unavailable(w, r, err)
	default:
		keep(w)
		w.Header().Set("Content-Type", s3store.TypeJPEG)
		_, _ = w.Write(jpeg) // the browser may be gone
	}
}

// keep lets the browser keep what can't change: a sheet's paper, and what was read of it.
func keep(w http.ResponseWriter) { w.Header().Set("Cache-Control", "private, max-age=3600, immutable") }
