package page

import (
	"errors"
	"net/http"
	"time"

	"go.uber.org/zap"

	"hakbeon/internal/apikey"
	"hakbeon/jobs"
	"hakbeon/s3store"
	"hakbeon/web/auth"
	"hakbeon/web/erase"
)

// eraseTime is how long the removal of an exam may take.
const eraseTime = 10 * time.Minute

// erase removes an exam whose code was typed once more.
func (h bringing) erase(w http.ResponseWriter, r *http.Request) {
	code := r.PathValue("exam")
	if !jobs.ValidCode(code) {
		http.Error(w, "no such exam", http.StatusNotFound)
		return
	}
	if !auth.SessionOf(r.Context()).May(apikey.Delete) {
		http.Error(w, "this session may not delete exams", http.StatusForbidden)
		return
	}
	if r.URL.Query().Get("confirm") != code {
		http.Error(w, "type the exam's code", http.StatusBadRequest)
		return
	}
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(eraseTime)) // a test's recorder has none
	_, err := h.opts.Erase(r.Context(), code, r.URL.Query().Get("force") == "1")
	switch {
	case errors.Is(err, erase.ErrNothing):
		http.Error(w, err.Error(), http.StatusNotFound)
	case errors.Is(err, erase.ErrOpen):
		http.Error(w, err.Error(), http.StatusConflict)
	case s3store.Denied(err):
		http.Error(w, "the worker's role may not delete exams: docs/operations.md says which right it needs", http.StatusForbidden)
	case err != nil:
		h.opts.Log.Warn("an exam was not deleted as a whole", zap.String("exam_code", code), zap.Error(err))
		http.Error(w, "not all of it was deleted: try again", http.StatusServiceUnavailable)
	default:
		h.exams.forget()
		w.WriteHeader(http.StatusNoContent)
	}
}
