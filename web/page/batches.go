package page

import (
	"encoding/json"
	"net/http"
	"time"

	"hakbeon/jobs"
)

// choice is a line of the list of batches.
type choice struct {
	ID      string    `json:"id"`
	Started time.Time `json:"started"`
	Files   int       `json:"files"`
}

// batches lists the exam's, the newest first.
func (h *Handler) batches(w http.ResponseWriter, r *http.Request) {
	exam := r.PathValue("exam")
	if !jobs.ValidCode(exam) {
		http.Error(w, "no such exam", http.StatusNotFound)
		return
	}
	begun, err := h.exams.known.Batches(r.Context(), exam)
	if err != nil {
		h.unavailable(w, r, err)
		return
	}
	all := make([]choice, len(begun))
	for i, job := range begun {
		all[i] = choice{ID: job.BatchID, Started: job.CreatedAt, Files: job.Total}
	}
	answer(w, http.StatusOK, all)
}

func answer(w http.ResponseWriter, status int, data any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(data) //nolint:errchkjson // our own types; the browser may be gone
}
