package page

import (
	"cmp"
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"hakbeon/jobs"
	"hakbeon/s3store"
)

// maxBatches bounds the batches of an exam that are listed.
const maxBatches = 200

// batch is a line of the list of batches.
type batch struct {
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
	ids, err := h.opts.Store.Folders(r.Context(), "results/"+exam+"/", maxBatches)
	if err != nil {
		h.unavailable(w, r, err)
		return
	}
	all := make([]batch, len(ids))
	group, ctx := errgroup.WithContext(r.Context())
	group.SetLimit(parallelLoads)
	for i, id := range ids {
		group.Go(func() error {
			var job s3store.Job
			if _, err := h.opts.Store.Load(ctx, s3store.Batch{ExamCode: exam, BatchID: id}.Job(), &job); err == nil {
				all[i] = batch{ID: id, Started: job.CreatedAt, Files: job.Total}
			}
			return ctx.Err()
		})
	}
	if err := group.Wait(); err != nil {
		h.unavailable(w, r, err)
		return
	}
	all = slices.DeleteFunc(all, func(b batch) bool { return b.ID == "" })
	slices.SortFunc(all, func(a, b batch) int { return cmp.Or(b.Started.Compare(a.Started), cmp.Compare(a.ID, b.ID)) })
	answer(w, http.StatusOK, all)
}

func answer(w http.ResponseWriter, status int, data any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(data) //nolint:errchkjson // our own types; the browser may be gone
}
