package s3store_test

import (
	"net/url"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"hakbeon/s3store"
)

// An address says what it is for, and wants no checksum of a body that isn't known.
func TestPresignPut(t *testing.T) {
	for name, tt := range map[string]struct{ endpoint, origin, path string }{
		"AWS":          {"", "https://papers.s3.eu-west-1.amazonaws.com", "/uploads/e/http-b/%EA%B9%80%201.jpg"},
		"another host": {"http://127.0.0.1:9000", "http://127.0.0.1:9000", "/papers/uploads/e/http-b/%EA%B9%80%201.jpg"},
	} {
		options := s3.Options{Region: "eu-west-1", Credentials: credentials.NewStaticCredentialsProvider("key", "secret", "token")}
		if tt.endpoint != "" {
			options.BaseEndpoint, options.UsePathStyle = &tt.endpoint, true
		}
		store := s3store.New(s3.New(options), "papers")
		address, err := store.PresignPut(t.Context(), "uploads/e/http-b/김 1.jpg", 7, 15*time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		got, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		query := got.Query()
		if got.EscapedPath() != tt.path || query.Get("X-Amz-Expires") != "900" || query.Get("X-Amz-SignedHeaders") != "content-length;host" {
			t.Errorf("%s: got %s", name, address)
		}
		for parameter := range query {
			if parameter == "x-amz-checksum-crc32" || parameter == "x-amz-sdk-checksum-algorithm" {
				t.Errorf("%s: wants %s", name, parameter)
			}
		}
		for _, size := range []int64{0, -1} { // whose length S3 would not hold anybody to
			if got, err := store.PresignPut(t.Context(), "k", size, time.Minute); err == nil {
				t.Errorf("%s: an address for %d bytes: %s", name, size, got)
			}
			if got, err := store.PresignPart(t.Context(), "k", "u", 1, size, time.Minute); err == nil {
				t.Errorf("%s: an address for a part of %d bytes: %s", name, size, got)
			}
		}
		if origin, err := store.Origin(t.Context()); err != nil || origin != tt.origin {
			t.Errorf("%s: the origin is %q, %v", name, origin, err)
		}
	}
}
