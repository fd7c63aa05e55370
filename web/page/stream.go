package page

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"hakbeon/s3store"
	"hakbeon/web/auth"
)

const (
	// maxStreams bounds the windows that are open at once.
	maxStreams = 64
	// keepAlive is how often a quiet stream says that it lives: proxies close what
	// is silent for a minute.
	keepAlive = 15 * time.Second
	// streamTime is how long one stream lasts: the browser opens the next.
	streamTime = 30 * time.Minute
)

// events tells the browser what happens to the batch, as server-sent events.
func (h *Handler) events(w http.ResponseWriter, r *http.Request) {
	b, ok := batchOf(w, r)
	if !ok {
		return
	}
	if h.streams.Add(1) > maxStreams {
		h.streams.Add(-1)
		http.Error(w, "too many windows are open", http.StatusServiceUnavailable)
		return
	}
	defer h.streams.Add(-1)
	watch, leave, err := h.hub.join(b)
	if err != nil {
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
		return
	}
	defer leave()
	// A stream outlives the times that the server allows other answers.
	control := http.NewResponseController(w)
	if err := errors.Join(control.SetReadDeadline(time.Time{}), control.SetWriteDeadline(time.Time{})); err != nil {
		http.Error(w, "this server can't stream", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("X-Accel-Buffering", "no")
	w.WriteHeader(http.StatusOK)
	h.stream(w, r, control, watch)
}

// stream tells the news until the browser goes, or its session is over, which it tells,
// too: no browser opens the next stream then, nor takes the end for a broken line.
func (h *Handler) stream(w http.ResponseWriter, r *http.Request, control *http.ResponseController, watch *watch) {
	end := time.NewTimer(streamTime)
	defer end.Stop()
	over := h.overAt(r)
	defer over.Stop()
	alive := time.NewTicker(keepAlive)
	defer alive.Stop()
	seq := 0
	for {
		news, next, changed, err := watch.since(seq)
		if err != nil {
			_ = say(w, control, "problem", problemOf(err)) // the browser may be gone
			return
		}
		if news != nil {
			if say(w, control, "state", news) != nil {
				return
			}
			seq = next
		}
		select {
		case <-changed:
		case <-over.C:
			_ = say(w, control, "over", "") // the browser may be gone
			return
		case <-alive.C:
			if _, err := h.opts.Auth.Session(r); errors.Is(err, auth.ErrNoSession) {
				over.Reset(0)
				continue
			}
			if _, err := fmt.Fprint(w, ": still here\n\n"); err != nil || control.Flush() != nil {
				return
			}
		case <-end.C:
			return
		case <-r.Context().Done():
			return
		}
	}
}

// overAt fires when the request's session ends.
func (h *Handler) overAt(r *http.Request) *time.Timer {
	until := auth.SessionOf(r.Context()).Until
	if until.IsZero() {
		until = time.Now().Add(2 * streamTime)
	}
	return time.NewTimer(time.Until(until))
}

func say(w http.ResponseWriter, control *http.ResponseController, event string, data any) error {
	body, err := json.Marshal(data)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(w, "event: %s\ndata: %s\n\n", event, body); err != nil {
		return err
	}
	return control.Flush()
}

// problemOf is what a person may be told of an error: no key, no address.
func problemOf(err error) string {
	switch {
	case errors.Is(err, s3store.ErrNotFound):
		return "not_found"
	case errors.Is(err, errTooMany):
		return "too_many"
	}
	return "unavailable"
}
