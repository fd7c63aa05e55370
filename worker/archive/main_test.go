package archive_test

import (
	"os"
	"testing"

	"go.uber.org/zap"

	"hakbeon/internal/awsclient"
	"hakbeon/lab/embedded"
	"hakbeon/lab/embedded/embeddedtest"
	"hakbeon/s3store"
	"hakbeon/s3store/layout"
	"hakbeon/worker/archive"
)

// stack is the S3 that all tests share: each has a batch of its own.
var stack *embedded.Stack

func TestMain(m *testing.M) {
	os.Exit(embeddedtest.Main(m, func(s *embedded.Stack) error { stack = s; return nil }))
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
