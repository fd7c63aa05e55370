package worker

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/aws/smithy-go"
	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"hakbeon/internal/egress"
	"hakbeon/recognizer/roster"
	"hakbeon/s3store"
	"hakbeon/s3store/layout"
	"hakbeon/webhook"
	"hakbeon/worker/archive"
	"hakbeon/worker/arrivals"
	"hakbeon/worker/deliver"
	"hakbeon/worker/ending"
	"hakbeon/worker/intake"
	"hakbeon/worker/outbox"
	"hakbeon/worker/outcome"
	"hakbeon/worker/queue"
	"hakbeon/worker/reading"
	"hakbeon/worker/rosters"
	"hakbeon/worker/telemetry"
)

const (
	jobsHold      = 10
	callbacksHold = 32
)

// Worker is the engine over the three queues. Make one with [New]; it is run
// once.
type Worker struct {
	opts Options
	log  *zap.Logger

	gate      *queue.Gate
	consumers []*queue.Consumer
	metrics   *telemetry.Metrics
	open      *telemetry.OpenBatches
	archive   *archive.Archive
	rosters   *rosters.Cache
	memory    *reading.Memory

	intake  *intake.Intake
	reading *reading.Pipeline
	ending  *ending.Coordinator
	deliver *deliver.Dispatcher
	tally   *ending.Tally

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
	if len(opts.Uploads) == 0 {
		var err error
		if opts.Uploads, err = arrivals.ParsePatterns(arrivals.DefaultPatterns); err != nil {
			return nil, err
		}
	}
	receivers, err := deliver.NewReceivers(opts.Receivers, opts.Log)
	if err != nil {
		return nil, err
	}
	w := &Worker{
		opts: opts, log: opts.Log, gate: &queue.Gate{}, metrics: telemetry.NewMetrics(opts.Metrics),
		open: telemetry.NewOpenBatches(), archive: archive.New(opts.Store, opts.Log),
		memory: reading.NewMemory(opts.MemoryBudget), tally: ending.NewTally(time.Second),
	}
	if w.rosters, err = rosters.New(opts.Store, opts.Rosters, opts.Log); err != nil {
		return nil, err
	}
	w.archive.Deliveries.OnLost = w.metrics.LinesLost
	var spool *reading.Spool
	if opts.LargeFiles != "" {
		if spool, err = reading.NewSpool(opts.LargeFiles); err != nil {
			w.log.Warn("PDFs of more than 64 MiB are not read: there is no folder for them", zap.Error(err))
		}
	}
	w.life, w.end = context.WithCancel(context.Background())
	w.furnish(receivers, spool)
	w.consumers = []*queue.Consumer{
		w.consumer(telemetry.QueueJobs, opts.Queues.Jobs, jobsHold, w.handleJob),
		w.consumer(telemetry.QueueWork, opts.Queues.Work, opts.Prefetch, w.handleTask),
		w.consumer(telemetry.QueueCallbacks, opts.Queues.Callbacks, callbacksHold, w.handleDelivery),
	}
	w.registerLive()
	opts.Metrics.MustRegister(deliver.Circuits{Of: receivers})
	return w, nil
}

// furnish makes the parts that do the work.
func (w *Worker) furnish(receivers *webhook.Receivers, spool *reading.Spool) {
	o, tracer := w.opts, w.opts.Traces.Tracer("hakbeon/worker")
	out := &outbox.Outbox{
		Work: queue.NewSender(o.Broker(o.Queues.Work)), Callbacks: queue.NewSender(o.Broker(o.Queues.Callbacks)),
		Archive: w.archive, WebhookURL: o.WebhookURL, Results: o.Queues.Results != "", SettleDelay: o.SettleDelay,
	}
	scorers := outcome.NewScorers(o.Params)
	w.ending = &ending.Coordinator{
		Archive: w.archive, Outbox: out, Rosters: w.rosters, Scorers: scorers, Params: o.Params, Bucket: o.Store.Bucket(),
		BatchDeadline: o.BatchDeadline, BatchIdle: o.BatchIdle, FinishDelay: o.FinishDelay,
		Clock: o.Clock, Open: w.open, Metrics: w.metrics, Tracer: tracer, Log: w.log,
	}
	w.intake = &intake.Intake{
		Store: o.Store, Archive: w.archive, Outbox: out, Memory: w.memory.Take, Allowed: o.Allowed,
		Downloads: intake.Downloads{
			Hosts: o.DownloadHosts, Transport: egress.Transport(egress.Options{Allowed: o.DownloadHosts}),
			MaxBytes: o.Images.MaxBytes, Timeout: o.ReadTimeout,
		},
		Uploads: o.Uploads, Arrived: w.metrics.Arrived, FinishDelay: o.FinishDelay,
		ImagePatience: o.ImagePatience, RosterPatience: o.RosterPatience, Clock: o.Clock, Log: w.log,
	}
	w.reading = reading.New(reading.Options{
		Reader: o.Reader, NoNames: o.NoNames, Second: o.Second, SecondBudget: o.SecondBudget, Params: o.Params, Images: o.Images,
		Concurrency: o.Concurrency, DecodeBudget: o.DecodeBudget,
		DecoderCommand: o.DecoderCommand, DecoderCache: o.DecoderCache, Spool: spool,
		MaxAttempts: o.MaxAttempts, ReadTimeout: o.ReadTimeout, DrainTimeout: o.DrainTimeout,
		ImagePatience: o.ImagePatience, RosterPatience: o.RosterPatience, FinishDelay: o.FinishDelay,
		Batches: w.intake, Ready: w.Ready, Hold: w.hold,
	}, reading.Parts{
		Store: o.Store, Archive: w.archive, Outbox: out, Rosters: w.rosters, Scorers: scorers, Memory: w.memory, Open: w.open,
		Metrics: w.metrics, Tracer: tracer, Clock: o.Clock, Log: w.log,
	})
	w.deliver = &deliver.Dispatcher{
		Archive: w.archive, Outbox: out, Poster: o.Poster, Receivers: receivers, Allowed: o.Allowed,
		Clock: o.Clock, Metrics: w.metrics, Tracer: tracer, Log: w.log,
	}
	if o.Queues.Results != "" {
		w.deliver.Results = deliver.NewResults(o.Broker(o.Queues.Results), o.Secrets, o.Clock)
	}
}

// hold notes that a sheet of the batch is begun. Once it is over, the last one of a
// batch has somebody look whether that has ended.
func (w *Worker) hold(ctx context.Context, b layout.Batch) (done func(err error, total int)) {
	w.tally.Hold(b)
	return func(err error, total int) {
		w.tally.Release(b, err == nil, total, func() { w.ending.Glance(telemetry.SameTrace(w.life, ctx), b) })
	}
}

// Extract reads one sheet at once: see [reading.Pipeline.Extract].
func (w *Worker) Extract(ctx context.Context, up reading.Upload) (*reading.Extraction, error) {
	return w.reading.Extract(ctx, up)
}

// Hold takes room for an upload: see [reading.Memory.TakeUpload].
func (w *Worker) Hold(ctx context.Context, size int64) (release func(), err error) {
	return w.memory.TakeUpload(ctx, size)
}

// LargeFiles reports whether PDFs are read that are too large for memory.
func (w *Worker) LargeFiles() bool { return w.reading.LargeFiles() }

// HoldPage takes room for a page that is decoded: see [reading.Pipeline.HoldPage].
func (w *Worker) HoldPage(ctx context.Context, bytes int64) (release func(), err error) {
	return w.reading.HoldPage(ctx, bytes)
}

// ReadRoster reads a roster as the worker does its own: see [rosters.Cache.Read].
func (w *Worker) ReadRoster(ctx context.Context, data []byte) (*roster.Roster, error) {
	return w.rosters.Read(ctx, data)
}

// ExamNames are what people call exams: see [rosters.Cache.Names].
func (w *Worker) ExamNames(ctx context.Context) (roster.Exams, error) { return w.rosters.Names(ctx) }

// ForgetRosters has rosters read from S3 again: one was uploaded or removed
// through this process. Others see it within 15 s.
func (w *Worker) ForgetRosters() { w.rosters.Forget() }

func (o Options) check() error {
	if o.Broker == nil || o.Store == nil || o.Reader == nil || o.Poster == nil {
		return errors.New("worker: Broker, Store, Reader and Poster are required")
	}
	if err := o.Queues.Check(); err != nil {
		return fmt.Errorf("worker: %w", err)
	}
	return nil
}

func (w *Worker) consumer(name, url string, hold int, handle queue.Handler) *queue.Consumer {
	return queue.NewConsumer(w.opts.Broker(url), queue.Options{
		Hold: hold, Gate: w.gate, Visibility: w.opts.Visibility, DrainTimeout: w.opts.DrainTimeout,
		DeadLetters: queue.NewSender(w.opts.Broker(w.opts.Queues.DeadLetters)),
		Observe:     func(s queue.Settled) { w.metrics.Settled(name, s) },
		Log:         w.log,
	}, telemetry.Traced(w.opts.Traces.Tracer("hakbeon/worker"), name, handle))
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
	all.Go(func() { <-ctx.Done(); w.reading.CloseVisits() })
	all.Go(func() { w.observe(ctx) })
	var warming, logging sync.WaitGroup
	warming.Go(w.reading.Warm)
	logging.Go(func() { w.archive.Deliveries.Run(w.life, w.opts.DeliveriesEvery) })
	for _, c := range w.consumers {
		if !w.opts.NoMessages {
			all.Go(func() { c.Run(ctx) })
		}
	}
	all.Wait()
	w.end()
	w.ending.Leave(w.tally.Stop())
	if err := w.reading.Close(); err != nil { // ends the warming too
		w.log.Warn("could not free the decoder", zap.Error(err))
	}
	warming.Wait()
	logging.Wait()
	if errors.Is(context.Cause(ctx), ErrHung) {
		return ErrHung
	}
	return nil
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
	w.archive.Alive()
	w.reading.Alive()
	w.open.Oldest(time.Now())
}

func (w *Worker) allHang() bool { return w.reading.Hung() >= int64(w.opts.Concurrency) }

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

// registerLive registers what is looked up when it is asked for.
func (w *Worker) registerLive() {
	into := w.opts.Metrics
	for i, name := range []string{telemetry.QueueJobs, telemetry.QueueWork, telemetry.QueueCallbacks} {
		into.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "hakbeon_messages_held", Help: "Messages held now.", ConstLabels: prometheus.Labels{"queue": name},
		}, func() float64 { return float64(w.consumers[i].Held()) }))
	}
	into.MustRegister(
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "hakbeon_paused", Help: "How many outside things are out of order, so that receiving pauses.",
		}, func() float64 { return float64(len(w.gate.Paused())) }),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "hakbeon_oldest_batch_age_seconds", Help: "Age of the oldest batch without an end that this process has lately seen; 0 for none.",
		}, func() float64 { return w.open.Oldest(time.Now()).Seconds() }),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "hakbeon_clock_ahead_seconds", Help: "How far this machine's clock is ahead of the queue's, which is used; negative if it is behind.",
		}, func() float64 { return w.opts.Clock.Ahead().Seconds() }),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "hakbeon_readers_hung", Help: "Readings that do not end and were abandoned; each holds a slot.",
		}, func() float64 { return float64(w.reading.Hung()) }),
	)
}
