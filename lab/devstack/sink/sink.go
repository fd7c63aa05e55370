// Package sink is a webhook receiver for development and tests. It checks
// each delivery by means that share nothing with the sender: the signature
// with the Standard Webhooks library, the promised S3 objects by asking the
// bucket. What arrived is kept in a ledger in memory.
package sink

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

const (
	maxBody    = 1 << 20
	maxControl = 4 << 10
	maxKeys    = 1000
	maxReply   = 16 << 20
	maxWait    = 60 * time.Second
)

// Options are what a Sink needs.
type Options struct {
	// Secret is the webhooks' signing secret, "whsec_…". Required.
	Secret string
	// Exists says whether the bucket holds a key. An error means that it could
	// not be asked; the delivery is then refused with 503. Required.
	Exists func(ctx context.Context, key string) (bool, error)
	// MaxEvents and MaxBytes bound the ledger by number and by bytes of bodies.
	// Default to 200,000 and 1 GiB; the oldest events go first.
	MaxEvents int
	MaxBytes  int64
}

// Sink is an http.Handler: POST /hook takes deliveries, GET /events hands them
// out, GET /requests tells of each request and its answer, POST and GET /behave change and
// show how the next ones are treated.
// Safe for concurrent use.
type Sink struct {
	mux    *http.ServeMux
	oracle *standardwebhooks.Webhook
	exists func(ctx context.Context, key string) (bool, error)
	ledger *ledger
	script script

	requests requests
}

// New returns a Sink. It fails on a secret that is empty or not base64.
func New(o Options) (*Sink, error) {
	if len(strings.TrimPrefix(o.Secret, "whsec_")) < 24 {
		return nil, errors.New("webhook secret is shorter than 24 characters")
	}
	oracle, err := standardwebhooks.NewWebhook(o.Secret)
	if err != nil {
		return nil, fmt.Errorf("webhook secret: %w", err)
	}
	if o.MaxEvents <= 0 {
		o.MaxEvents = 200_000
	}
	if o.MaxBytes <= 0 {
		o.MaxBytes = 1 << 30
	}
	s := &Sink{mux: http.NewServeMux(), oracle: oracle, exists: o.Exists, ledger: newLedger(o.MaxEvents, o.MaxBytes)}
	s.requests.most = o.MaxEvents
	s.mux.HandleFunc("POST /hook", s.requests.noted(s.hook))
	s.mux.HandleFunc("GET /requests", s.getRequests)
	s.mux.HandleFunc("GET /events", s.events)
	s.mux.HandleFunc("POST /behave", s.setBehaviour)
	s.mux.HandleFunc("GET /behave", s.getBehaviour)
	return s, nil
}

// ServeHTTP implements http.Handler.
func (s *Sink) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

// hook takes a delivery. The objects are looked for before anything is
// answered: the sender promised that they exist when the webhook is sent.
func (s *Sink) hook(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		http.Error(w, "body too large or cut off", http.StatusRequestEntityTooLarge)
		return
	}
	b := s.script.take()
	if play(b, w, r) {
		return
	}
	e := Event{ID: r.Header.Get("Webhook-Id"), ReceivedAt: time.Now().UTC(), Body: string(body)}
	kind, keys := parse(body)
	e.Type = kind
	if e.Missing, err = s.missing(r.Context(), keys); err != nil {
		http.Error(w, "could not look for the objects: "+err.Error(), http.StatusServiceUnavailable)
		return
	}
	status := http.StatusNoContent
	if err := s.oracle.Verify(body, r.Header); err != nil {
		e.Problem, status = err.Error(), http.StatusUnauthorized
	} else {
		e.Verified = true
	}
	s.ledger.add(e)
	if b.LoseReply {
		panic(http.ErrAbortHandler)
	}
	w.WriteHeader(status)
}

// missing returns those keys that the bucket does not hold.
func (s *Sink) missing(ctx context.Context, keys []string) ([]string, error) {
	missing := []string{}
	for _, key := range keys {
		ok, err := s.exists(ctx, key)
		if err != nil {
			return nil, fmt.Errorf("head %q: %w", key, err)
		}
		if !ok {
			missing = append(missing, key)
		}
	}
	return missing, nil
}

// parse returns a body's type, and the keys that data.meta.s3_keys and
// data.s3_keys name. Nulls promise nothing and are left out.
func parse(body []byte) (kind string, keys []string) {
	var b struct {
		Type string `json:"type"`
		Data struct {
			Keys map[string]any `json:"s3_keys"`
			Meta struct {
				Keys map[string]any `json:"s3_keys"`
			} `json:"meta"`
		} `json:"data"`
	}
	if err := json.Unmarshal(body, &b); err != nil {
		return "", nil
	}
	for _, named := range []map[string]any{b.Data.Meta.Keys, b.Data.Keys} {
		for _, v := range named {
			if key, ok := v.(string); ok && key != "" && len(keys) < maxKeys {
				keys = append(keys, key)
			}
		}
	}
	return b.Type, keys
}

// page is the answer of GET /events. Next is what to pass as after next time;
// Oldest is the lowest number still held: above after+1, events were lost.
type page struct {
	Events []Event `json:"events"`
	Next   int64   `json:"next"`
	Oldest int64   `json:"oldest"`
}

// events answers after=SEQ, wait=SECONDS (at most 60) and limit=N (at most
// 1000). It waits until there is something to say.
func (s *Sink) events(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	after, err1 := number(q.Get("after"), 0)
	wait, err2 := number(q.Get("wait"), 0)
	limit, err3 := number(q.Get("limit"), 1000)
	if err := errors.Join(err1, err2, err3); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	timeout := time.NewTimer(min(time.Duration(wait)*time.Second, maxWait))
	defer timeout.Stop()
	events := s.poll(r.Context(), after, int(min(max(limit, 1), 1000)), timeout.C)
	next := after
	if len(events) > 0 {
		next = events[len(events)-1].Seq
	}
	writeJSON(w, page{Events: events, Next: next, Oldest: s.ledger.oldest()})
}

func (s *Sink) poll(ctx context.Context, after int64, limit int, timeout <-chan time.Time) []Event {
	for {
		events, grown := s.ledger.after(after, limit, maxReply)
		if len(events) > 0 {
			return events
		}
		select {
		case <-grown:
		case <-timeout:
			return events
		case <-ctx.Done():
			return events
		}
	}
}

func number(text string, fallback int64) (int64, error) {
	if text == "" {
		return fallback, nil
	}
	n, err := strconv.ParseInt(text, 10, 32)
	if err != nil || n < 0 {
		return 0, fmt.Errorf("%q is not a number of 0 or more", text)
	}
	return n, nil
}

func writeJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	// An error here is the client's having gone; there is no one to tell.
	_ = e.Encode(v) // whoever asked has gone
}
