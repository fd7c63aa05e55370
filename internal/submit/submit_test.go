package submit_test

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"hakbeon/exam"
	"hakbeon/internal/awsclient"
	"hakbeon/internal/submit"
	"hakbeon/jobs"
	"hakbeon/lab/embedded"
	"hakbeon/lab/embedded/embeddedtest"
	"hakbeon/lab/sqslocal"
	"hakbeon/s3store"
	"hakbeon/s3store/layout"
	"hakbeon/worker/queue"
	"hakbeon/worker/queue/awssqs"
)

var stack *embedded.Stack

func TestMain(m *testing.M) {
	os.Exit(embeddedtest.Main(m, func(s *embedded.Stack) error { stack = s; return nil }))
}

// bench is a client with a jobs queue of its own.
type bench struct {
	*submit.Client
	t     *testing.T
	queue *sqs.Client
	url   string
}

func newBench(t *testing.T, name string) *bench {
	t.Helper()
	server := sqslocal.New(sqslocal.Options{})
	listener := httptest.NewServer(server)
	t.Cleanup(func() { server.Close(); listener.Close() })
	cfg, err := stack.AWSConfig(t.Context())
	must(t, err)
	store := s3store.New(awsclient.S3(cfg, nil), stack.Env["S3_BUCKET"])
	cfg.ConfigSources, cfg.BaseEndpoint = nil, &listener.URL
	b := &bench{t: t, queue: awsclient.SQS(cfg)}
	attributes := map[string]string{}
	if strings.HasSuffix(name, ".fifo") {
		attributes["FifoQueue"] = "true"
	}
	path, err := server.CreateQueue(name, attributes)
	must(t, err)
	b.url = listener.URL + path
	b.Client = &submit.Client{Store: store, Jobs: queue.NewSender(awssqs.Open(b.queue, b.url))}
	return b
}

// receive returns the next job, nil if there is none.
func (b *bench) receive() (*jobs.Recognize, types.Message) {
	b.t.Helper()
	message, ok := b.take()
	if !ok {
		return nil, message
	}
	job, err := jobs.ParseJob(*message.Body)
	must(b.t, err)
	return job.(*jobs.Recognize), message
}

// take removes the next message from the queue, false if there is none.
func (b *bench) take() (types.Message, bool) {
	b.t.Helper()
	out, err := b.queue.ReceiveMessage(b.t.Context(), &sqs.ReceiveMessageInput{
		QueueUrl: &b.url, MessageSystemAttributeNames: []types.MessageSystemAttributeName{types.MessageSystemAttributeNameAll},
	})
	must(b.t, err)
	if len(out.Messages) == 0 {
		return types.Message{}, false
	}
	_, err = b.queue.DeleteMessage(b.t.Context(), &sqs.DeleteMessageInput{QueueUrl: &b.url, ReceiptHandle: out.Messages[0].ReceiptHandle})
	must(b.t, err)
	return out.Messages[0], true
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestUpload(t *testing.T) {
	b := newBench(t, "jobs")
	var files []submit.File
	for _, name := range []string{"1.JPG", "2.png", "3.pdf", "4.tiff", "5.xlsx", "6"} {
		files = append(files, submit.File{
			Key: submit.UploadKey("upload-test", "/home/a/"+name), Read: func() ([]byte, error) { return []byte(name), nil },
		})
	}
	var done atomic.Int32
	must(t, b.Upload(t.Context(), files, func() { done.Add(1) }))
	if done.Load() != 6 {
		t.Errorf("done was called %d times", done.Load())
	}
	for _, f := range files {
		got, err := b.Store.Get(t.Context(), f.Key, 100)
		if err != nil || !strings.HasSuffix(f.Key, "/"+string(got.Body)) {
			t.Errorf("%s: got %q, %v", f.Key, got.Body, err)
		}
	}
	broken := submit.File{Key: "uploads/x", Read: func() ([]byte, error) { return nil, os.ErrNotExist }}
	if err := b.Upload(t.Context(), []submit.File{broken}, func() {}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v, want %v", err, os.ErrNotExist)
	}
}

func TestSubmit(t *testing.T) {
	var many []string
	for i := range 6000 {
		many = append(many, fmt.Sprintf("uploads/submit-test/a-rather-long-name-of-a-file-%05d.jpg", i))
	}
	for _, test := range []struct {
		name, queue string
		job         jobs.Recognize
	}{
		{"short", "jobs", jobs.Recognize{ExamCode: "submit-test", Keys: []string{"a.jpg"}, RosterKey: "r.xlsx"}},
		{"batch of its own name", "jobs", jobs.Recognize{ExamCode: "submit-test", Keys: []string{"a.jpg"}, BatchID: "own"}},
		{"long", "jobs", jobs.Recognize{ExamCode: "submit-test", Keys: many}},
		{"FIFO", "jobs.fifo", jobs.Recognize{ExamCode: "submit-test", Keys: []string{"a.jpg"}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := newBench(t, test.queue)
			batch, err := b.Submit(t.Context(), test.job)
			must(t, err)
			_, err = b.Submit(t.Context(), test.job)
			must(t, err)
			got, message := b.receive()
			if got == nil || got.BatchID != batch.BatchID || batch.BatchID == "" || got.RosterKey != test.job.RosterKey {
				t.Fatalf("got %+v for batch %+v", got, batch)
			}
			if message.Attributes["MessageGroupId"] != "submit-test" {
				t.Errorf("got group %q", message.Attributes["MessageGroupId"])
			}
			keys := got.Keys
			if got.ManifestKey != "" {
				var manifest exam.Part
				_, err := b.Store.Load(t.Context(), got.ManifestKey, &manifest)
				must(t, err)
				keys = manifest.Keys
			}
			if len(keys) != len(test.job.Keys) || len(*message.Body) > 256<<10 {
				t.Errorf("got %d keys in %d bytes, want %d", len(keys), len(*message.Body), len(test.job.Keys))
			}
			if again, _ := b.receive(); (again == nil) != (test.queue == "jobs.fifo") {
				t.Errorf("sent twice: got %v", again)
			}
		})
	}
	if _, err := newBench(t, "jobs").Submit(t.Context(), jobs.Recognize{ExamCode: "../x", Keys: []string{"a"}}); err == nil {
		t.Error("a bad exam code was sent")
	}
}

// A FIFO queue drops what it takes for a repeat: a batch sent twice is one, a
// person's word said again is another.
func TestSentTwiceOnFIFO(t *testing.T) {
	for name, test := range map[string]struct {
		message jobs.Message
		arrive  int
	}{
		"recognize": {&jobs.Recognize{ExamCode: "twice", BatchID: "1", Keys: []string{"a.jpg"}}, 1},
		"verdict":   {&jobs.Resolve{ExamCode: "twice", BatchID: "1", Sheet: "0123456789abcdef", Verdict: jobs.VerdictUndo}, 3},
		"rematch":   {&jobs.Rematch{ExamCode: "twice", BatchID: "1"}, 3},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, "jobs.fifo")
			for range 3 {
				must(t, b.Send(t.Context(), test.message))
			}
			arrived := 0
			for _, ok := b.take(); ok; _, ok = b.take() {
				arrived++
			}
			if arrived != test.arrive {
				t.Errorf("sent 3, arrived %d, want %d", arrived, test.arrive)
			}
		})
	}
}

func TestWait(t *testing.T) {
	b := newBench(t, "jobs")
	batch := layout.Batch{ExamCode: "wait-test", BatchID: "1"}
	var reports []int
	sum, err := b.Wait(t.Context(), batch, func(p submit.Progress) {
		reports = append(reports, p.Sheets)
		switch len(reports) {
		case 1:
			must(t, b.Store.Put(t.Context(), batch.Result("0123456789abcdef"), []byte("{}"), s3store.TypeJSON))
		case 2:
			must(t, b.Store.CreateRecord(t.Context(), batch.Summary(), exam.Summary{Total: 1}))
		}
	})
	if err != nil || sum.Total != 1 || len(reports) != 2 || reports[0] != 0 || reports[1] != 1 {
		t.Errorf("got %+v, %v, reports %v", sum, err, reports)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := b.Wait(ctx, layout.Batch{ExamCode: "wait-test", BatchID: "never"}, func(submit.Progress) {}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want %v", err, context.DeadlineExceeded)
	}
	must(t, b.Store.Put(t.Context(), layout.Batch{ExamCode: "wait-test", BatchID: "broken"}.Summary(), []byte("{"), s3store.TypeJSON))
	if _, err := b.Wait(t.Context(), layout.Batch{ExamCode: "wait-test", BatchID: "broken"}, func(submit.Progress) {}); err == nil {
		t.Error("a broken summary was returned")
	}
}

func TestSheet(t *testing.T) {
	b := newBench(t, "jobs")
	batch := layout.Batch{ExamCode: "sheet-test", BatchID: "1"}
	if _, err := b.Sheet(t.Context(), batch, "a.jpg", 1); !errors.Is(err, s3store.ErrNotFound) {
		t.Errorf("of no batch: got %v", err)
	}
	must(t, b.Store.CreateRecord(t.Context(), batch.Job(), exam.Job{ExamCode: "sheet-test", BatchID: "1"}))
	must(t, b.Store.CreateRecord(t.Context(), batch.Part("p"), exam.Part{Keys: []string{"uploads/a.jpg", "uploads/b.pdf"}}))
	got, err := b.Sheet(t.Context(), batch, "b.pdf", 3)
	if want := jobs.SheetID("sheet-test", "1", "uploads/b.pdf", 3); err != nil || got != want {
		t.Errorf("got %s, %v, want %s", got, err, want)
	}
	if _, err := b.Sheet(t.Context(), batch, "c.jpg", 1); err == nil {
		t.Error("found a file that is none of the batch's")
	}
}
