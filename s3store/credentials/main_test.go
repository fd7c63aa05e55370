package credentials_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// backend is an endpoint without a network.
type backend func(r *http.Request, body string) (status int, header http.Header, answer string)

// RoundTrip implements http.RoundTripper.
func (b backend) RoundTrip(r *http.Request) (*http.Response, error) {
	text := ""
	if r.Body != nil {
		raw, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		text = string(raw)
	}
	status, header, answer := b(r, text)
	if status == 0 {
		return nil, io.ErrUnexpectedEOF
	}
	if header == nil {
		header = http.Header{}
	}
	return &http.Response{
		StatusCode: status, Status: http.StatusText(status), Header: header, Request: r, Body: io.NopCloser(strings.NewReader(answer)),
	}, nil
}

func (b backend) client() *http.Client { return &http.Client{Transport: b} }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// answer is what the backend's endpoint answers.
func answer(key string, expires time.Time) string {
	return `{"accessKeyId":"` + key + `","secretAccessKey":"hush","sessionToken":"` + key + `-token","expiration":"` + expires.UTC().Format(time.RFC3339) + `"}`
}
