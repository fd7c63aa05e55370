package main

import (
	"context"
	"fmt"
	"image"
	"net"
	"net/http"
	"net/http/pprof"
	"os"
	"os/signal"
	"runtime/debug"
	"strconv"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"hakbeon/internal/awsclient"
	"hakbeon/internal/config"
	"hakbeon/internal/egress"
	"hakbeon/lab/load/pool"
	"hakbeon/lab/synth"
	"hakbeon/recognizer"
	"hakbeon/s3store"
	"hakbeon/s3store/credentials"
	"hakbeon/webhook"
	"hakbeon/worker"
	"hakbeon/worker/queue/awssqs"
)

// What the stub is told by its environment, beside what every worker is told.
const (
	envPages  = "SCALE_PAGES"
	envDir    = "SCALE_DIR"
	envPeople = "SCALE_PEOPLE"
	envNear   = "SCALE_NEAR"
)

// The product's own, see cmd/hakbeon.
const (
	gcPercent   = 50
	memoryLimit = 640 << 20
)

// stubReader reads stamps: what it gives was recorded.
type stubReader struct {
	pages  []recorded
	people []synth.Person
}

func (r *stubReader) Model() string { return "recorded" }

func (r *stubReader) Read(_ context.Context, page image.Image) (*recognizer.Reading, error) {
	n := stamped(page)
	if n >= len(r.people) {
		return nil, fmt.Errorf("a stamp of sheet %d, of %d", n, len(r.people))
	}
	return r.pages[n%len(r.pages)].of(r.people[n]), nil
}

// runStub is "worker" of this binary: the product's worker with another reader, and
// Go's profiler where the product has its HTTP side.
func runStub() error {
	debug.SetGCPercent(gcPercent)
	debug.SetMemoryLimit(memoryLimit)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	reader, err := newStubReader(ctx)
	if err != nil {
		return err
	}
	cfg, err := config.Load(os.DevNull)
	if err != nil {
		return err
	}
	log, err := cfg.Logger(false)
	if err != nil {
		return err
	}
	options, err := stubOptions(ctx, cfg, reader, log)
	if err != nil {
		return err
	}
	address, err := serveProfiles(ctx)
	if err != nil {
		return err
	}
	log.Info("worker started", zap.String("http", address))
	return worker.Run(ctx, options)
}

func newStubReader(ctx context.Context) (*stubReader, error) {
	pages, err := strconv.Atoi(os.Getenv(envPages))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", envPages, err)
	}
	n, err := strconv.Atoi(os.Getenv(envPeople))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", envPeople, err)
	}
	p, err := pool.New(pages, os.Getenv(envDir))
	if err != nil {
		return nil, err
	}
	r := &stubReader{}
	if r.pages, err = record(ctx, p); err != nil {
		return nil, err
	}
	r.people, err = newPeople(n, os.Getenv(envNear) == "true")
	return r, err
}

// stubOptions are the product's, by the same settings.
func stubOptions(ctx context.Context, cfg config.Config, reader *stubReader, log *zap.Logger) (worker.Options, error) {
	var o worker.Options
	secrets, err := webhook.ParseSecrets(cfg.WebhookKeys)
	if err != nil {
		return o, err
	}
	allowed, err := egress.ParseAllowed(cfg.WebhookHosts)
	if err != nil {
		return o, err
	}
	poster, err := webhook.New(webhook.Options{Secrets: secrets, Allowed: allowed})
	if err != nil {
		return o, err
	}
	aws, err := awsclient.Load(ctx)
	if err != nil {
		return o, err
	}
	source, err := credentials.Open(aws, credentials.Options{Endpoint: credentials.Endpoint{
		URL: cfg.STSEndpoint, Method: cfg.STSMethod, Token: cfg.STSToken, Key: cfg.STSKey,
	}})
	if err != nil {
		return o, err
	}
	return worker.Options{
		Broker: awssqs.Broker(awsclient.SQS(aws)), Store: s3store.New(awsclient.S3(aws, source, source.Renewing()), cfg.Bucket),
		Reader: reader, Poster: poster, WebhookURL: cfg.WebhookURL, Allowed: allowed,
		Queues:    worker.Queues{Jobs: cfg.JobsURL, Work: cfg.WorkURL, Callbacks: cfg.CallbackURL, DeadLetters: cfg.DeadURL},
		Receivers: webhook.ReceiversOptions{Rate: cfg.WebhookRate}, Concurrency: cfg.Concurrency,
		Metrics: prometheus.NewRegistry(), Log: log,
	}, nil
}

// serveProfiles serves Go's profiler on a free port of the loopback interface.
func serveProfiles(ctx context.Context) (string, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("serve profiles: %w", err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/debug/pprof/", pprof.Index)
	mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = server.Serve(listener) }() // ends with the process
	return listener.Addr().String(), nil
}
