package api_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"hakbeon/web/api"
)

func TestProbes(t *testing.T) {
	down := errors.New("s3 is out of order: slow down")
	for _, test := range []struct {
		method, path string
		ready        error
		status       int
		says         string
	}{
		{"GET", "/livez", nil, 200, "ok"},
		{"GET", "/livez", down, 200, "ok"},
		{"GET", "/readyz", nil, 200, "ok"},
		{"GET", "/readyz", down, 503, "s3 is out of order"},
		{"GET", "/metrics", nil, 200, "hakbeon_test_total 0"},
		{"HEAD", "/livez", nil, 200, ""},
		{"POST", "/livez", nil, 405, "GET"},
		{"GET", "/", nil, 404, `"success":false`},
		{"GET", "/upload-roster/more", nil, 404, `"success":false`},
		{"GET", "/debug/pprof/", nil, 404, ""},
	} {
		a := newAPI()
		registry := prometheus.NewRegistry()
		registry.MustRegister(prometheus.NewCounter(prometheus.CounterOpts{Name: "hakbeon_test_total", Help: "A test."}))
		a.options.Metrics, a.options.Ready = registry, func() error { return test.ready }
		got := a.do(t, httptest.NewRequest(test.method, test.path, nil))
		if got.status != test.status || !strings.Contains(got.text, test.says) {
			t.Errorf("%s %s: got %d %q, want %d %q", test.method, test.path, got.status, got.text, test.status, test.says)
		}
	}
}

// Everything wants a key if there is one; the probes, the document and its page
// never do.
func TestKeys(t *testing.T) {
	for _, test := range []struct {
		name, header, value string
		status              int
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
			for path, want := range map[string]int{
				"/metrics": test.status, "/health": test.status, "/livez": 200, "/readyz": 200, "/openapi.json": 200, "/docs/": 200,
			} {
				r := get(path)
				r.Header.Set(test.header, test.value)
				got := newAPI("first", "second").do(t, r)
				if got.status != want || (want == 401) != (got.header.Get("WWW-Authenticate") != "") {
					t.Errorf("%s: got %d, want %d", path, got.status, want)
				}
			}
		})
	}
}

// Without a key no operation is open but the probes.
func TestNothingIsOpen(t *testing.T) {
	for _, r := range []*http.Request{
		postFile(t, "/upload-roster/", "file", "r.xlsx", []byte("x")), get("/roster/"), httptest.NewRequest(http.MethodDelete, "/roster/", nil),
		postFile(t, "/extract-student-id/", "image", "a.jpg", []byte("x")), postJSON("/jobs", "{}"),
		get("/exams/a/batches/b"), postJSON("/exams/a/batches/b/corrections", "[]"), get("/health"),
		get("/exams/a/batches/b/papers.zip"), get("/exams/a/batches/b/students.csv"), get("/metrics"),
	} {
		a := newAPI("key")
		if got := a.do(t, r); got.status != 401 || len(a.uploads)+len(a.queue)+len(a.store.objects) > 0 {
			t.Errorf("%s %s: got %d without a key", r.Method, r.URL, got.status)
		}
	}
}

func TestDocument(t *testing.T) {
	got := newAPI("key").do(t, get("/openapi.json"))
	if got.body["openapi"] != "3.1.0" {
		t.Errorf("OpenAPI %v", got.body["openapi"])
	}
	var paths []string
	for path := range got.body["paths"].(map[string]any) {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	want := []string{
		"/exams", "/exams/{exam_code}", "/exams/{exam_code}/batches", "/exams/{exam_code}/batches/{batch_id}", "/exams/{exam_code}/batches/{batch_id}/close", "/exams/{exam_code}/batches/{batch_id}/corrections",
		"/exams/{exam_code}/batches/{batch_id}/papers.zip", "/exams/{exam_code}/batches/{batch_id}/students.csv", "/extract-student-id/",
		"/health", "/jobs", "/livez", "/readyz", "/roster/", "/upload-roster/", "/webhooks/keys",
	}
	if !slices.Equal(paths, want) {
		t.Errorf("got %v, want %v", paths, want)
	}
}

// The page loads nothing from other hosts, and the browser is told so.
func TestDocsPageIsOffline(t *testing.T) {
	a := newAPI()
	page := a.do(t, get("/docs/"))
	if page.status != 200 || !strings.Contains(page.header.Get("Content-Security-Policy"), "default-src 'none'") {
		t.Fatalf("got %d, policy %q", page.status, page.header.Get("Content-Security-Policy"))
	}
	for _, link := range regexp.MustCompile(`(?:src|href)="([^"]+)"`).FindAllStringSubmatch(page.text, -1) {
		if strings.Contains(link[1], "//") {
			t.Errorf("the page names %s", link[1])
		}
		if strings.HasSuffix(link[1], ".js") || strings.HasSuffix(link[1], ".css") {
			if got := a.do(t, get("/docs/"+link[1])); got.status != 200 {
				t.Errorf("%s: got %d: run make setup", link[1], got.status)
			}
		}
	}
}

func TestCORS(t *testing.T) {
	a := newAPI("key")
	a.options.Origins = []string{"https://grading.example.com"}
	for origin, want := range map[string]string{"https://grading.example.com": "https://grading.example.com", "https://evil.example.com": ""} {
		r := httptest.NewRequest(http.MethodOptions, "/health", nil)
		r.Header.Set("Origin", origin)
		r.Header.Set("Access-Control-Request-Method", "GET")
		r.Header.Set("Access-Control-Request-Headers", "x-api-key")
		if got := a.do(t, r).header.Get("Access-Control-Allow-Origin"); got != want {
			t.Errorf("%s: allowed %q, want %q", origin, got, want)
		}
	}
	r := get("/health")
	r.Header.Set("Origin", "https://grading.example.com")
	if got := newAPI().do(t, r).header.Get("Access-Control-Allow-Origin"); got != "" {
		t.Errorf("allowed %q without a list", got)
	}
}

func Example() {
	h := api.New(api.Options{
		Ready:   func() error { return errors.New("s3 is out of order") },
		Metrics: prometheus.NewRegistry(),
	})
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/readyz", nil))
	fmt.Print(w.Code, " ", w.Body)
	// Output: 503 s3 is out of order
}
