package worker_test

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"hakbeon/exam"
	"hakbeon/internal/awsclient"
	"hakbeon/internal/egress"
	"hakbeon/jobs"
	"hakbeon/lab/sqslocal"
	"hakbeon/recognizer/imagefile"
	"hakbeon/s3store"
	"hakbeon/s3store/layout"
	"hakbeon/webhook"
	"hakbeon/worker"
	"hakbeon/worker/queue/awssqs"
)

// patience is how long a test waits for what should come, on the busiest machine.
const patience = 3 * time.Minute

// rig is what one test has for itself: an exam code, an SQS with four queues
// and a reader. Options may be changed before a worker is started.
type rig struct {
	t       *testing.T
	exam    string
	sqs     *sqslocal.Server
	client  *sqs.Client
	store   *s3store.Store
	reader  *fakeReader
	options worker.Options
	// registry has the metrics of the first worker.
	registry *prometheus.Registry
}

func newRig(t *testing.T, fifo ...string) *rig {
	t.Helper()
	t.Parallel()
	server := sqslocal.New(sqslocal.Options{})
	listener := httptest.NewServer(server)
	t.Cleanup(func() {
		server.Close()
		listener.CloseClientConnections()
		listener.Close()
	})
	hang := make(chan struct{})
	t.Cleanup(func() { close(hang) })
	r := &rig{
		t: t, exam: examCode(t), sqs: server, registry: prometheus.NewRegistry(),
		reader: &fakeReader{hang: hang, reads: map[string]int{}},
	}
	cfg := baseConfig.Copy()
	cfg.ConfigSources = nil
	cfg.BaseEndpoint = &listener.URL
	r.client = awsclient.SQS(cfg)
	r.store = s3store.New(awsclient.S3(s3Config(), nil), stack.Env["S3_BUCKET"])
	url := func(name string) string {
		attributes := map[string]string{}
		if strings.HasSuffix(name, ".fifo") {
			attributes["FifoQueue"] = "true"
		}
		path, err := server.CreateQueue(name, attributes)
		must(t, err)
		return listener.URL + path
	}
	guard := leastPrivilege(t, map[string]string{
		"BUCKET": r.store.Bucket(), "JOBS_QUEUE": "jobs" + strings.Join(fifo, ""), "WORK_QUEUE": "work", "CALLBACK_QUEUE": "callbacks", "DEAD_LETTER_QUEUE": "dead", "RESULT_QUEUE": "results*",
	})
	r.options = worker.Options{
		Broker: awssqs.Broker(awsclient.SQS(guarded(cfg, guard))), Store: s3store.New(awsclient.S3(guarded(s3Config(), guard), nil), r.store.Bucket()), Reader: r.reader, Poster: poster(t, "127.0.0.1"),
		Queues: worker.Queues{
			Jobs: url("jobs" + strings.Join(fifo, "")), Work: url("work"), Callbacks: url("callbacks"), DeadLetters: url("dead"),
		},
		WebhookURL: stack.Env["WEBHOOK_URL"], Allowed: allowed(t, "127.0.0.1"),
		Concurrency: 2, Visibility: 5 * time.Second, DrainTimeout: 5 * time.Second,
		SettleDelay: time.Second, FinishDelay: time.Second, ImagePatience: time.Second, RosterPatience: time.Second,
		Images: imagefile.Limits{MaxBytes: 1 << 20, MaxPixels: 1 << 20}, Log: logger(t), Metrics: r.registry,
	}
	return r
}

func s3Config() aws.Config {
	cfg := baseConfig.Copy()
	endpoint := stack.Env["AWS_ENDPOINT_URL_S3"]
	cfg.BaseEndpoint = &endpoint
	return cfg
}

// over is the same bucket and queues, reached through another HTTP client that
// does not try again.
func (r *rig) over(client aws.HTTPClient) worker.Options {
	cfg := s3Config()
	cfg.HTTPClient = client
	cfg.Retryer = func() aws.Retryer { return aws.NopRetryer{} }
	o := r.options
	o.Store = s3store.New(awsclient.S3(cfg, nil), r.store.Bucket())
	o.Broker = awssqs.Broker(sqs.New(r.client.Options(), func(o *sqs.Options) {
		o.HTTPClient, o.Retryer = client, aws.NopRetryer{}
	}))
	return o
}

// start runs a worker until the returned function is called, or the test ends.
func (r *rig) start() (stop func()) { return r.startWith(r.options) }

func (r *rig) startWith(o worker.Options) (stop func()) {
	r.t.Helper()
	return r.run(r.worker(o))
}

func (r *rig) worker(o worker.Options) *worker.Worker {
	r.t.Helper()
	w, err := worker.New(o)
	must(r.t, err)
	r.options.Metrics = nil // a registry takes one worker
	return w
}

func (r *rig) run(w *worker.Worker) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { w.Run(ctx) })
	stop = func() { cancel(); running.Wait() }
	r.t.Cleanup(stop)
	return stop
}

// upload puts a file into S3 and returns its key.
func (r *rig) upload(name string, body []byte) string {
	r.t.Helper()
	key := "uploads/" + r.exam + "/" + name
	must(r.t, r.store.Put(r.t.Context(), key, body, s3store.TypeBinary))
	return key
}

// sheets uploads a page for each text and returns the keys.
func (r *rig) sheets(texts ...string) []string {
	r.t.Helper()
	var keys []string
	for i, text := range texts {
		keys = append(keys, r.upload(itoa(i+1)+".png", pngPage(r.t, text)))
	}
	return keys
}

// roster uploads the exam's roster.
func (r *rig) roster(ids ...string) {
	r.t.Helper()
	must(r.t, r.store.Put(r.t.Context(), layout.RosterKey(r.exam), rosterFile(r.t, "학번", ids...), s3store.TypeXLSX))
}

// submit puts a job on the jobs queue and returns its batch.
func (r *rig) submit(job jobs.Recognize) layout.Batch {
	r.t.Helper()
	job.ExamCode = r.exam
	id := job.BatchID
	if id == "" {
		id = jobs.DefaultBatchID(r.exam, job.Keys, job.RosterKey)
	}
	r.put(r.options.Queues.Jobs, &job)
	return layout.Batch{ExamCode: r.exam, BatchID: id}
}

// until waits until the condition holds.
func (r *rig) until(what string, holds func() bool) {
	r.t.Helper()
	deadline := time.Now().Add(patience)
	for !holds() {
		if time.Now().After(deadline) {
			r.t.Fatalf("waited %v for %s", patience, what)
		}
		time.Sleep(60 * time.Millisecond)
	}
}

// end waits until an epoch of the batch is done and everything was delivered,
// and returns the summary.
func (r *rig) end(b layout.Batch, epoch int) *exam.Summary {
	r.t.Helper()
	r.until("epoch "+itoa(epoch)+" of "+b.BatchID, func() bool {
		_, err := r.store.Head(r.t.Context(), b.Done(epoch))
		return err == nil && r.quiet()
	})
	var sum exam.Summary
	_, err := r.store.Load(r.t.Context(), b.Summary(), &sum)
	must(r.t, err)
	return &sum
}

// job returns what the batch is.
func (r *rig) job(b layout.Batch) exam.Job {
	r.t.Helper()
	var job exam.Job
	_, err := r.store.Load(r.t.Context(), b.Job(), &job)
	must(r.t, err)
	return job
}

// sheet returns a sheet's record.
func (r *rig) sheet(b layout.Batch, key string, page int) *exam.Sheet {
	r.t.Helper()
	var rec exam.Sheet
	_, err := r.store.Load(r.t.Context(), b.Result(jobs.SheetID(b.ExamCode, b.BatchID, key, page)), &rec)
	must(r.t, err)
	return &rec
}

func examCode(t testing.TB) string {
	unsafe := regexp.MustCompile(`[^A-Za-z0-9]+`)
	name := unsafe.ReplaceAllString(t.Name(), "-")
	return name[max(0, len(name)-40):][min(1, max(0, len(name)-40)):] + "-x" + strconv.FormatInt(time.Now().UnixNano()%1e6, 36)
}

func poster(t testing.TB, hosts string) *webhook.Client {
	secrets, err := webhook.ParseSecrets(stack.Env["WEBHOOK_SECRET"])
	must(t, err)
	client, err := webhook.New(webhook.Options{Secrets: secrets, Allowed: allowed(t, hosts)})
	must(t, err)
	t.Cleanup(client.Close)
	return client
}

func allowed(t testing.TB, hosts string) egress.Allowed {
	a, err := egress.ParseAllowed(hosts)
	must(t, err)
	return a
}

// logger writes what workers log, if asked for by HAKBEON_TEST_LOG.
func logger(t testing.TB) *zap.Logger {
	if os.Getenv("HAKBEON_TEST_LOG") == "" {
		return zap.NewNop()
	}
	log, err := zap.NewDevelopment()
	must(t, err)
	return log
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func itoa(n int) string { return strconv.Itoa(n) }

// roundTrip makes a function an HTTP client.
type roundTrip func(*http.Request) (*http.Response, error)

// Do implements aws.HTTPClient.
func (f roundTrip) Do(r *http.Request) (*http.Response, error) { return f(r) }

// answer is an HTTP answer made up by a test.
func answer(r *http.Request, status int, body string) *http.Response {
	return &http.Response{
		StatusCode: status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: r, ContentLength: int64(len(body)),
		Header: http.Header{"Content-Type": {"application/xml"}}, Body: readCloser{bytes.NewReader([]byte(body))},
	}
}

type readCloser struct{ *bytes.Reader }

func (readCloser) Close() error { return nil }
