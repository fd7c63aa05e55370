package embedded_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"hakbeon/lab/embedded"
)

func TestFind(t *testing.T) {
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	place := func(path string, mode os.FileMode) string {
		path = filepath.Join(root, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	upper := place("bin/devstack", 0o700)
	nearer := place("a/b/bin/devstack", 0o700)
	place("a/notexecutable/bin/devstack", 0o600)
	if err := os.MkdirAll(filepath.Join(root, "a/dir/bin/devstack"), 0o700); err != nil {
		t.Fatal(err)
	}
	for dir, want := range map[string]string{".": upper, "a": upper, "a/b": nearer, "a/b/bin": nearer, "a/notexecutable": upper, "a/dir/bin": upper} {
		t.Run(dir, func(t *testing.T) {
			t.Chdir(filepath.Join(root, dir))
			if got, err := embedded.Find(); err != nil || got != want {
				t.Errorf("got %s, %v; want %s", got, err, want)
			}
		})
	}
}

func TestFindNothing(t *testing.T) {
	t.Chdir(t.TempDir())
	_, err := embedded.Find()
	if !errors.Is(err, embedded.ErrNotBuilt) || !strings.Contains(err.Error(), "make build") {
		t.Errorf("got error %v, want one that says what to do", err)
	}
	if _, err := embedded.Start(t.Context(), embedded.Options{}); !errors.Is(err, embedded.ErrNotBuilt) {
		t.Errorf("start: got error %v, want %v", err, embedded.ErrNotBuilt)
	}
}

// Whatever the environment says, a stack's clients go to the stack, or nowhere.
func TestAWSConfigIgnoresEnvironment(t *testing.T) {
	stack := start(t, embedded.Options{})
	environments := map[string]map[string]string{
		"nothing set":    {},
		"service's own":  {"AWS_ENDPOINT_URL_SQS": "http://192.0.2.1:1", "AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"},
		"session token":  {"AWS_SESSION_TOKEN": "x"},
		"proxy":          {"HTTP_PROXY": "http://192.0.2.1:1"},
		"shared profile": {"AWS_CONFIG_FILE": "/nonexistent", "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent"},
	}
	for name, environment := range environments {
		t.Run(name, func(t *testing.T) {
			for k, v := range environment {
				t.Setenv(k, v)
			}
			cfg := config(t, stack)
			out, err := sqs.NewFromConfig(cfg).ListQueues(t.Context(), &sqs.ListQueuesInput{})
			if err != nil || len(out.QueueUrls) != 4 {
				t.Errorf("list queues: got %v, %v", out, err)
			}
		})
	}
}

func TestAWSConfigStaysOnLoopback(t *testing.T) {
	stack := &embedded.Stack{Env: map[string]string{
		"AWS_REGION": "ap-northeast-2", "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x",
	}}
	for _, endpoint := range []string{"http://192.0.2.1:9", "http://s3.example.com", ""} {
		t.Run(endpoint, func(t *testing.T) {
			t.Setenv("AWS_ENDPOINT_URL", endpoint)
			c := s3.NewFromConfig(config(t, stack), func(o *s3.Options) { o.RetryMaxAttempts = 1 })
			_, err := c.ListBuckets(t.Context(), &s3.ListBucketsInput{})
			if err == nil || !strings.Contains(err.Error(), "only loopback addresses") {
				t.Errorf("got error %v, want a refusal to dial", err)
			}
		})
	}
}

// body is a request body like the SDK's: one that could write itself.
type body struct {
	*bytes.Reader
	wrote bool
}

func (b *body) Close() error { return nil }

func (b *body) WriteTo(w io.Writer) (int64, error) {
	b.wrote = true
	n, err := b.Reader.WriteTo(w)
	return n, errors.Join(err, io.EOF)
}

// The client must not let net/http use a body's WriteTo: the SDK's returns
// io.EOF, which closes connections under responses.
func TestClientHidesWriteTo(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.Copy(w, r.Body) }))
	defer server.Close()
	cfg := config(t, &embedded.Stack{Env: map[string]string{"AWS_REGION": "x"}})
	sent := &body{Reader: bytes.NewReader([]byte("text"))}
	r, err := http.NewRequest(http.MethodPost, server.URL, sent)
	if err != nil {
		t.Fatal(err)
	}
	r.ContentLength = 4
	resp, err := cfg.HTTPClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if got, err := io.ReadAll(resp.Body); err != nil || string(got) != "text" {
		t.Errorf("got %q, %v; want the body back", got, err)
	}
	if sent.wrote {
		t.Error("WriteTo was used")
	}
}

func TestStackServesQueues(t *testing.T) {
	stack := start(t, embedded.Options{Args: []string{"--fifo", "--visibility", "5s"}})
	c := sqs.NewFromConfig(config(t, stack))
	jobs := stack.Env["SQS_QUEUE_URL"]
	_, err := c.SendMessage(t.Context(), &sqs.SendMessageInput{
		QueueUrl: &jobs, MessageBody: aws.String("job"), MessageGroupId: aws.String("exam"), MessageDeduplicationId: aws.String("1"),
	})
	if err != nil {
		t.Fatal(err)
	}
	out, err := c.ReceiveMessage(t.Context(), &sqs.ReceiveMessageInput{QueueUrl: &jobs, WaitTimeSeconds: 5})
	if err != nil || len(out.Messages) != 1 || aws.ToString(out.Messages[0].Body) != "job" {
		t.Errorf("receive: got %v, %v", out, err)
	}
}
