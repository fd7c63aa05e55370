package page

import (
	"encoding/json"
	"net/http"
	"strconv"

	"hakbeon/web/upload"
)

// maxTagsBytes bounds the list of a file's parts.
const maxTagsBytes = 2 << 20

// largeOf is the file that a request is about: the query's name and size, and the upload
// once it has begun; false after the request has been refused.
func largeOf(w http.ResponseWriter, r *http.Request) (upload.Large, bool) {
	b, ok := batchOf(w, r)
	if !ok {
		return upload.Large{}, false
	}
	query := r.URL.Query()
	size, err := strconv.ParseInt(query.Get("size"), 10, 64)
	if err != nil {
		http.Error(w, "size: should be the file's, in bytes", http.StatusBadRequest)
		return upload.Large{}, false
	}
	return upload.Large{Batch: b, Name: query.Get("name"), Size: size, Upload: query.Get("upload")}, true
}

// partOf is the number of the part that a request is about, 0 for none.
func partOf(r *http.Request) int64 {
	n, err := strconv.ParseInt(r.URL.Query().Get("part"), 10, 32)
	if err != nil {
		return 0
	}
	return n
}

// address is where the browser puts a file, or a part of one, by itself.
func (h bringing) address(w http.ResponseWriter, r *http.Request) {
	l, ok := largeOf(w, r)
	if !ok {
		return
	}
	var address string
	var err error
	if l.Upload == "" {
		address, err = h.opts.Uploads.Address(r.Context(), l.Batch, l.Name, l.Size)
	} else {
		address, err = h.opts.Uploads.PartAddress(r.Context(), l, partOf(r))
	}
	if err != nil {
		h.notTaken(w, r, err)
		return
	}
	answer(w, http.StatusOK, struct {
		URL string `json:"url"`
	}{address})
}

// beginLarge begins a file that comes in parts.
func (h bringing) beginLarge(w http.ResponseWriter, r *http.Request) {
	l, ok := largeOf(w, r)
	if !ok {
		return
	}
	named, err := h.opts.Uploads.BeginLarge(r.Context(), l)
	if err != nil {
		h.notTaken(w, r, err)
		return
	}
	answer(w, http.StatusOK, struct {
		Upload string `json:"upload"`
	}{named})
}

// putPart takes a part: its bytes are the body.
func (h bringing) putPart(w http.ResponseWriter, r *http.Request) {
	l, ok := largeOf(w, r)
	if !ok {
		return
	}
	bodyTime(w, min(r.ContentLength, h.opts.Uploads.PartBytes))
	tag, err := h.opts.Uploads.PutPart(r.Context(), l, partOf(r), r.ContentLength, r.Body)
	if err != nil {
		h.notTaken(w, r, err)
		return
	}
	answer(w, http.StatusOK, struct {
		Tag string `json:"tag"`
	}{tag})
}

// endLarge makes the file of its parts.
func (h bringing) endLarge(w http.ResponseWriter, r *http.Request) {
	l, ok := largeOf(w, r)
	if !ok {
		return
	}
	var in struct {
		Tags []string `json:"tags"`
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxTagsBytes)).Decode(&in); err != nil {
		http.Error(w, "send tags as JSON", http.StatusBadRequest)
		return
	}
	if err := h.opts.Uploads.EndLarge(r.Context(), l, in.Tags); err != nil {
		h.notTaken(w, r, err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}
