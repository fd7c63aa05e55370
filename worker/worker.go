package worker

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aws/smithy-go"
	"go.opentelemetry.io/otel/trace"
	"go.uber.org/zap"
	"golang.org/x/sync/semaphore"
	"golang.org/x/sync/singleflight"

	"hakbeon/recognizer/imagefile"
	"hakbeon/s3store"
	"hakbeon/webhook"
	"hakbeon/worker/queue"
)

const (
	jobsHold      = 10
	callbacksHold = 32
)

// Worker is the engine over the three queues. Make one with [New]; it is run
// once.
type Worker struct {
	opts  Options
	store *s3store.Store
	log   *zap.Logger

	gate      *queue.Gate
	consumers []*queue.Consumer
	work      *queue.Sender
	callbacks *queue.Sender
	metrics   *metrics
	receivers *webhook.Receivers
	tracer    trace.Tracer
	open      *openBatches

	cpu    *semaphore.Weighted // slots of sheets being read
	memory *semaphore.Weighted // bytes of downloaded and uploaded files
	// uploads are the bytes that may be kept by uploads: slow senders must not keep the
	// queues' sheets from being downloaded.
	uploads *semaphore.Weighted
	// decoding are bytes of pages that are decoded and read, and apart is the decoder's
	// process, which decodes one page at a time.
	decoding, apart *semaphore.Weighted
	hung            atomic.Int64 // slots lost to readings that don't end
	visits          *visits      // sheets whose senders wait

	*caches

	counting sync.Mutex // one looks at a budget at a time
	tally    *tally
	decoder  imagefile.Decoder
	settling singleflight.Group
	// alone is held for reading by every sheet that is read, and for writing by
	// one that is suspected of taking the process down.
	alone sync.RWMutex
	// life ends with the drain; what no message pays for runs under it.
	life context.Context
	end  context.CancelFunc
}

// New checks the options and returns a Worker that has not begun.
func New(opts Options) (*Worker, error) {
	opts = opts.withDefaults()
	if err := opts.check(); err != nil {
		return nil, err
	}
	caches, err := newCaches(opts)
	if err != nil {
		return nil, err
	}
	receivers, err := newReceivers(opts)
	if err != nil {
		return nil, err
	}
	w := &Worker{
		opts: opts, store: opts.Store, log: opts.Log, gate: &queue.Gate{},
		work:      queue.NewSender(opts.SQS, opts.Queues.Work),
		callbacks: queue.NewSender(opts.SQS, opts.Queues.Callbacks),
		cpu:       semaphore.NewWeighted(int64(opts.Concurrency)),
		memory:    semaphore.NewWeighted(opts.MemoryBudget),
		uploads:   semaphore.NewWeighted(max(opts.MemoryBudget/2, 1)),
		decoding:  semaphore.NewWeighted(opts.DecodeBudget),
		apart:     semaphore.NewWeighted(1),
		receivers: receivers, caches: caches,
	}
	w.life, w.end = context.WithCancel(context.Background())
	w.tally = newTally(time.Second)
	w.visits = newVisits(opts.DrainTimeout)
	w.consumers = []*queue.Consumer{
		w.consumer(queueJobs, opts.Queues.Jobs, jobsHold, w.handleJob),
		w.consumer(queueWork, opts.Queues.Work, opts.Prefetch, w.handleTask),
		w.consumer(queueCallbacks, opts.Queues.Callbacks, callbacksHold, w.handleDelivery),
	}
	w.tracer, w.open = opts.Traces.Tracer("hakbeon/worker"), newOpenBatches()
	w.metrics = newMetrics(opts.Metrics, w)
	w.decoder.Command, w.decoder.CacheDir = opts.DecoderCommand, opts.DecoderCache
	w.decoder.Stopped = w.decoderStopped
	return w, nil
}

func (o Options) check() error {
	if o.SQS == nil || o.Store == nil || o.Reader == nil || o.Poster == nil {
		return errors.New("worker: SQS, Store, Reader and Poster are required")
	}
	if err := o.Queues.Check(); err != nil {
		return fmt.Errorf("worker: %w", err)
	}
	return nil
}

func (w *Worker) consumer(name, url string, hold int, handle queue.Handler) *queue.Consumer {
	return queue.NewConsumer(w.opts.SQS, queue.Options{
		URL: url, Hold: hold, Gate: w.gate, Visibility: w.opts.Visibility, DrainTimeout: w.opts.DrainTimeout,
		DeadLetters: queue.NewSender(w.opts.SQS, w.opts.Queues.DeadLetters),
		Observe:     func(s queue.Settled) { w.metrics.settled(name, s) },
		Log:         w.log,
	}, w.traced(name, handle))
}

// ErrHung ends a worker all of whose readers hang: only a new process helps.
var ErrHung = errors.New("all readers hang: the process must be started again")

// Run works until ctx ends and then drains: begun work may finish within
// DrainTimeout, the rest is handed back. It returns [ErrHung] if it ended by
// itself, else nil.
func (w *Worker) Run(ctx context.Context) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var all sync.WaitGroup
	all.Go(func() { w.watch(ctx, stop) })
	all.Go(func() { <-ctx.Done(); w.visits.close() })
	all.Go(func() { w.observe(ctx) })
	var warming sync.WaitGroup
	warming.Go(w.warm)
	for _, c := range w.consumers {
		all.Go(func() { c.Run(ctx) })
	}
	all.Wait()
	w.end()
	w.leave(w.tally.stop())
	if err := w.decoder.Close(); err != nil { // ends the warming too
		w.log.Warn("could not free the decoder", zap.Error(err))
	}
	warming.Wait()
	if errors.Is(context.Cause(ctx), ErrHung) {
		return ErrHung
	}
	return nil
}

// warm starts the decoder's process ahead of the first file that needs it.
func (w *Worker) warm() {
	since := time.Now()
	switch err := w.decoder.Warm(); {
	case errors.Is(err, imagefile.ErrClosed):
	case err != nil:
		w.log.Error("the decoder does not start: PDF, HEIC, TIFF and WebP cannot be read", zap.Error(err))
	case len(w.opts.DecoderCommand) > 0:
		w.log.Info("decoder started", zap.Duration("took", time.Since(since)))
	}
}

func (w *Worker) decoderStopped(cause string) {
	w.metrics.stops.WithLabelValues(cause).Inc()
	w.log.Warn("the decoder was stopped in the middle of a page", zap.String("cause", cause))
}

// watchEvery is how often a look is taken at the readers, at most.
const watchEvery = 10 * time.Second

// watch ends the worker once all readers hang at two looks in a row.
func (w *Worker) watch(ctx context.Context, stop context.CancelCauseFunc) {
	tick := time.NewTicker(min(watchEvery, w.opts.ReadTimeout))
	defer tick.Stop()
	looks := 0
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if looks++; !w.allHang() {
			looks = 0
		}
		if looks == 2 {
			w.log.Error("all readers hang: ending, to be started again")
			stop(ErrHung)
		}
	}
}

// Alive goes where a worker that is stuck would not come back from: every lock that
// receiving, keeping messages alive and reading go through. It is for a watchdog.
func (w *Worker) Alive() {
	w.gate.Paused()
	for _, c := range w.consumers {
		c.Held()
	}
	w.records.get("")
	w.files.get("")
	w.open.oldest(time.Now())
}

func (w *Worker) allHang() bool { return w.hung.Load() >= int64(w.opts.Concurrency) }

// Run makes a [Worker] and runs it until ctx ends; see [Worker.Run].
func Run(ctx context.Context, opts Options) error {
	w, err := New(opts)
	if err != nil {
		return err
	}
	return w.Run(ctx)
}

// Ready says what keeps the worker from working; nil if nothing does. It names
// the cause and its kind, never a key or an address: anyone may ask.
func (w *Worker) Ready() error {
	paused := w.gate.Paused()
	var errs []error
	for _, cause := range slices.Sorted(maps.Keys(paused)) {
		errs = append(errs, fmt.Errorf("%s is out of order%s", cause, kindOf(paused[cause])))
	}
	for _, check := range w.opts.Checks {
		errs = append(errs, check(w.life))
	}
	if w.allHang() {
		errs = append(errs, ErrHung)
	}
	return errors.Join(errs...)
}

// kindOf is what may be said in public of an error from outside.
func kindOf(err error) string {
	if s3Err, ok := errors.AsType[*s3store.Error](err); ok {
		return ": " + s3Err.Kind.Error()
	}
	if apiErr, ok := errors.AsType[smithy.APIError](err); ok {
		return ": " + apiErr.ErrorCode()
	}
	return ""
}

// outside turns an infrastructure error of S3 into one that pauses receiving,
// and leaves others as they are.
func outside(err error) error {
	if s3store.Infrastructure(err) {
		return &queue.PauseError{Cause: "s3", Err: err}
	}
	return err
}
