package auth_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"hakbeon/internal/apikey"
	"hakbeon/web/auth"
)

const full, reads = "a-long-api-key-of-a-grader", "a-key-that-reads-only-000"

func keys() apikey.Keys {
	return append(apikey.Full(full), apikey.Key{Secret: reads, Rights: []apikey.Right{apikey.Read}})
}

func TestRefusal(t *testing.T) {
	for name, tt := range map[string]struct {
		keys   apikey.Keys
		secret string
		right  apikey.Right
		want   int
	}{
		"no keys at all":    {secret: "x", right: apikey.Jobs},
		"none sent":         {keys: keys(), right: apikey.Read, want: http.StatusUnauthorized},
		"a wrong one":       {keys: keys(), secret: "x", want: http.StatusUnauthorized},
		"with the right":    {keys: keys(), secret: reads, right: apikey.Read},
		"without the right": {keys: keys(), secret: reads, right: apikey.Jobs, want: http.StatusForbidden},
		"no right wanted":   {keys: keys(), secret: reads},
	} {
		if got, detail := auth.New(tt.keys, false).Refusal(tt.secret, tt.right); got != tt.want || (got == 0) != (detail == "") {
			t.Errorf("%s: got %d %q, want %d", name, got, detail, tt.want)
		}
	}
}

func TestSecret(t *testing.T) {
	for name, tt := range map[string]struct {
		header http.Header
		want   string
	}{
		"its own header":  {http.Header{"X-Api-Key": {"k"}, "Authorization": {"Bearer other"}}, "k"},
		"a bearer token":  {http.Header{"Authorization": {"bearer  k "}}, "k"},
		"another scheme":  {http.Header{"Authorization": {"Basic k"}}, ""},
		"nothing of both": {http.Header{}, ""},
	} {
		if got := auth.Secret(tt.header.Get); got != tt.want {
			t.Errorf("%s: got %q, want %q", name, got, tt.want)
		}
	}
}

func TestOnlyKeysThatReadAndCorrectOpenASession(t *testing.T) {
	gate := auth.New(keys(), false)
	for secret, want := range map[string]bool{full: true, reads: false, "x": false, "": false} {
		w := httptest.NewRecorder()
		if got := gate.LogIn(w, httptest.NewRequest(http.MethodPost, "/", nil), secret); got != want {
			t.Fatalf("%q: got %v, want %v", secret, got, want)
		}
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		for _, c := range w.Result().Cookies() {
			r.AddCookie(c)
		}
		if _, err := gate.Session(r); (err == nil) != want {
			t.Errorf("%q: a session is %v, want %v", secret, err, want)
		}
		if _, err := auth.New(apikey.Full("another-key-altogether"), false).Session(r); !errors.Is(err, auth.ErrNoSession) {
			t.Errorf("%q: the session lasts though its key was taken away", secret)
		}
	}
	if !gate.Graders() || auth.New(keys()[1:], false).Graders() || !auth.New(nil, false).Graders() {
		t.Error("who may use the page: those with both rights, or all where there are no keys")
	}
}

func TestHost(t *testing.T) {
	for host, want := range map[string]bool{"localhost:8000": true, "127.0.0.1": true, "[::1]:80": true, "evil.example": false, "localhost.evil.example": false, "10.0.0.7": false} {
		if got := auth.New(nil, false).Host(host); got != want {
			t.Errorf("%s: got %v, want %v", host, got, want)
		}
	}
	if !auth.New(nil, true).Host("hakbeon.example") || !auth.New(keys(), false).Host("hakbeon.example") {
		t.Error("with keys, or by setting, any name is answered")
	}
}
