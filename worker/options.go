package worker

import (
	"context"
	"fmt"
	"net/url"
	"runtime"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"
	"go.uber.org/zap"

	"hakbeon/internal/clock"
	"hakbeon/internal/egress"
	"hakbeon/recognizer"
	"hakbeon/recognizer/imagefile"
	"hakbeon/recognizer/roster"
	"hakbeon/s3store"
	"hakbeon/webhook"
	"hakbeon/worker/arrivals"
	"hakbeon/worker/deliver"
	"hakbeon/worker/queue"
	"hakbeon/worker/reading"
)

// Queues are the addresses of the queues.
type Queues struct {
	Jobs        string // where backends write; standard or FIFO
	Work        string // our own messages; standard
	Callbacks   string // webhooks to deliver; standard
	DeadLetters string // what can never succeed
	// Results takes the events, too; standard or FIFO. "" for none.
	Results string
}

// Check says what is wrong with the addresses, by the variables that hold them: each
// but the result queue's must be there, and of a queue of its own. Where two name one queue, messages of
// one kind are refused as those of the other, and sheets are lost.
func (q Queues) Check() error {
	named := []struct{ name, url string }{
		{"SQS_QUEUE_URL", q.Jobs}, {"SQS_WORK_QUEUE_URL", q.Work}, {"SQS_CALLBACK_QUEUE_URL", q.Callbacks}, {"SQS_DLQ_URL", q.DeadLetters},
	}
	if q.Results != "" {
		named = append(named, struct{ name, url string }{"RESULT_QUEUE_URL", q.Results})
	}
	for i, a := range named {
		if a.url == "" {
			return fmt.Errorf("%s is not set: the addresses of all four queues are required", a.name)
		}
		for _, b := range named[:i] {
			if queuePath(a.url) == queuePath(b.url) {
				return fmt.Errorf("%s and %s name the same queue: give each its own", b.name, a.name)
			}
		}
	}
	for _, a := range named[1:3] {
		if strings.HasSuffix(queuePath(a.url), ".fifo") {
			return fmt.Errorf("%s is a FIFO queue, which can't delay single messages: make it a standard queue", a.name)
		}
	}
	return nil
}

// queuePath is a queue's account and name: all four are reached by one client, so
// that the host says nothing more.
func queuePath(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	return strings.Trim(u.Path, "/")
}

// Options configure a worker. Fields without a default are required.
type Options struct {
	// Broker opens the queue at an address, as awssqs.Broker does.
	Broker func(url string) queue.Driver
	Queues Queues
	Store  *s3store.Store
	Reader reading.Reader
	// NoMessages has the worker take none: it reads what comes by HTTP alone.
	NoMessages bool
	// NoNames leaves the name beside the number unread, which a Reader that is a
	// [reading.NameReader] reads where the roster has names.
	NoNames bool
	Poster  deliver.Poster

	// Second is asked about sheets that would go to review. Defaults to nobody.
	Second reading.Second
	// SecondBudget is how many questions a batch may cost. Defaults to 50.
	SecondBudget int

	// WebhookURL receives the events of jobs that name no callback_url. Without
	// it such jobs have no webhooks.
	WebhookURL string
	// Secrets sign what goes to the result queue. Defaults to none: it is not signed.
	Secrets webhook.Secrets
	// Allowed are the hosts that a job's callback_url may name.
	Allowed egress.Allowed
	// DownloadHosts are those that a job's download_url may name, from which an image of at
	// most Images.MaxBytes is fetched. Defaults to none: such jobs are refused.
	DownloadHosts egress.Allowed
	// Receivers says how the receivers of webhooks are spared. OnChange is the
	// worker's own.
	Receivers webhook.ReceiversOptions
	// Params are the numbers of the decision. Defaults to recognizer's.
	Params recognizer.Params

	// Concurrency is how many sheets are read at once. Defaults to the number of
	// cores.
	Concurrency int
	// Prefetch is how many sheets are held at once, being downloaded, read or
	// filed. Defaults to 8 more than twelve for each that is read.
	Prefetch int
	// MemoryBudget bounds the bytes of downloaded and uploaded files, these to half of
	// it. Defaults to 64 MiB; a larger file is taken alone.
	MemoryBudget int64
	// DecodeBudget bounds the bytes that pages take while they are decoded and read,
	// as their headers say, in this process and in the decoder's; a page that alone
	// would take more fails as too large. Defaults to 512 MiB: a photo of 48 megapixels
	// takes 504, and a PNG of 50 megapixels in 16 bits and four channels 600.
	DecodeBudget int64
	// DecoderCommand starts the process that decodes all but JPEG and PNG, as
	// imagefile.Decoder's Command. Defaults to none: then a hostile file can stop the
	// worker.
	DecoderCommand []string
	// DecoderCache keeps that process's compiled code, as imagefile.Decoder's CacheDir.
	// Defaults to none.
	DecoderCache string
	// LargeFiles is a folder in which PDFs lie that are too large for memory, up to
	// 2 GiB of them. Defaults to none: then no file of more than Images.MaxBytes is read.
	LargeFiles string
	// MaxAttempts is how often a sheet may take the process down before it is
	// given up. Defaults to 3.
	MaxAttempts int
	// ReadTimeout bounds the reading of one sheet. Defaults to 2 min.
	ReadTimeout time.Duration
	// BatchDeadline is when sheets that are still missing become failed, counted
	// from the first message of the batch. Defaults to 6 h.
	BatchDeadline time.Duration
	// Uploads say which exam and batch an object belongs to that S3 itself tells of.
	// Defaults to arrivals.DefaultPatterns.
	Uploads arrivals.Patterns
	// BatchIdle is how long an open batch waits for another sheet before it ends.
	// Defaults to 10 min.
	BatchIdle time.Duration
	// ImagePatience is how long a missing image is waited for: uploads race
	// jobs. Defaults to 2 min.
	ImagePatience time.Duration
	// RosterPatience is how long a missing roster is waited for, and an object that
	// S3 refuses us. Defaults to 10 min.
	RosterPatience time.Duration
	// SettleDelay gathers the verdicts of people that come close together.
	// Defaults to 2 s.
	SettleDelay time.Duration
	// FinishDelay is when a batch is first looked at by a message rather than by
	// who did its last sheet; it doubles with each look. Defaults to 30 s.
	FinishDelay time.Duration
	// DeliveriesEvery is how long attempts to deliver are gathered before they are written
	// to the log of deliveries. Defaults to 10 s.
	DeliveriesEvery time.Duration
	// DrainTimeout is how long begun work may go on after ctx ended. Defaults to
	// 25 s.
	DrainTimeout time.Duration
	// Visibility is how long a message is hidden before it is kept alive again.
	// Defaults to 30 s.
	Visibility time.Duration

	Images  imagefile.Limits
	Rosters roster.Limits

	// Checks are what else must be in order for the worker to be ready, such as
	// that credentials can be renewed. What they say is shown to anyone.
	Checks []func(context.Context) error

	// Clock tells the time by the queue's. Defaults to the machine's.
	Clock *clock.Clock
	// Credentials are those whose expiry the metrics show. Defaults to none.
	Credentials aws.CredentialsProvider
	// Traces makes the spans. Defaults to none.
	Traces trace.TracerProvider
	// Metrics takes the worker's metrics. Defaults to a registry of its own.
	Metrics prometheus.Registerer
	// Log defaults to none.
	Log *zap.Logger
}

func (o Options) withDefaults() Options {
	setDefault(&o.Concurrency, runtime.GOMAXPROCS(0))
	setDefault(&o.Prefetch, 12*o.Concurrency+8)
	setDefault(&o.MemoryBudget, 64<<20)
	setDefault(&o.DecodeBudget, 512<<20)
	setDefault(&o.MaxAttempts, 3)
	setDefault(&o.SecondBudget, 50)
	setDefault(&o.ReadTimeout, 2*time.Minute)
	setDefault(&o.BatchDeadline, 6*time.Hour)
	setDefault(&o.BatchIdle, 10*time.Minute)
	setDefault(&o.ImagePatience, 2*time.Minute)
	setDefault(&o.RosterPatience, 10*time.Minute)
	setDefault(&o.SettleDelay, 2*time.Second)
	setDefault(&o.FinishDelay, 30*time.Second)
	setDefault(&o.DeliveriesEvery, 10*time.Second)
	setDefault(&o.DrainTimeout, 25*time.Second)
	setDefault(&o.Visibility, 30*time.Second)
	setDefault(&o.Images.MaxBytes, 64<<20)
	setDefault(&o.Images.MaxPDF, 1<<30)
	if o.Params == (recognizer.Params{}) {
		o.Params = recognizer.DefaultParams()
	}
	if o.Metrics == nil {
		o.Metrics = prometheus.NewRegistry()
	}
	if o.Traces == nil {
		o.Traces = noop.NewTracerProvider()
	}
	if o.Log == nil {
		o.Log = zap.NewNop()
	}
	return o
}

func setDefault[T int | int64 | time.Duration](field *T, value T) {
	if *field <= 0 {
		*field = value
	}
}
