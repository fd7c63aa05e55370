package page

import (
	"encoding/json"
	"fmt"
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

// errTags says what the end of a file should be.
var errTags = fmt.Errorf("%w: send tags as JSON", upload.ErrPart)

// about answers a request about a file as JSON by what act gives, without a body if that is
// nil.
func (h bringing) about(act func(w http.ResponseWriter, r *http.Request, l upload.Large) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		l, ok := largeOf(w, r)
		if !ok {
			return
		}
		switch said, err := act(w, r, l); {
		case err != nil:
			h.notTaken(w, r, err)
		case said == nil:
			w.WriteHeader(http.StatusNoContent)
		default:
			answer(w, http.StatusOK, said)
		}
	}
}

// address is where the browser puts a file, or a part of one, by itself.
func (h bringing) address(_ http.ResponseWriter, r *http.Request, l upload.Large) (any, error) {
	var address string
	var err error
	if l.Upload == "" {
		address, err = h.opts.Uploads.Address(r.Context(), l.Batch, l.Name, l.Size)
	} else {
		address, err = h.opts.Uploads.PartAddress(r.Context(), l, partOf(r))
	}
	return map[string]string{"url": address}, err
}

// beginLarge begins a file that comes in parts.
func (h bringing) beginLarge(_ http.ResponseWriter, r *http.Request, l upload.Large) (any, error) {
	named, err := h.opts.Uploads.BeginLarge(r.Context(), l)
	return map[string]string{"upload": named}, err
}

// putPart takes a part: its bytes are the body.
func (h bringing) putPart(w http.ResponseWriter, r *http.Request, l upload.Large) (any, error) {
	bodyTime(w, min(r.ContentLength, h.opts.Uploads.PartBytes))
	tag, err := h.opts.Uploads.PutPart(r.Context(), l, partOf(r), r.ContentLength, r.Body)
	return map[string]string{"tag": tag}, err
}

// endLarge makes the file of its parts.
func (h bringing) endLarge(w http.ResponseWriter, r *http.Request, l upload.Large) (any, error) {
	var in struct {
		Tags []string `json:"tags"`
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxTagsBytes)).Decode(&in); err != nil {
		return nil, errTags
	}
	return nil, h.opts.Uploads.EndLarge(r.Context(), l, in.Tags)
}
