package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/coreos/go-systemd/v22/daemon"
	"github.com/mattn/go-isatty"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/spf13/cobra"
	"go.opentelemetry.io/otel/trace"
	"go.uber.org/zap"

	"hakbeon/internal/awsclient"
	"hakbeon/internal/clock"
	"hakbeon/internal/config"
	"hakbeon/internal/egress"
	"hakbeon/recognizer"
	"hakbeon/s3store"
	"hakbeon/web/api"
	"hakbeon/web/deliveries"
	"hakbeon/web/export"
	"hakbeon/webhook"
	"hakbeon/worker"
	"hakbeon/worker/arrivals"
	"hakbeon/worker/queue/awssqs"
)

func newWorker() *cobra.Command {
	var envFile string
	cmd := &cobra.Command{
		Use: "worker", Short: "Take jobs from SQS until interrupted", Args: none(),
		Long: `Take jobs from SQS until interrupted: read each sheet, file it in S3 and tell
the backend by webhook. SIGTERM or Ctrl-C drains: begun sheets are finished
within DRAIN_TIMEOUT, the others are handed back; a second signal stops at once.`,
		Example: "  hakbeon local --env-file /tmp/hakbeon.env &\n  hakbeon worker --env-file /tmp/hakbeon.env",
		RunE:    func(cmd *cobra.Command, _ []string) error { return runWorker(cmd.Context(), envFile, true) },
	}
	envFileFlag(cmd, &envFile)
	return cmd
}

func newWeb() *cobra.Command {
	var envFile string
	cmd := &cobra.Command{
		Use: "web", Short: "Serve the HTTP API and the pages for graders, and take no jobs", Args: none(),
		Long: `Serve the HTTP API and the pages for graders until interrupted, with the same
settings as a worker, and take no jobs: for who wants them apart. Workers serve both
by default; what is brought in here is read by them.`,
		Example: "  hakbeon worker --env-file /etc/hakbeon.env &\n  HTTP_ADDR=:8080 hakbeon web --env-file /etc/hakbeon.env",
		RunE:    func(cmd *cobra.Command, _ []string) error { return runWorker(cmd.Context(), envFile, false) },
	}
	envFileFlag(cmd, &envFile)
	return cmd
}

// gcPercent has the heap grow by half, not by all of it, between collections: most
// of it are files and pictures, which take memory and cost a collection no time.
const gcPercent = 50

// memoryLimit has the collector work harder before pages, files and what is left of
// earlier ones fill a worker's gigabyte, of which the decoder's process has its part.
const memoryLimit = 640 << 20

// receiverTime bounds the look at WEBHOOK_URL at the start.
const receiverTime = 5 * time.Second

// runWorker works until ctx ends: as a worker if it takes jobs, else as its HTTP side alone.
func runWorker(ctx context.Context, envFile string, takes bool) error {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memoryLimit)
	}
	cfg, err := config.Load(envFile)
	if err != nil {
		return err
	}
	log, err := cfg.Logger(isatty.IsTerminal(os.Stderr.Fd()))
	if err != nil {
		return err
	}
	defer log.Sync() //nolint:errcheck // stderr can't be synced on every system
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	traces, endTraces, err := startTraces(ctx, log)
	if err != nil {
		return err
	}
	defer endTraces()
	p, closeAll, err := buildWorker(ctx, cfg, takes, registry, traces, log)
	if err != nil {
		return err
	}
	defer closeAll()
	who, err := accessOf(cfg, p.store)
	if err != nil {
		return err
	}
	front, err := listen(ctx, cfg, log)
	if err != nil {
		return err
	}
	started := "worker started"
	if !takes {
		started = "web started"
	}
	log.Info(started, zap.String("version", buildVersion()), zap.String("http", front.listener.Addr().String()))
	serving, stopServing := context.WithCancel(context.WithoutCancel(ctx))
	handler, err := withReview(serving, cfg, p, who, log, api.New(httpOptions(cfg, p, who.gate, readiness(ctx, p.worker), registry, log)))
	if err != nil {
		stopServing()
		return err
	}
	var server sync.WaitGroup
	server.Go(func() {
		if err := api.Serve(serving, front.listener, handler, front.certificate, log); err != nil {
			log.Error("http side ended", zap.Error(err))
		}
	})
	server.Go(func() { watchdog(serving, p.worker.Alive, log) })
	context.AfterFunc(ctx, func() { notify(daemon.SdNotifyStopping, log) })
	err = p.worker.Run(ctx)
	stopServing()
	server.Wait()
	log.Info("worker stopped", zap.Error(err))
	return err
}

// readiness adds to the worker's own: one that drains is not ready.
func readiness(ctx context.Context, w *worker.Worker) func() error {
	return func() error {
		if ctx.Err() != nil {
			return errors.New("shutting down")
		}
		return w.Ready()
	}
}

// parts are what the worker and its HTTP side are made of.
type parts struct {
	worker  *worker.Worker
	store   *s3store.Store
	sqs     *sqs.Client
	model   string
	poster  *webhook.Client
	allowed egress.Allowed
	// downloads are the hosts of images that lie elsewhere.
	downloads egress.Allowed
	// How pages are decoded apart from this process, for the page for graders, too.
	decoder      []string
	decoderCache string
	// exports are bounded over all who ask for one.
	exports *export.Exporter
	// publicKeys are what receivers verify events by.
	publicKeys []string
	// deliveries lets one look at a time read many attempts.
	deliveries *deliveries.Door
}

// buildWorker wires the parts by the settings. The returned function frees them.
func buildWorker(ctx context.Context, cfg config.Config, takes bool, registry prometheus.Registerer, traces trace.TracerProvider, log *zap.Logger) (*parts, func(), error) {
	err := config.Need("AWS_REGION", "S3_BUCKET", "SQS_QUEUE_URL", "SQS_WORK_QUEUE_URL", "SQS_CALLBACK_QUEUE_URL", "SQS_DLQ_URL")
	if err != nil {
		return nil, nil, err
	}
	queueTime := clock.New(func(ahead time.Duration) {
		log.Warn("this machine's clock is wrong: the queue's is used", zap.Duration("ahead", ahead))
	})
	allowed, poster, err := buildPoster(cfg, queueTime.Now)
	if err != nil {
		return nil, nil, err
	}
	secrets, uploads, downloads, err := parsed(cfg)
	if err != nil {
		return nil, nil, err
	}
	if err := checkReceiver(ctx, cfg, poster, log); err != nil {
		poster.Close()
		return nil, nil, err
	}
	store, aws, source, err := connectAs(ctx, cfg, observeRenewals(registry, log), tracedCalls(traces))
	if err != nil {
		return nil, nil, err
	}
	second, err := buildSecond(cfg, registry)
	if err != nil {
		return nil, nil, err
	}
	reader, err := openReader(cfg)
	if err != nil {
		return nil, nil, fmt.Errorf("load the reader: %w", err)
	}
	params := recognizer.DefaultParams()
	params.Accept, params.NoAttendance = cfg.Accept, cfg.NoAttendance
	decoder, decoderCache, err := decoderOf(log)
	if err != nil {
		return nil, nil, err
	}
	client := awsclient.SQS(aws, queueTime.Follow)
	w, err := worker.New(worker.Options{
		Broker: awssqs.Broker(client), Store: store, Reader: reader, NoNames: cfg.NoNames, NoMessages: !takes, Poster: poster,
		Queues: queuesOf(cfg), Uploads: uploads,
		Second: second, SecondBudget: cfg.VLMBudget, DecoderCommand: decoder, DecoderCache: decoderCache, LargeFiles: largeFiles(decoderCache),
		WebhookURL: cfg.WebhookURL, Secrets: secrets, Allowed: allowed, DownloadHosts: downloads, Receivers: receivers(cfg), Params: params,
		Concurrency: cfg.Concurrency, MaxAttempts: cfg.MaxAttempts,
		BatchDeadline: cfg.BatchDeadline, BatchIdle: cfg.BatchIdle, DrainTimeout: cfg.DrainTimeout, Visibility: cfg.Visibility,
		Checks: []func(context.Context) error{source.Ready}, Clock: queueTime, Credentials: aws.Credentials, Traces: traces,
		Metrics: registry, Log: log,
	})
	closeAll := func() {
		poster.Close()
		closeReader(reader, log)
	}
	if err != nil {
		closeAll()
		return nil, nil, err
	}
	return &parts{
		w, store, client, reader.Model(), poster, allowed, downloads, decoder, decoderCache, export.New(export.Options{Store: byExam{store}}), secrets.PublicKeys(), deliveryLog(cfg, store, client),
	}, closeAll, nil
}

// checkReceiver refuses at the start what each delivery would be refused for. A name
// that can't be resolved may be one day.
func checkReceiver(ctx context.Context, cfg config.Config, poster *webhook.Client, log *zap.Logger) error {
	if cfg.WebhookURL == "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, receiverTime)
	defer cancel()
	err := poster.Check(ctx, cfg.WebhookURL)
	if bad, ok := errors.AsType[*webhook.Error](err); ok && bad.Refused() {
		return fmt.Errorf("WEBHOOK_URL: %w", err)
	}
	if err != nil {
		log.Warn("WEBHOOK_URL can't be looked up now: events will be tried for three days", zap.Error(err))
	}
	return nil
}

// parsed are the settings that have a form of their own and concern messages.
func parsed(cfg config.Config) (webhook.Secrets, arrivals.Patterns, egress.Allowed, error) {
	downloads, err := downloadHosts(cfg)
	if err != nil {
		return nil, nil, downloads, err
	}
	secrets, err := signersOf(cfg)
	if err != nil {
		return nil, nil, downloads, err
	}
	uploads, err := uploadPatterns(cfg)
	return secrets, uploads, downloads, err
}

// decoderOf is how pages are decoded in a process of their own, and warns of what makes
// that slow.
func decoderOf(log *zap.Logger) (command []string, cache string, err error) {
	command, cache, noCache, err := decoderSettings()
	if err == nil && noCache != nil {
		log.Warn("the decoder of PDFs takes 3 s to start, each time, and no PDF of more than 64 MiB is read: set CACHE_DIRECTORY to a folder that is this user's alone", zap.Error(noCache))
	}
	return command, cache, err
}

// largeFiles is where large PDFs lie: beside what the decoder keeps.
func largeFiles(cache string) string {
	if cache == "" {
		return ""
	}
	return filepath.Join(filepath.Dir(cache), "large")
}

// downloadHosts are those of images that lie elsewhere.
func downloadHosts(cfg config.Config) (egress.Allowed, error) {
	hosts, err := egress.ParseAllowed(cfg.DownloadHosts)
	if err != nil {
		return hosts, fmt.Errorf("DOWNLOAD_ALLOWED_HOSTS: %w", err)
	}
	return hosts, nil
}

// uploadPatterns say where sheets lie that S3 tells of.
func uploadPatterns(cfg config.Config) (arrivals.Patterns, error) {
	patterns, err := arrivals.ParsePatterns(cmp.Or(cfg.Uploads, arrivals.DefaultPatterns))
	if err != nil {
		return nil, fmt.Errorf("UPLOAD_KEY_PATTERN: %w", err)
	}
	return patterns, nil
}

func queuesOf(cfg config.Config) worker.Queues {
	return worker.Queues{Jobs: cfg.JobsURL, Work: cfg.WorkURL, Callbacks: cfg.CallbackURL, DeadLetters: cfg.DeadURL, Results: cfg.ResultURL}
}

// closeReader frees the models. A reading that hangs keeps them: the process
// ends without waiting for it.
func closeReader(reader *recognizer.Reader, log *zap.Logger) {
	closed := make(chan error, 1)
	go func() { closed <- reader.Close() }()
	select {
	case err := <-closed:
		if err != nil {
			log.Warn("could not free the reader", zap.Error(err))
		}
	case <-time.After(2 * time.Second):
		log.Error("a reading hangs: the models are not freed")
	}
}

// receivers says how webhook receivers are spared; 0 in the settings is "not".
func receivers(cfg config.Config) webhook.ReceiversOptions {
	return webhook.ReceiversOptions{
		Failures: cmp.Or(cfg.CircuitFailures, -1), OpenFor: cfg.CircuitOpen, Rate: cmp.Or(cfg.WebhookRate, -1),
	}
}

func buildPoster(cfg config.Config, now func() time.Time) (egress.Allowed, *webhook.Client, error) {
	allowed, err := egress.ParseAllowed(cfg.WebhookHosts)
	if err != nil {
		return allowed, nil, fmt.Errorf("WEBHOOK_ALLOWED_HOSTS: %w", err)
	}
	secrets, err := signersOf(cfg)
	if err != nil {
		return allowed, nil, err
	}
	poster, err := webhook.New(webhook.Options{Secrets: secrets, Allowed: allowed, Now: now})
	return allowed, poster, err
}
