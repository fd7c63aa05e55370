package main

import (
	"context"
	"iter"
	"net/http"
	"strings"

	"go.uber.org/zap"

	"hakbeon/internal/apikey"
	"hakbeon/internal/config"
	"hakbeon/internal/submit"
	"hakbeon/jobs"
	"hakbeon/s3store"
	"hakbeon/s3store/credentials"
	"hakbeon/web/page"
	"hakbeon/worker/queue"
	"hakbeon/worker/queue/awssqs"
)

// withReview puts the page for graders before the rest of the HTTP side.
func withReview(ctx context.Context, cfg config.Config, p *parts, log *zap.Logger, next http.Handler) http.Handler {
	graders := cfg.Keys().Secrets(apikey.Jobs, apikey.Read)
	if len(cfg.Keys()) > 0 && len(graders) == 0 {
		return next // nobody may: without keys the page would let everybody in
	}
	ui := page.New(ctx, page.Options{
		Store: byExam{p.store}, Resolve: resolver(&submit.Client{Store: p.store, Jobs: queue.NewSender(awssqs.Open(p.sqs, cfg.JobsURL))}),
		Keys: graders, AnyHost: cfg.AllowAnonymous, Log: log,
	})
	return ui.Mount(next)
}

// byExam reads with the credentials of the exam that a key is of.
type byExam struct{ store *s3store.Store }

func (s byExam) as(ctx context.Context, key string) context.Context {
	_, rest, _ := strings.Cut(key, "/")
	exam, _, _ := strings.Cut(rest, "/")
	return credentials.ForExam(ctx, exam)
}

func (s byExam) Get(ctx context.Context, key string, limit int64) (s3store.Object, error) {
	return s.store.Get(s.as(ctx, key), key, limit)
}

func (s byExam) Load(ctx context.Context, key string, record any) (string, error) {
	return s.store.Load(s.as(ctx, key), key, record)
}

func (s byExam) List(ctx context.Context, prefix string) iter.Seq2[s3store.Info, error] {
	return s.store.List(s.as(ctx, prefix), prefix)
}

func (s byExam) Folders(ctx context.Context, prefix string, limit int) ([]string, error) {
	return s.store.Folders(s.as(ctx, prefix), prefix, limit)
}

// resolver puts verdicts on the jobs queue.
func resolver(to *submit.Client) func(context.Context, *jobs.Resolve) error {
	return func(ctx context.Context, verdict *jobs.Resolve) error { return to.Send(ctx, verdict) }
}
