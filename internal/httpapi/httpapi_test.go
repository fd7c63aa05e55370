package httpapi_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/goleak"

	"hakbeon/internal/httpapi"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func handler(ready error, keys ...string) http.Handler {
	registry := prometheus.NewRegistry()
	registry.MustRegister(prometheus.NewCounter(prometheus.CounterOpts{Name: "hakbeon_test_total", Help: "A test."}))
	return httpapi.New(httpapi.Options{Ready: func() error { return ready }, Metrics: registry, Keys: keys})
}

func TestAnswers(t *testing.T) {
	down := errors.New("s3 is out of order: slow down")
	for _, test := range []struct {
		method, path string
		ready        error
		status       int
		body         string
	}{
		{"GET", "/livez", nil, 200, "ok"},
		{"GET", "/livez", down, 200, "ok"},
		{"GET", "/readyz", nil, 200, "ok"},
		{"GET", "/readyz", down, 503, "s3 is out of order"},
		{"GET", "/metrics", nil, 200, "hakbeon_test_total 0"},
		{"HEAD", "/livez", nil, 200, ""},
		{"POST", "/livez", nil, 405, ""},
		{"GET", "/", nil, 404, ""},
		{"GET", "/debug/pprof/", nil, 404, ""},
	} {
		w := httptest.NewRecorder()
		handler(test.ready).ServeHTTP(w, httptest.NewRequest(test.method, test.path, nil))
		if w.Code != test.status || !strings.Contains(w.Body.String(), test.body) {
			t.Errorf("%s %s: got %d %q, want %d %q", test.method, test.path, w.Code, w.Body, test.status, test.body)
		}
	}
}

// Metrics want a key if there is one; the probes never do.
func TestKeys(t *testing.T) {
	for _, test := range []struct {
		name, header, value string
		metrics             int
	}{
		{"none", "X-Other", "first", 401},
		{"X-API-Key", "X-API-Key", "first", 200},
		{"the second", "X-API-Key", "second", 200},
		{"Bearer", "Authorization", "Bearer second", 200},
		{"wrong", "X-API-Key", "third", 401},
		{"a part", "X-API-Key", "firs", 401},
		{"both at once", "X-API-Key", "first,second", 401},
		{"empty", "Authorization", "Bearer ", 401},
		{"Basic", "Authorization", "Basic first", 401},
	} {
		t.Run(test.name, func(t *testing.T) {
			for path, want := range map[string]int{"/metrics": test.metrics, "/livez": 200, "/readyz": 200} {
				r := httptest.NewRequest(http.MethodGet, path, nil)
				r.Header.Set(test.header, test.value)
				w := httptest.NewRecorder()
				handler(nil, "first", "second").ServeHTTP(w, r)
				if w.Code != want || (want == 401) != (w.Header().Get("WWW-Authenticate") != "") {
					t.Errorf("%s: got %d, want %d", path, w.Code, want)
				}
			}
		})
	}
}

func TestServe(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- httpapi.Serve(ctx, listener, handler(nil)) }()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	for size, want := range map[int]int{100: http.StatusOK, 64 << 10: http.StatusRequestHeaderFieldsTooLarge} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+listener.Addr().String()+"/livez", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("X-Long", strings.Repeat("x", size))
		resp, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("a header of %d bytes: got %d, want %d", size, resp.StatusCode, want)
		}
	}
	stop()
	if err := <-served; err != nil {
		t.Errorf("got %v after a stop, want nil", err)
	}
	if err := httpapi.Serve(t.Context(), listener, handler(nil)); err == nil {
		t.Error("served on a closed listener")
	}
}

// A request under way at the end is answered.
func TestServeFinishesRequests(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	slow := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		stop()
		time.Sleep(50 * time.Millisecond) // the work of the request
		w.WriteHeader(http.StatusTeapot)
	})
	served := make(chan error, 1)
	go func() { served <- httpapi.Serve(ctx, listener, slow) }()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Get("http://" + listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if err := <-served; err != nil || resp.StatusCode != http.StatusTeapot {
		t.Errorf("got %d, %v", resp.StatusCode, err)
	}
}

func Example() {
	h := httpapi.New(httpapi.Options{
		Ready:   func() error { return errors.New("s3 is out of order") },
		Metrics: prometheus.NewRegistry(),
	})
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/readyz", nil))
	fmt.Print(w.Code, " ", w.Body)
	// Output: 503 s3 is out of order
}
