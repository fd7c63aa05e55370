package awsclient_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"hakbeon/internal/awsclient"
)

// environment gives the SDK keys and nothing of the machine's own settings.
func environment(t *testing.T, more map[string]string) {
	t.Helper()
	settings := map[string]string{
		"AWS_REGION": "eu-west-1", "AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_SESSION_TOKEN": "",
		"AWS_CONFIG_FILE": "/nonexistent", "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent", "AWS_PROFILE": "", "AWS_DEFAULT_REGION": "",
		"AWS_ENDPOINT_URL": "", "AWS_ENDPOINT_URL_S3": "", "AWS_ENDPOINT_URL_SQS": "", "AWS_EC2_METADATA_DISABLED": "true", "AWS_CA_BUNDLE": "",
	}
	for name, value := range settings {
		t.Setenv(name, value)
	}
	for name, value := range more {
		t.Setenv(name, value)
	}
}

func TestLoad(t *testing.T) {
	environment(t, nil)
	cfg, err := awsclient.Load(t.Context())
	if err != nil || cfg.Region != "eu-west-1" {
		t.Fatalf("got region %q, %v", cfg.Region, err)
	}
	environment(t, map[string]string{"AWS_REGION": ""})
	if _, err := awsclient.Load(t.Context()); err == nil || !strings.Contains(err.Error(), "AWS_REGION") {
		t.Errorf("got %v, want an error that names AWS_REGION", err)
	}
	environment(t, map[string]string{"AWS_ENDPOINT_URL": "://", "AWS_RETRY_MODE": "never"})
	if _, err := awsclient.Load(t.Context()); err == nil {
		t.Error("settings that can't be read were accepted")
	}
}

// Servers of one's own are addressed by path and found by the SDK's variables;
// each service may have credentials of its own.
func TestClientsReachTheirEndpoints(t *testing.T) {
	var mu sync.Mutex
	var calls []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		key, _, _ := strings.Cut(strings.TrimPrefix(r.Header.Get("Authorization"), "AWS4-HMAC-SHA256 Credential="), "/")
		calls = append(calls, fmt.Sprint(r.Method, " ", r.URL.Path, " ", key))
		w.Header().Set("Content-Type", "application/x-amz-json-1.0")
		_, _ = io.WriteString(w, "{}")
	}))
	defer server.Close()
	environment(t, map[string]string{"AWS_ENDPOINT_URL_S3": server.URL, "AWS_ENDPOINT_URL_SQS": server.URL})
	cfg, err := awsclient.Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	own := credentials.NewStaticCredentialsProvider("other", "secret", "")
	for _, client := range []*s3.Client{awsclient.S3(cfg, nil), awsclient.S3(cfg, own)} {
		if _, err := client.HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: aws.String("b"), Key: aws.String("k")}); err != nil {
			t.Error(err)
		}
	}
	if _, err := awsclient.SQS(cfg).ListQueues(t.Context(), &sqs.ListQueuesInput{}); err != nil {
		t.Error(err)
	}
	want := []string{"HEAD /b/k key", "HEAD /b/k other", "POST / key"}
	if strings.Join(calls, ", ") != strings.Join(want, ", ") {
		t.Errorf("got calls %v, want %v", calls, want)
	}
	environment(t, nil)
	if cfg, err = awsclient.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	if awsclient.S3(cfg, nil).Options().UsePathStyle {
		t.Error("AWS's own S3 is addressed by path")
	}
}

// clientFunc makes a function an aws.HTTPClient.
type clientFunc func(*http.Request) (*http.Response, error)

func (f clientFunc) Do(r *http.Request) (*http.Response, error) { return f(r) }

func TestPlainBodies(t *testing.T) {
	var seen *http.Request
	client := awsclient.PlainBodies(clientFunc(func(r *http.Request) (*http.Response, error) {
		seen = r
		return &http.Response{}, nil
	}))
	for name, body := range map[string]io.Reader{"none": nil, "text": strings.NewReader("text"), "no body": http.NoBody} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://x", body)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := client.Do(r); err != nil {
			t.Fatal(err)
		}
		if _, ok := seen.Body.(io.WriterTo); ok && seen.Body != http.NoBody {
			t.Errorf("%s: the body still has WriteTo", name)
		}
		if seen.ContentLength != r.ContentLength || seen.URL != r.URL {
			t.Errorf("%s: the request was changed", name)
		}
	}
}

// A long poll of 20 s is answered after it: the client must not give up before,
// or every poll of an empty queue fails.
func TestClientOutwaitsALongPoll(t *testing.T) {
	if testing.Short() {
		t.Skip("takes 21 seconds")
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-time.After(21 * time.Second):
		case <-r.Context().Done():
		}
		w.Header().Set("Content-Type", "application/x-amz-json-1.0")
		fmt.Fprint(w, "{}")
	}))
	defer server.Close()
	environment(t, map[string]string{"AWS_ENDPOINT_URL_SQS": server.URL})
	cfg, err := awsclient.Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	cfg.Retryer = func() aws.Retryer { return aws.NopRetryer{} }
	began := time.Now()
	_, err = awsclient.SQS(cfg).ReceiveMessage(t.Context(), &sqs.ReceiveMessageInput{QueueUrl: aws.String(server.URL + "/1/q"), WaitTimeSeconds: 20})
	if err != nil || time.Since(began) < 20*time.Second {
		t.Errorf("after %v: %v", time.Since(began), err)
	}
}
