package archive_test

import (
	"context"
	"fmt"
	"os"
	"testing"

	"go.uber.org/goleak"
	"go.uber.org/zap"

	"hakbeon/internal/awsclient"
	"hakbeon/lab/embedded"
	"hakbeon/s3store"
	"hakbeon/s3store/layout"
	"hakbeon/worker/archive"
)

// stack is the S3 that all tests share: each has a batch of its own.
var stack *embedded.Stack

func TestMain(m *testing.M) { os.Exit(withStack(m)) }

func withStack(m *testing.M) int {
	var err error
	if stack, err = embedded.Start(context.Background(), embedded.Options{}); err != nil {
		fmt.Println(err)
		return 1
	}
	code := m.Run()
	if err := stack.Stop(); err != nil {
		fmt.Println(err)
		return 1
	}
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Println(err)
		return 1
	}
	return code
}

// opened are two archives over one store, as two processes have them.
func opened(t *testing.T) (ours, theirs *archive.Archive, b layout.Batch) {
	t.Helper()
	cfg, err := stack.AWSConfig(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	client := awsclient.S3(cfg, nil)
	store := s3store.New(client, stack.Env["S3_BUCKET"])
	return archive.New(store, zap.NewNop()), archive.New(store, zap.NewNop()), layout.Batch{ExamCode: "exam", BatchID: t.Name()}
}
