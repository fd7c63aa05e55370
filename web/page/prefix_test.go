package page_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"

	"hakbeon/web/page"
)

func TestBehindPrefix(t *testing.T) {
	mux := http.NewServeMux()
	mux.Handle("GET /{$}", http.RedirectHandler("/exams", http.StatusFound))
	mux.Handle("GET /away", http.RedirectHandler("https://login.example.com/", http.StatusFound))
	mux.Handle("GET /other", http.RedirectHandler("//login.example.com/", http.StatusFound))
	mux.HandleFunc("GET /exams", func(http.ResponseWriter, *http.Request) {})
	for _, tt := range []struct {
		prefix, path string
		status       int
		location     string
	}{
		{"", "/", 302, "/exams"},
		{"", "/of/exams", 404, ""},
		{"/of", "/of", 301, "/of/"},
		{"/of", "/of/", 302, "/of/exams"},
		{"/of", "/of/exams", 200, ""},
		{"/of", "/exams", 200, ""},
		{"/of", "/office", 404, ""},
		{"/of", "/of/away", 302, "https://login.example.com/"},
		{"/of", "/of/other", 302, "//login.example.com/"},
	} {
		w := httptest.NewRecorder()
		page.BehindPrefix(tt.prefix, mux).ServeHTTP(w, httptest.NewRequest(http.MethodGet, tt.path, nil))
		if got := w.Header().Get("Location"); w.Code != tt.status || got != tt.location {
			t.Errorf("%q %s: got %d to %q, want %d to %q", tt.prefix, tt.path, w.Code, got, tt.status, tt.location)
		}
	}
}

// What a browser keeps for a path it keeps for the path that it knows.
func TestCookiesBehindPrefix(t *testing.T) {
	set := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "trip", Value: "1", Path: "/review/oidc/"})
		http.SetCookie(w, &http.Cookie{Name: "session", Value: "Path=/x", Path: "/"})
		_, _ = w.Write([]byte("done"))
	})
	w := httptest.NewRecorder()
	page.BehindPrefix("/of", set).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/of/x", nil))
	for i, want := range []string{"/of/review/oidc/", "/of/"} {
		if got := w.Result().Cookies()[i].Path; got != want {
			t.Errorf("cookie %d is of %q, want %q", i, got, want)
		}
	}
}

// Pages ask for what they need from their base, for the root may be somebody else's.
func TestPagesNameNoRoot(t *testing.T) {
	files, err := os.ReadDir("assets")
	must(t, err)
	fromRoot := regexp.MustCompile("(?:href|src|action)=\"/|[\"`](?:/review|/exams|/people)\\b")
	for _, file := range files {
		body, err := os.ReadFile("assets/" + file.Name())
		must(t, err)
		for line := range strings.SplitSeq(string(body), "\n") {
			// Where a login leads is a path of ours: the answer puts the prefix before it.
			if found := fromRoot.FindString(line); found != "" && !strings.Contains(line, `name="next"`) {
				t.Errorf("%s: %s in %s", file.Name(), found, line)
			}
		}
	}
}
