package s3store_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"hakbeon/s3store"
)

// Errors end up in logs: what may name a student is cut, in the SDK's own words too.
func TestErrorsNameNoStudent(t *testing.T) {
	const file = "hong 32141837.jpg"
	for key, want := range map[string]string{
		"original/EXAM/32141837/001-9f86d081.jpg":     `"original/EXAM/…"`,
		"header/EXAM/32141837/001-9f86d081.jpg":       `"header/EXAM/…"`,
		"uploads/EXAM/" + file:                        `"uploads/…"`,
		"uploads/" + file:                             `"uploads/…"`,
		"scans/" + file:                               `"…"`,
		file:                                          `"…"`,
		"rosters/EXAM.csv":                            `"rosters/EXAM.csv"`,
		"results/EXAM/b/sheets/9f86d081884c7d65.json": `"results/EXAM/b/sheets/9f86d081884c7d65.json"`,
	} {
		address := (&url.URL{Scheme: "http", Host: "s3.example.com", Path: "/bucket/" + key}).String()
		for _, said := range []error{
			nil, errors.New("no object " + key + " there"),
			fmt.Errorf("request send failed, %w", &url.Error{Op: "Put", URL: address, Err: io.EOF}),
		} {
			err := &s3store.Error{Op: "copy", Key: key, Kind: s3store.ErrUnavailable, Err: said}
			got := err.Error()
			if !strings.Contains(got, want) || strings.Contains(got, "32141837") || strings.Contains(got, "hong") {
				t.Errorf("%s: error says %q", key, got)
			}
			if said != nil && errors.Is(said, io.EOF) && !strings.Contains(got, "request send failed, Put …: EOF") {
				t.Errorf("%s: error says %q, want the cause", key, got)
			}
		}
	}
}

// A timeout of the network looks like the end of the caller's context and is not.
func TestTimeoutIsInfrastructure(t *testing.T) {
	release := make(chan struct{})
	silent := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	defer silent.Close()
	defer close(release)
	client := s3.New(s3.Options{
		Region: "local-1", BaseEndpoint: &silent.URL, UsePathStyle: true, RetryMaxAttempts: 1,
		Credentials: credentials.NewStaticCredentialsProvider("a", "b", ""),
		HTTPClient:  &http.Client{Timeout: 50 * time.Millisecond},
	})
	s := s3store.New(client, "bucket")
	if _, err := s.Get(t.Context(), "a", 10); !s3store.Infrastructure(err) {
		t.Errorf("a server that does not answer gives %v, want an infrastructure error", err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Get(ended, "a", 10); s3store.Infrastructure(err) || !errors.Is(err, context.Canceled) {
		t.Errorf("a caller that has gone gives %v, want its own context's error", err)
	}
}
