package s3store_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"hakbeon/s3store"
)

// Errors end up in logs: a key that names a student is cut.
func TestErrorsNameNoStudent(t *testing.T) {
	for key, want := range map[string]string{
		"original/EXAM/32141837/001-9f86d081.jpg": "original/EXAM/…",
		"header/EXAM/32141837/001-9f86d081.jpg":   "header/EXAM/…",
		"uploads/EXAM/001.jpg":                    "uploads/EXAM/001.jpg",
	} {
		err := &s3store.Error{Op: "copy", Key: key, Kind: s3store.ErrNotFound}
		if got := err.Error(); !strings.Contains(got, want) || strings.Contains(got, "32141837") {
			t.Errorf("%s: error says %q", key, got)
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
