package sqslocal_test

import (
	"context"
	"flag"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"go.uber.org/goleak"

	"hakbeon/internal/sqslocal"
)

// TestMain lets many tests run in parallel: they sleep most of the time.
func TestMain(m *testing.M) {
	flag.Parse()
	if err := flag.Set("test.parallel", "32"); err != nil {
		panic(err)
	}
	goleak.VerifyTestMain(m)
}

const (
	accessKey = "AKIDEXAMPLE"
	secretKey = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
)

// plainBody hides the WriteTo of the SDK's request body, which now and then
// makes net/http close a connection while its response is being read.
type plainBody struct{ next http.RoundTripper }

func (p plainBody) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil && r.Body != http.NoBody {
		r = r.Clone(r.Context())
		r.Body = struct{ io.ReadCloser }{r.Body}
	}
	return p.next.RoundTrip(r)
}

// listen serves s on a socket until the test ends, and returns its address.
func listen(t testing.TB, s *sqslocal.Server) string {
	t.Helper()
	l := httptest.NewServer(s)
	t.Cleanup(func() { s.Close(); l.Close() })
	return l.URL
}

// dial makes a client that talks to a socket.
func dial(t testing.TB, url string) *sqs.Client {
	t.Helper()
	tr := &http.Transport{MaxIdleConnsPerHost: 64}
	t.Cleanup(tr.CloseIdleConnections)
	return client(url, plainBody{tr}, accessKey, secretKey)
}

// direct makes a client that needs no socket.
func direct(s *sqslocal.Server) *sqs.Client {
	return client("http://sqs.test", s.Transport(), accessKey, secretKey)
}

func client(url string, tr http.RoundTripper, key, secret string) *sqs.Client {
	return sqs.New(sqs.Options{
		Region:       "us-east-1",
		BaseEndpoint: aws.String(url),
		HTTPClient:   &http.Client{Transport: tr},
		Credentials:  credentials.NewStaticCredentialsProvider(key, secret, ""),
		Retryer:      aws.NopRetryer{},
	})
}

// start is a server with one queue, and a client to it without a socket.
func start(t *testing.T, o sqslocal.Options, name string, attributes map[string]string) (*sqslocal.Server, *sqs.Client, *string) {
	t.Helper()
	s := sqslocal.New(o)
	t.Cleanup(s.Close)
	return s, direct(s), create(t, s, name, attributes)
}

func create(t *testing.T, s *sqslocal.Server, name string, attributes map[string]string) *string {
	t.Helper()
	path, err := s.CreateQueue(name, attributes)
	if err != nil {
		t.Fatalf("create queue %s: %v", name, err)
	}
	return aws.String("http://sqs.test" + path)
}

func send(t *testing.T, c *sqs.Client, url *string, body string, options ...func(*sqs.SendMessageInput)) *sqs.SendMessageOutput {
	t.Helper()
	in := &sqs.SendMessageInput{QueueUrl: url, MessageBody: &body}
	for _, o := range options {
		o(in)
	}
	out, err := c.SendMessage(context.Background(), in)
	if err != nil {
		t.Fatalf("send %q: %v", body, err)
	}
	return out
}
