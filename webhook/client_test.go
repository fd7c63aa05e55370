package webhook_test

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"hakbeon/webhook"
)

func TestNewRefusesMissingSecrets(t *testing.T) {
	for name, s := range map[string]webhook.Secrets{"nil": nil, "empty": {}, "zero": {webhook.Secret{}}} {
		if _, err := webhook.New(webhook.Options{Secrets: s}); !errors.Is(err, webhook.ErrSecret) {
			t.Errorf("%s: got %v, want ErrSecret", name, err)
		}
	}
}

func TestPostDeliversWhatReceiversExpect(t *testing.T) {
	const body = `{"type":"sheet.recognized","data":{"student_id":"32141837"}}`
	both := secrets(t, newSecret+" "+oldSecret)
	var calls atomic.Int32
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		calls.Add(1)
		got, err := io.ReadAll(r.Body)
		if err != nil || string(got) != body {
			t.Errorf("body: got %q, %v", got, err)
		}
		if err := webhook.Verify(secrets(t, oldSecret), r.Header, got, time.Now()); err != nil {
			t.Error(err)
		}
		user, password, _ := r.BasicAuth()
		for what, pair := range map[string][2]string{
			"method":   {r.Method, "POST"},
			"path":     {r.URL.RequestURI(), "/hook?a=1"},
			"type":     {r.Header.Get("Content-Type"), "application/json"},
			"agent":    {r.UserAgent(), "hakbeon-webhook"},
			"id":       {r.Header.Get("webhook-id"), "evt_1"},
			"user":     {user, "u"},
			"password": {password, "p"},
		} {
			if pair[0] != pair[1] {
				t.Errorf("%s: got %q, want %q", what, pair[0], pair[1])
			}
		}
	})
	c := client(t, webhook.Options{Secrets: both, Allowed: allowed(t, "127.0.0.1")})
	must(t, c.Post(t.Context(), strings.Replace(s.URL, "://", "://u:p@", 1)+"/hook?a=1", "evt_1", []byte(body)))
	if calls.Load() != 1 {
		t.Errorf("%d calls, want 1", calls.Load())
	}
}

func TestPostStatus(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		var status int
		_, _ = fmt.Sscanf(r.URL.Path, "/%d", &status)
		w.WriteHeader(status)
	})
	special := map[int]webhook.Reason{410: webhook.ReasonGone, 429: webhook.ReasonTooMany}
	byClass := map[int]webhook.Reason{3: webhook.ReasonRedirect, 4: webhook.Reason4xx, 5: webhook.Reason5xx}
	c := loopback(t)
	for status := 200; status < 700; status++ {
		url := fmt.Sprintf("%s/%d", s.URL, status)
		if status < 300 {
			if err := c.Post(t.Context(), url, "evt_1", nil); err != nil {
				t.Errorf("status %d: %v", status, err)
			}
			continue
		}
		want := byClass[status/100]
		if status >= 600 {
			want = webhook.ReasonOddStatus
		}
		if r, ok := special[status]; ok {
			want = r
		}
		got := post(t, c, url)
		if got.Reason != want || got.Status != status || got.Gone != (status == 410) {
			t.Errorf("status %d: got %+v, want reason %s", status, got, want)
		}
	}
}

func TestPostReadsRetryAfter(t *testing.T) {
	for _, status := range []int{429, 503, 500, 404} {
		s := serve(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Retry-After", "120")
			w.WriteHeader(status)
		})
		if got := post(t, loopback(t), s.URL); got.RetryAfter != 2*time.Minute {
			t.Errorf("status %d: got %v, want 2m", status, got.RetryAfter)
		}
	}
}

func TestPostFollowsNoRedirect(t *testing.T) {
	var reached atomic.Bool
	target := serve(t, func(http.ResponseWriter, *http.Request) { reached.Store(true) })
	for _, status := range []int{300, 301, 302, 303, 307, 308} {
		for _, location := range []string{target.URL, "/", "http://169.254.169.254/", "%zz", ""} {
			s := serve(t, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Location", location)
				w.WriteHeader(status)
			})
			if got := post(t, loopback(t), s.URL); got.Reason != webhook.ReasonRedirect || got.Status != status {
				t.Errorf("%d to %q: got %+v", status, location, got)
			}
		}
	}
	if reached.Load() {
		t.Error("the redirect was followed")
	}
}

func TestPostReusesConnections(t *testing.T) {
	var connections atomic.Int32
	s := unstarted(t, func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, `{"ok":true}`) })
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			connections.Add(1)
		}
	}
	s.Start()
	c := loopback(t)
	for range 5 {
		must(t, c.Post(t.Context(), s.URL, "evt_1", nil))
	}
	if got := connections.Load(); got != 1 {
		t.Errorf("%d connections for 5 posts, want 1", got)
	}
}

func TestPostBoundsTheAnswer(t *testing.T) {
	line := []byte(strings.Repeat("x", 1<<16))
	endless := serve(t, func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			if _, err := w.Write(line); err != nil {
				return
			}
		}
	})
	slow := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusOK)
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done() // until the client hangs up
	})
	for name, s := range map[string]*httptest.Server{"endless": endless, "slow": slow} {
		if err := loopback(t).Post(t.Context(), s.URL, "evt_1", nil); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestPostTLS(t *testing.T) {
	proto := make(chan string, 1)
	s := unstarted(t, func(_ http.ResponseWriter, r *http.Request) { proto <- r.Proto })
	s.EnableHTTP2 = true
	s.StartTLS()
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	local := allowed(t, "127.0.0.1")

	must(t, client(t, webhook.Options{Allowed: local, RootCAs: roots}).Post(t.Context(), s.URL, "evt_1", []byte("{}")))
	if got := <-proto; got != "HTTP/2.0" {
		t.Errorf("got %s, want HTTP/2.0", got)
	}
	plain := serve(t, func(http.ResponseWriter, *http.Request) {})
	other := client(t, webhook.Options{
		Allowed: allowed(t, "127.0.0.1"), RootCAs: roots, Resolver: nameServer(t, "127.0.0.1"),
	})
	port := s.URL[strings.LastIndex(s.URL, ":"):]
	for name, tt := range map[string]struct {
		c   *webhook.Client
		url string
	}{
		"unknown authority": {loopback(t), s.URL},
		"other host":        {other, "https://other.test" + port},
		"not TLS at all":    {loopback(t), strings.Replace(plain.URL, "http:", "https:", 1)},
	} {
		if got := post(t, tt.c, tt.url); got.Reason != webhook.ReasonTLS {
			t.Errorf("%s: got %v, want reason tls", name, got)
		}
	}
}

func TestPostTimeout(t *testing.T) {
	s := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	})
	own := client(t, webhook.Options{Allowed: allowed(t, "127.0.0.1"), Timeout: 30 * time.Millisecond})
	got := post(t, own, s.URL)
	if got.Reason != webhook.ReasonTimeout || !errors.Is(got, context.DeadlineExceeded) {
		t.Errorf("own timeout: got %v", got)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer cancel()
	var failed *webhook.Error
	if err := loopback(t).Post(ctx, s.URL, "evt_1", nil); !errors.As(err, &failed) || failed.Reason != webhook.ReasonTimeout {
		t.Errorf("caller's deadline: got %v", err)
	}
	ctx, cancel = context.WithCancel(t.Context())
	time.AfterFunc(30*time.Millisecond, cancel)
	err := loopback(t).Post(ctx, s.URL, "evt_1", nil)
	if !errors.As(err, &failed) || failed.Reason != webhook.ReasonCanceled || !errors.Is(err, context.Canceled) {
		t.Errorf("canceled: got %v", err)
	}
}

func TestPostBrokenConnections(t *testing.T) {
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	must(t, closed.Close())
	none := client(t, webhook.Options{Resolver: nameServer(t)})
	tests := []struct {
		name, url string
		c         *webhook.Client
		want      webhook.Reason
	}{
		{"nobody listens", "http://" + closed.Addr().String(), loopback(t), webhook.ReasonConnect},
		{"no such name", "https://nowhere.test/", none, webhook.ReasonDNS},
		{"hangs up", answering(t, ""), loopback(t), webhook.ReasonBroken},
		{"other protocol", answering(t, "SSH-2.0-private-answer\r\n"), loopback(t), webhook.ReasonBroken},
		{"broken header", answering(t, "HTTP/1.1 200 OK\r\nprivate-answer\r\n\r\n"), loopback(t), webhook.ReasonBroken},
		{"very long header", answering(t, "HTTP/1.1 200 OK\r\nX: "+strings.Repeat("private-answer", 10_000)), loopback(t), webhook.ReasonBroken},
	}
	for _, tt := range tests {
		got := post(t, tt.c, tt.url)
		if got.Reason != tt.want {
			t.Errorf("%s: got %v, want reason %s", tt.name, got, tt.want)
		}
		assertNoLeak(t, got, "private-answer")
	}
}

// answering is the URL of a server that sends raw bytes and hangs up.
func answering(t testing.TB, raw string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = conn.Read(make([]byte, 1<<16))
			_, _ = io.WriteString(conn, raw)
			_ = conn.Close()
		}
	}()
	t.Cleanup(func() {
		l.Close()
		<-done
	})
	return "http://" + l.Addr().String()
}

func TestPostRefusesBadRequests(t *testing.T) {
	c := loopback(t)
	for _, tt := range []struct {
		url  string
		want webhook.Reason
	}{
		{"", webhook.ReasonBadURL},
		{"backend.example.com", webhook.ReasonBadURL},
		{"ftp://backend.example.com/", webhook.ReasonBadURL},
		{"https://backend.example.com:99999/", webhook.ReasonBadURL},
		{"https://" + strings.Repeat("x", 3000), webhook.ReasonBadURL},
		{"http://backend.example.com/", webhook.ReasonInsecure},
		{"http://127.0.0.2/", webhook.ReasonInsecure},
	} {
		if got := post(t, c, tt.url); got.Reason != tt.want {
			t.Errorf("%.40q: got %v, want reason %s", tt.url, got, tt.want)
		}
	}
	for _, id := range []string{"", "a.b", "a b", "a\r\nX: y", "é", strings.Repeat("x", 257)} {
		var failed *webhook.Error
		if err := c.Post(t.Context(), "http://127.0.0.1/", id, nil); err == nil || errors.As(err, &failed) {
			t.Errorf("id %.20q: got %v", id, err)
		}
	}
}

func TestPostIgnoresProxies(t *testing.T) {
	var used atomic.Bool
	proxy := serve(t, func(http.ResponseWriter, *http.Request) { used.Store(true) })
	for _, name := range []string{"HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "ALL_PROXY"} {
		t.Setenv(name, proxy.URL)
	}
	os.Unsetenv("NO_PROXY")
	var reached atomic.Bool
	s := serve(t, func(http.ResponseWriter, *http.Request) { reached.Store(true) })
	c := client(t, webhook.Options{Allowed: allowed(t, "receiver.test,127.0.0.1"), Resolver: nameServer(t, "127.0.0.1")})
	must(t, c.Post(t.Context(), "http://receiver.test"+s.URL[strings.LastIndex(s.URL, ":"):], "evt_1", nil))
	if used.Load() || !reached.Load() {
		t.Errorf("proxy used: %v, receiver reached: %v", used.Load(), reached.Load())
	}
}

func TestErrorsShowNoSecrets(t *testing.T) {
	private := []string{"private", oldSecret[6:], "32141837"}
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Location", "/private-location")
		w.Header().Set("Retry-After", "private-time")
		w.WriteHeader(map[string]int{"/private/3": 302, "/private/4": 400}[r.URL.Path])
		_, _ = io.WriteString(w, "private-answer")
	})
	host := strings.TrimPrefix(s.URL, "http://")
	c := client(t, webhook.Options{Allowed: allowed(t, "127.0.0.1"), Resolver: nameServer(t)})
	for _, url := range []string{
		"http://private-user:private-pass@" + host + "/private/3?private-query#private-fragment",
		"http://private-user:private-pass@" + host + "/private/4?private-query",
		"https://private-user:private-pass@" + host + "/private/4?private-query",
		"https://private-user:private-pass@nowhere.test/private/4?private-query",
		"https://private-user:private-pass@10.0.0.1/private/4?private-query",
		"http://private-user:private-pass@10.0.0.1/private/4?private-query",
		"http://127.0.0.1:1/private?private-query",
		"https://127.0.0.1/private\x7f",
		"private://127.0.0.1/private",
	} {
		err := c.Post(t.Context(), url, "evt_1", []byte(`{"student_id":"32141837"}`))
		if err == nil {
			t.Errorf("%q succeeded", url)
			continue
		}
		assertNoLeak(t, err, private...)
		if wrapped := errors.Unwrap(err); wrapped != nil {
			assertNoLeak(t, wrapped.Error(), private...)
		}
	}
}

func TestReasonsAreComplete(t *testing.T) {
	seen := map[webhook.Reason]bool{}
	for _, r := range webhook.Reasons() {
		if seen[r] || r == "" || strings.ToLower(string(r)) != string(r) {
			t.Errorf("reason %q is doubled or no label", r)
		}
		seen[r] = true
	}
	if len(seen) != 15 {
		t.Errorf("%d reasons, want 15", len(seen))
	}
}
