package iam

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"net/http"
	"strings"
	"sync"
)

// maxBody bounds what is held of a call: SQS's largest batch with its JSON, or an
// object.
const maxBody = 128 << 20

// Guard holds all calls to a policy, and keeps account of them. It is safe for
// concurrent use.
type Guard struct {
	policy *Policy

	mu      sync.Mutex
	used    map[string]bool
	refused []string
}

// NewGuard returns a Guard that has seen nothing.
func NewGuard(p *Policy) *Guard { return &Guard{policy: p, used: map[string]bool{}} }

// Refused are the calls that the policy doesn't allow, or that are unknown.
func (g *Guard) Refused() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return append([]string(nil), g.refused...)
}

// Used reports whether an action was needed and allowed.
func (g *Guard) Used(action string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.used[action]
}

// check returns why a call is refused, "" if it is not.
func (g *Guard) check(r *http.Request, body []byte) string {
	needs, err := Needs(r, body)
	g.mu.Lock()
	defer g.mu.Unlock()
	why := ""
	if err != nil {
		why = err.Error()
	}
	for _, n := range needs {
		if !g.policy.Allows(n) {
			why = fmt.Sprintf("the policy does not allow %s on %s", n.Action, n.Resource)
			break
		}
		g.used[n.Action] = true
	}
	if why != "" {
		g.refused = append(g.refused, why)
	}
	return why
}

// Handler passes on what the policy allows, and answers the rest as AWS does.
func (g *Guard) Handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
		if err != nil {
			http.Error(w, "the body could not be read", http.StatusBadRequest)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		why := g.check(r, body)
		if why == "" {
			next.ServeHTTP(w, r)
			return
		}
		resp := refusal(r, why)
		defer resp.Body.Close()
		maps.Copy(w.Header(), resp.Header)
		w.WriteHeader(resp.StatusCode)
		_, _ = io.Copy(w, resp.Body)
	})
}

// Doer is an HTTP client.
type Doer interface {
	Do(r *http.Request) (*http.Response, error)
}

// Client sends on what the policy allows.
func (g *Guard) Client(next Doer) Doer { return client{g, next} }

type client struct {
	guard *Guard
	next  Doer
}

// Do implements Doer.
func (c client) Do(r *http.Request) (*http.Response, error) {
	var body []byte
	if needsBody(r) {
		var err error
		if body, err = io.ReadAll(io.LimitReader(r.Body, maxBody)); err != nil {
			return nil, fmt.Errorf("read the call: %w", err)
		}
		r = r.Clone(r.Context())
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	if why := c.guard.check(r, body); why != "" {
		return refusal(r, why), nil
	}
	return c.next.Do(r)
}

// needsBody: what an object holds says nothing of rights.
func needsBody(r *http.Request) bool { return r.Method == http.MethodPost && r.Body != nil }

func refusal(r *http.Request, why string) *http.Response {
	status, kind := http.StatusForbidden, "application/xml"
	body := "<Error><Code>AccessDenied</Code><Message>" + strings.NewReplacer("<", "", "&", "").Replace(why) + "</Message></Error>"
	if strings.HasPrefix(r.Header.Get("X-Amz-Target"), sqsTarget) {
		status, kind = http.StatusBadRequest, "application/x-amz-json-1.0"
		body = fmt.Sprintf(`{"__type":"com.amazon.coral.service#AccessDeniedException","message":%q}`, why)
	}
	if r.Method == http.MethodHead {
		body = ""
	}
	return &http.Response{
		StatusCode: status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: r, ContentLength: int64(len(body)),
		Header: http.Header{"Content-Type": {kind}}, Body: io.NopCloser(strings.NewReader(body)),
	}
}
