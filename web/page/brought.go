package page

import "net/http"

// brought answers with what people brought in for the batch, and who.
func (h *Handler) brought(w http.ResponseWriter, r *http.Request) {
	b, ok := batchOf(w, r)
	if !ok {
		return
	}
	all, err := h.view(b).Brought(r.Context())
	if err != nil {
		h.unavailable(w, r, err)
		return
	}
	answer(w, http.StatusOK, all)
}
