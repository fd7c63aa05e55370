package page

import (
	"cmp"
	"encoding/json"
	"net/http"

	"go.uber.org/zap"

	"hakbeon/web/auth"
	"hakbeon/web/verdict"
)

const maxVerdictBytes = 4 << 10

// verdict is what a person says of a sheet: it becomes a resolve job, and the
// batch is solved again.
func (h *Handler) verdict(w http.ResponseWriter, r *http.Request) {
	b, ok := batchOf(w, r)
	if !ok {
		return
	}
	var in struct {
		Sheet     string `json:"sheet"`
		StudentID string `json:"student_id"`
		Verdict   string `json:"verdict"`
	}
	body := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxVerdictBytes))
	body.DisallowUnknownFields()
	if err := body.Decode(&in); err != nil {
		http.Error(w, "send sheet, and student_id or verdict, as JSON", http.StatusBadRequest)
		return
	}
	by := auth.SessionOf(r.Context()).Person.Name
	job, err := verdict.Message(b, verdict.Verdict{Sheet: in.Sheet, StudentID: in.StudentID, Verdict: in.Verdict, By: by})
	if err != nil {
		http.Error(w, err.Error(), http.StatusUnprocessableEntity)
		return
	}
	if err := h.opts.Verdicts.Put(r.Context(), job); err != nil {
		h.opts.Log.Warn("could not queue a verdict", zap.String("exam_code", b.ExamCode), zap.String("batch_id", b.BatchID),
			zap.String("sheet", in.Sheet), zap.Error(err))
		http.Error(w, "the queue does not answer: the verdict was not taken, try again", http.StatusServiceUnavailable)
		return
	}
	var at moment
	if watch := h.hub.known(b); watch != nil {
		at = watch.said(in.Sheet, cmp.Or(in.StudentID, in.Verdict))
	}
	answer(w, http.StatusAccepted, at)
}
