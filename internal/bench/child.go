package main

import (
	"context"
	"encoding/json"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/pprof"
	"syscall"

	"go.uber.org/zap"

	"hakbeon/internal/awsclient"
	"hakbeon/internal/config"
	"hakbeon/recognizer"
	"hakbeon/s3store"
	"hakbeon/webhook"
	"hakbeon/worker"
)

const reportFile = "stub.json"

// stubReport is what a worker with a stub reader says at its end.
type stubReport struct {
	Calls map[string]int `json:"calls"`
}

// readReport reads what the worker with the stub wrote at its end.
func readReport(dir string) (report stubReport, err error) {
	body, err := os.ReadFile(filepath.Join(dir, reportFile))
	if err != nil {
		return report, err
	}
	return report, json.Unmarshal(body, &report)
}

// stubWorker is a worker process as "hakbeon worker" is one, but for its reader.
func stubWorker(ctx context.Context, o options) error {
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGTERM, os.Interrupt)
	defer stop()
	cfg, err := config.Load(os.DevNull)
	if err != nil {
		return err
	}
	log, err := cfg.Logger(false)
	if err != nil {
		return err
	}
	reader := &stubReader{burn: o.burn}
	if reader.readings, err = loadReadings(filepath.Join(o.dir, "readings")); err != nil {
		return err
	}
	if o.profile {
		stop, err := profile(o.dir)
		if err != nil {
			return err
		}
		defer stop()
	}
	count, err := runStub(ctx, cfg, reader, log)
	if err != nil {
		return err
	}
	body, err := json.Marshal(stubReport{Calls: count})
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(o.dir, reportFile), body, 0o600)
}

func runStub(ctx context.Context, cfg config.Config, reader worker.Reader, log *zap.Logger) (map[string]int, error) {
	secrets, err := webhook.ParseSecrets(cfg.WebhookKeys)
	if err != nil {
		return nil, err
	}
	allowed, err := webhook.ParseAllowed(cfg.WebhookHosts)
	if err != nil {
		return nil, err
	}
	poster, err := webhook.New(webhook.Options{Secrets: secrets, Allowed: allowed})
	if err != nil {
		return nil, err
	}
	defer poster.Close()
	aws, err := awsclient.Load(ctx)
	if err != nil {
		return nil, err
	}
	var counted calls
	counted.in(&aws)
	params := recognizer.DefaultParams()
	params.Accept = cfg.Accept
	err = worker.Run(ctx, worker.Options{
		SQS: awsclient.SQS(aws), Store: s3store.New(awsclient.S3(aws, nil), cfg.Bucket), Reader: reader, Poster: poster,
		Queues:     worker.Queues{Jobs: cfg.JobsURL, Work: cfg.WorkURL, Callbacks: cfg.CallbackURL, DeadLetters: cfg.DeadURL},
		WebhookURL: cfg.WebhookURL, Allowed: allowed, Params: params, Concurrency: cfg.Concurrency, Log: log,
	})
	return counted.count, err
}

// profile writes CPU, memory and blocking profiles to the folder.
func profile(dir string) (stop func(), err error) {
	file, err := os.Create(filepath.Join(dir, "cpu.pprof"))
	if err != nil {
		return nil, err
	}
	if err := pprof.StartCPUProfile(file); err != nil {
		return nil, err
	}
	return func() {
		pprof.StopCPUProfile()
		file.Close()
		if heap, err := os.Create(filepath.Join(dir, "heap.pprof")); err == nil {
			_ = pprof.Lookup("allocs").WriteTo(heap, 0)
			heap.Close()
		}
	}, nil
}
