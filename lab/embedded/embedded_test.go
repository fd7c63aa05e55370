package embedded_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"go.uber.org/goleak"

	"hakbeon/lab/conformance"
	"hakbeon/lab/embedded"
)

// start runs a stack until the test's end.
func start(t testing.TB, o embedded.Options) *embedded.Stack {
	t.Helper()
	s, err := embedded.Start(t.Context(), o)
	if errors.Is(err, embedded.ErrNotBuilt) {
		t.Fatal("run make build: these tests start bin/devstack")
	}
	if err != nil {
		t.Fatalf("start the stack: %v", err)
	}
	t.Cleanup(func() {
		if err := s.Stop(); err != nil {
			t.Errorf("stop the stack: %v", err)
		}
	})
	return s
}

func config(t testing.TB, s *embedded.Stack) aws.Config {
	t.Helper()
	cfg, err := s.AWSConfig(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

func TestConformance(t *testing.T) {
	stack := start(t, embedded.Options{})
	cfg := config(t, stack)
	identity := sts.NewFromConfig(cfg)
	t.Run("S3", func(t *testing.T) {
		quiet := func(o *s3.Options) { o.DisableLogOutputChecksumValidationSkipped = true }
		conformance.S3(t, s3.NewFromConfig(cfg, quiet), stack.Env["S3_BUCKET"], conformance.S3Options{STS: identity})
	})
	t.Run("SQS", func(t *testing.T) {
		conformance.SQS(t, sqs.NewFromConfig(cfg), conformance.SQSOptions{})
	})
	t.Run("STS", func(t *testing.T) {
		conformance.STS(t, identity, conformance.STSOptions{})
	})
}

func TestStartAndStop(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	dir := t.TempDir()
	stack, err := embedded.Start(t.Context(), embedded.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{
		"AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY",
		"AWS_ENDPOINT_URL_SQS", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL_STS", "S3_BUCKET",
		"SQS_QUEUE_URL", "SQS_WORK_QUEUE_URL", "SQS_CALLBACK_QUEUE_URL", "SQS_DLQ_URL",
		"WEBHOOK_URL", "WEBHOOK_SECRET", "WEBHOOK_ALLOWED_HOSTS", "HAKBEON_SINK_URL",
	} {
		if stack.Env[name] == "" {
			t.Errorf("%s is not in the environment", name)
		}
	}
	info, err := os.Stat(filepath.Join(dir, "env"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("env file: got %v, %v; want mode 0600", info, err)
	}
	began := time.Now()
	if err := stack.Stop(); err != nil {
		t.Errorf("stop: %v", err)
	}
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("stopping took %s, want under 2 s", took)
	}
	if err := stack.Stop(); err != nil {
		t.Errorf("stop again: %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "env")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the env file is still there: %v", err)
	}
}

func TestTemporaryDirectoryIsRemoved(t *testing.T) {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	stack := start(t, embedded.Options{})
	if made, _ := os.ReadDir(temp); len(made) != 1 {
		t.Errorf("%d directories were made, want 1", len(made))
	}
	if err := stack.Stop(); err != nil {
		t.Fatal(err)
	}
	if left, _ := os.ReadDir(temp); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestStartFails(t *testing.T) {
	script := func(text string) string {
		path := filepath.Join(t.TempDir(), "devstack")
		if err := os.WriteFile(path, []byte("#!/bin/sh\n"+text), 0o700); err != nil {
			t.Fatal(err)
		}
		return path
	}
	tests := []struct {
		name string
		o    embedded.Options
		want string
	}{
		{"no binary", embedded.Options{Binary: "/nonexistent/devstack"}, "no such file"},
		{"ends at once", embedded.Options{Binary: script("echo out of luck >&2; exit 3")}, "out of luck"},
		{"says nothing", embedded.Options{Binary: script("exit 0")}, "it logged nothing"},
		{"hangs", embedded.Options{Binary: script("cat >/dev/null"), Timeout: 50 * time.Millisecond}, "did not become ready"},
		{"never stops", embedded.Options{
			Binary: script("exec sleep 60"), Timeout: 50 * time.Millisecond, StopTimeout: 50 * time.Millisecond,
		}, "did not become ready"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := embedded.Start(t.Context(), test.o)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got error %v, want one with %q", err, test.want)
			}
		})
	}
}

func TestStartIsCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := embedded.Start(ctx, embedded.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got error %v, want %v", err, context.Canceled)
	}
}
