package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"runtime"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"hakbeon/internal/config"
	"hakbeon/internal/egress"
	"hakbeon/internal/submit"
	"hakbeon/jobs"
	"hakbeon/s3store/credentials"
	"hakbeon/web/api"
	"hakbeon/web/auth"
	"hakbeon/webhook"
	"hakbeon/worker/intake"
	"hakbeon/worker/queue"
	"hakbeon/worker/queue/awssqs"
	"hakbeon/worker/reading"
)

// front is where the HTTP side listens; certificate is nil without TLS.
type front struct {
	listener    net.Listener
	certificate *api.Certificate
}

func listen(ctx context.Context, cfg config.Config, log *zap.Logger) (f front, err error) {
	address, err := cfg.Listen()
	if err != nil {
		return f, err
	}
	if cfg.TLSCert != "" {
		if f.certificate, err = api.LoadCertificate(cfg.TLSCert, cfg.TLSKey, log); err != nil {
			return f, err
		}
	}
	if f.listener, err = (&net.ListenConfig{}).Listen(ctx, "tcp", address); err != nil {
		return f, fmt.Errorf("listen on HTTP_ADDR: %w", err)
	}
	switch {
	case len(cfg.Keys()) > 0:
		if err := cfg.Keys().Guessable(); err != nil {
			log.Warn("a weak API_KEY", zap.Error(err))
		}
	case cfg.AllowAnonymous:
		log.Warn("HTTP_ALLOW_ANONYMOUS is set and there is no API_KEY: whoever reaches this address may use it", zap.String("http", f.listener.Addr().String()))
	default:
		log.Warn("there is no API_KEY: listening on loopback only", zap.String("http", f.listener.Addr().String()))
	}
	return f, nil
}

// slotsPerReader is how many sheets are taken by HTTP for each that can be read
// at once: while one is read the next one arrives.
const slotsPerReader = 2

func httpOptions(cfg config.Config, p *parts, gate *auth.Gate, ready func() error, metrics prometheus.Gatherer, log *zap.Logger) api.Options {
	client := &submit.Client{Store: p.store, Jobs: queue.NewSender(awssqs.Open(p.sqs, cfg.JobsURL))}
	readers := cfg.Concurrency
	if readers == 0 {
		readers = runtime.GOMAXPROCS(0)
	}
	return api.Options{
		Ready: ready, Metrics: metrics, Auth: gate, Origins: cfg.Origins(), Version: buildVersion(),
		Store: p.store, Exports: p.exports, Scope: credentials.ForExam, Enqueue: client.Send, RosterChanged: p.worker.ForgetRosters,
		Extract: func(ctx context.Context, up api.Upload) (*api.Extraction, error) {
			out, err := p.worker.Extract(ctx, reading.Upload(up))
			if refused, ok := errors.AsType[*intake.NotJoinedError](err); ok {
				return nil, fmt.Errorf("%w: %s", api.ErrNotJoined, refused.Why)
			}
			if err != nil {
				return nil, err
			}
			return new(api.Extraction(*out)), nil
		},
		TestWebhook: tester(cfg, p.poster), WebhookKeys: p.publicKeys, Deliveries: p.deliveries,
		Hold: p.worker.Hold, ReadRoster: p.worker.ReadRoster,
		CheckCallback: func(url string) error { return webhook.CheckURL(url, p.allowed) },
		CheckDownload: func(url string) error { return egress.Check(url, jobs.MaxDownloadURLBytes, p.downloads) },
		Health:        api.Health{Bucket: cfg.Bucket, Model: p.model, Credentials: p.store.Identity, VLM: cfg.VLMKey != ""},
		Slots:         slotsPerReader * readers,
		Log:           log,
	}
}
