package sink

import (
	"encoding/json"
	"net/http"
	"strconv"
	"sync"
	"time"

	"hakbeon/lab/embedded"
)

// Behaviour is how the sink treats the next deliveries, for tests of the
// sender. The zero value is a receiver that works.
type Behaviour = embedded.Behaviour

// script hands out the behaviour of one delivery after the other.
type script struct {
	mu      sync.Mutex
	now     Behaviour
	refused int64
}

// set replaces the behaviour from the next delivery on.
func (s *script) set(b Behaviour) {
	if b.Times == 0 {
		b.Times = 1
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = b
}

// take returns the behaviour of the delivery that just came.
func (s *script) take() Behaviour {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.now.Times == 0 {
		return Behaviour{}
	}
	b := s.now
	if s.now.Times > 0 {
		s.now.Times--
	}
	if b.Status != 0 {
		s.refused++
	}
	return b
}

func (s *script) state() (Behaviour, int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now, s.refused
}

// play waits and answers as the behaviour says; it reports whether the
// delivery was refused, so that nothing is left to do.
func play(b Behaviour, w http.ResponseWriter, r *http.Request) (refused bool) {
	if b.DelayMS > 0 {
		select {
		case <-time.After(time.Duration(b.DelayMS) * time.Millisecond):
		case <-r.Context().Done():
			return true
		}
	}
	if b.Status == 0 {
		return false
	}
	if b.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(b.RetryAfter))
	}
	if b.Location != "" {
		w.Header().Set("Location", b.Location)
	}
	w.WriteHeader(b.Status)
	return true
}

func (s *Sink) setBehaviour(w http.ResponseWriter, r *http.Request) {
	var b Behaviour
	d := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxControl))
	d.DisallowUnknownFields()
	if err := d.Decode(&b); err != nil {
		http.Error(w, "behaviour: "+err.Error(), http.StatusBadRequest)
		return
	}
	if b.Status != 0 && (b.Status < 200 || b.Status > 599) {
		http.Error(w, "behaviour: status must be between 200 and 599, or 0", http.StatusBadRequest)
		return
	}
	s.script.set(b)
	w.WriteHeader(http.StatusNoContent)
}

func (s *Sink) getBehaviour(w http.ResponseWriter, _ *http.Request) {
	now, refused := s.script.state()
	writeJSON(w, struct {
		Behaviour
		Refused int64 `json:"refused"`
	}{now, refused})
}
