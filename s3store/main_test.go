package s3store_test

import (
	"context"
	"flag"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"hakbeon/lab/embedded"
	"hakbeon/lab/embedded/embeddedtest"
	"hakbeon/s3store"
)

// stack is the S3 that all tests share: each has a prefix of its own.
var stack *embedded.Stack

func TestMain(m *testing.M) {
	flag.Parse()
	if fuzz := flag.Lookup("test.fuzz"); fuzz != nil && fuzz.Value.String() != "" {
		os.Exit(m.Run()) // the fuzz targets need no S3, and each has many processes
	}
	os.Exit(embeddedtest.Main(m, func(s *embedded.Stack) error { stack = s; return nil }))
}

// store is the stack's bucket, and a prefix for the test.
func store(t testing.TB) (*s3store.Store, string) {
	return storeAt(t, stack.Env["AWS_ENDPOINT_URL_S3"]), prefix(t)
}

func prefix(t testing.TB) string { return "test/" + strings.ReplaceAll(t.Name(), " ", "_") + "/" }

func storeAt(t testing.TB, endpoint string, change ...func(*s3.Options)) *s3store.Store {
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	client := s3.New(s3.Options{
		Region: stack.Env["AWS_REGION"], BaseEndpoint: &endpoint, UsePathStyle: true, HTTPClient: &http.Client{Transport: transport},
		Credentials: credentials.NewStaticCredentialsProvider(stack.Env["AWS_ACCESS_KEY_ID"], stack.Env["AWS_SECRET_ACCESS_KEY"], ""),
		// As the SDK's default configuration has it.
		RequestChecksumCalculation: aws.RequestChecksumCalculationWhenSupported,
		ResponseChecksumValidation: aws.ResponseChecksumValidationWhenSupported,
		Retryer:                    &fast{aws.NopRetryer{}},
	}, change...)
	return s3store.New(client, stack.Env["S3_BUCKET"])
}

// fast tries once more after a lost answer, at once.
type fast struct{ aws.NopRetryer }

func (*fast) IsErrorRetryable(err error) bool {
	return strings.Contains(err.Error(), "EOF") || strings.Contains(err.Error(), "reset")
}
func (*fast) MaxAttempts() int                             { return 2 }
func (*fast) RetryDelay(int, error) (time.Duration, error) { return 0, nil }
func (*fast) GetAttemptToken(context.Context) (func(error) error, error) {
	return func(error) error { return nil }, nil
}

// proxy stands in front of S3. Meddle sees each request; unless it says that it
// has answered, the request goes on and after sees its answer, which is dropped
// if after says so.
type proxy struct {
	meddle func(w http.ResponseWriter, r *http.Request) (answered bool)
	after  func(*http.Response) (drop bool)

	mu    sync.Mutex
	calls []string
}

func (p *proxy) start(t testing.TB) *s3store.Store {
	target, err := url.Parse(stack.Env["AWS_ENDPOINT_URL_S3"])
	must(t, err)
	transport := &http.Transport{}
	behind := httputil.NewSingleHostReverseProxy(target)
	behind.Transport = transport
	behind.ModifyResponse = func(resp *http.Response) error {
		if p.after != nil && p.after(resp) {
			panic(http.ErrAbortHandler)
		}
		return nil
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		p.calls = append(p.calls, r.Method)
		p.mu.Unlock()
		if p.meddle == nil || !p.meddle(w, r) {
			behind.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(func() { server.Close(); transport.CloseIdleConnections() })
	return storeAt(t, server.URL)
}

func (p *proxy) count(method string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := 0
	for _, m := range p.calls {
		if m == method {
			n++
		}
	}
	return n
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
