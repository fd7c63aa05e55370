package sink

import (
	"net/http"
	"sync"
	"time"

	"hakbeon/lab/embedded"
)

// Request is a delivery's request, whatever became of it.
type Request = embedded.Request

// requests keeps what came to the hook and how it was answered, in order, the latest of
// them: what was refused by a behaviour is here alone.
type requests struct {
	most int

	mu  sync.Mutex
	all []Request
}

func (q *requests) add(r Request) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.all = append(q.all, r)
	if over := len(q.all) - q.most; over > 0 {
		q.all = q.all[over:]
	}
}

// noted has each request noted once it is answered, or was cut off: then its status is 0.
func (q *requests) noted(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		request := Request{ID: r.Header.Get("Webhook-Id"), ReceivedAt: time.Now().UTC()}
		answer := &answered{ResponseWriter: w}
		defer func() {
			request.Status = answer.status
			q.add(request)
		}()
		next(answer, r)
	}
}

func (s *Sink) getRequests(w http.ResponseWriter, _ *http.Request) {
	s.requests.mu.Lock()
	all := append([]Request{}, s.requests.all...)
	s.requests.mu.Unlock()
	writeJSON(w, all)
}

// answered remembers the status.
type answered struct {
	http.ResponseWriter

	status int
}

// WriteHeader implements http.ResponseWriter.
func (a *answered) WriteHeader(status int) {
	a.status = status
	a.ResponseWriter.WriteHeader(status)
}

// Unwrap is for http.ResponseController.
func (a *answered) Unwrap() http.ResponseWriter { return a.ResponseWriter }
