package api_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"hakbeon/internal/apikey"
	"hakbeon/web/api"
	"hakbeon/web/auth"
)

// TestDoor has what other web pages send be refused, and what programs send pass.
func TestDoor(t *testing.T) {
	const form = "multipart/form-data; boundary=b"
	for name, tt := range map[string]struct {
		keys, key, method, path, host, kind, origin, site string
		anyHost                                           bool
		origins                                           []string
		refused                                           bool
	}{
		"a program":                   {method: "POST", path: "/jobs", host: "localhost:8000", kind: "application/json"},
		"a page's form":               {method: "POST", path: "/roster/", host: "localhost:8000", kind: form, origin: "https://evil.example", site: "cross-site", refused: true},
		"a page's typeless post":      {method: "POST", path: "/jobs", host: "127.0.0.1:8000", origin: "https://evil.example", site: "cross-site", refused: true},
		"an old browser's":            {method: "POST", path: "/jobs", host: "127.0.0.1:8000", origin: "https://evil.example", refused: true},
		"another port":                {method: "POST", path: "/jobs", host: "localhost:8000", origin: "http://localhost:3000", site: "same-site", refused: true},
		"our own page":                {method: "POST", path: "/jobs", host: "localhost:8000", origin: "http://localhost:8000", site: "same-origin"},
		"a page that was allowed":     {keys: "k", key: "k", method: "POST", path: "/jobs", host: "hakbeon.example", origin: "https://grading.example", site: "cross-site", origins: []string{"https://grading.example"}},
		"a name that points here":     {method: "GET", path: "/roster/", host: "evil.example:8000", refused: true},
		"its delete":                  {method: "DELETE", path: "/roster/", host: "evil.example:8000", refused: true},
		"its look at the metrics":     {method: "GET", path: "/metrics", host: "evil.example", refused: true},
		"its look at the documents":   {method: "GET", path: "/openapi.json", host: "evil.example", refused: true},
		"IPv6":                        {method: "GET", path: "/health", host: "[::1]:8000"},
		"an address like localhost's": {method: "GET", path: "/health", host: "localhost.evil.example", refused: true},
		"a probe":                     {method: "GET", path: "/livez", host: "10.0.0.7:8000"},
		"anonymous, by name":          {method: "GET", path: "/health", host: "hakbeon.example", anyHost: true},
		"anonymous, another page":     {method: "POST", path: "/jobs", host: "hakbeon.example", origin: "https://evil.example", site: "cross-site", anyHost: true, refused: true},
		"a key, by name":              {keys: "k", key: "k", method: "GET", path: "/health", host: "hakbeon.example"},
	} {
		t.Run(name, func(t *testing.T) {
			a := newAPI()
			a.options.Auth, a.options.Origins = auth.New(apikey.Full(strings.Fields(tt.keys)...), tt.anyHost), tt.origins
			r := httptest.NewRequest(tt.method, "http://"+tt.host+tt.path, strings.NewReader("{}"))
			for header, value := range map[string]string{"Content-Type": tt.kind, "Origin": tt.origin, "Sec-Fetch-Site": tt.site, "X-Api-Key": tt.key} {
				if value != "" {
					r.Header.Set(header, value)
				}
			}
			w := httptest.NewRecorder()
			api.New(a.options).ServeHTTP(w, r)
			if refused := w.Code == http.StatusForbidden; refused != tt.refused {
				t.Errorf("got %d %s, want refused: %v", w.Code, w.Body, tt.refused)
			}
		})
	}
}

func TestRights(t *testing.T) {
	keys, err := apikey.Parse("full, backend:jobs+read, rosters:rosters, prometheus:metrics")
	if err != nil {
		t.Fatal(err)
	}
	a := newAPI()
	a.options.Auth = auth.New(keys, true)
	handler := api.New(a.options)
	for _, tt := range []struct{ method, path, may string }{
		{"POST", "/jobs", "full backend"},
		{"POST", "/extract-student-id/", "full backend"},
		{"POST", "/exams/E/batches/B/corrections", "full backend"},
		{"GET", "/exams/E/batches/B", "full backend"},
		{"GET", "/exams/E/batches/B/papers.zip", "full backend"},
		{"GET", "/exams/E/batches/B/students.csv", "full backend"},
		{"GET", "/roster/", "full rosters"},
		{"POST", "/upload-roster/", "full rosters"},
		{"DELETE", "/roster/", "full rosters"},
		{"GET", "/metrics", "full prometheus"},
		{"GET", "/health", "full backend rosters prometheus"},
	} {
		for _, key := range []string{"full", "backend", "rosters", "prometheus"} {
			r := httptest.NewRequest(tt.method, tt.path, strings.NewReader("{}"))
			r.Header.Set("Authorization", "Bearer "+key)
			r.Header.Set("Content-Type", "application/json")
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, r)
			if may := w.Code != http.StatusForbidden; may != strings.Contains(tt.may, key) {
				t.Errorf("%s %s with the key of %s: %d %s", tt.method, tt.path, key, w.Code, w.Body)
			}
		}
	}
}
