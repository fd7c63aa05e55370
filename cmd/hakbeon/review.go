package main

import (
	"context"
	"fmt"
	"iter"
	"net/http"
	"path"
	"strings"
	"time"

	"go.uber.org/zap"

	"hakbeon/internal/config"
	"hakbeon/internal/submit"
	"hakbeon/jobs"
	"hakbeon/s3store"
	"hakbeon/s3store/credentials"
	"hakbeon/s3store/layout"
	"hakbeon/web/erase"
	"hakbeon/web/page"
	"hakbeon/web/paper"
	"hakbeon/web/upload"
	"hakbeon/web/verdict"
	"hakbeon/worker/queue"
	"hakbeon/worker/queue/awssqs"
)

// withReview puts the page for graders before the rest of the HTTP side.
func withReview(ctx context.Context, cfg config.Config, p *parts, who access, log *zap.Logger, next http.Handler) (http.Handler, error) {
	if !who.gate.Graders() {
		return page.BehindPrefix(cfg.HTTPPrefix, next), nil // no key opens the pages
	}
	client := &submit.Client{Store: p.store, Jobs: queue.NewSender(awssqs.Open(p.sqs, cfg.JobsURL))}
	uploads, err := bring(ctx, cfg, p, client)
	if err != nil {
		return nil, err
	}
	store := byExam{p.store}
	papers := paper.New(paper.Options{Store: store, DecoderCommand: p.decoder, DecoderCache: p.decoderCache, Room: p.worker.HoldPage})
	ui := page.New(ctx, page.Options{
		Store: store, Verdicts: verdict.Door{Send: client.Send}, Papers: papers, Exports: p.exports, Uploads: uploads, Deliveries: p.deliveries, Names: p.worker.ExamNames, Prefix: cfg.HTTPPrefix,
		Erase: func(ctx context.Context, code string, force bool) (int, error) {
			if err := noteErasure(ctx, p.store, code); err != nil {
				return 0, err
			}
			return erase.Exam(credentials.ForExam(ctx, code), p.store, code, force)
		},
		Auth: who.gate, SignIn: who.signIn, Invitations: who.invitations, Log: log,
	})
	return page.BehindPrefix(cfg.HTTPPrefix, ui.Mount(next)), nil
}

// bring is the door for scans and rosters from a browser.
func bring(ctx context.Context, cfg config.Config, p *parts, client *submit.Client) (*upload.Door, error) {
	door := upload.Door{
		Store: byExam{p.store}, Send: client.Send,
		Submit: func(ctx context.Context, job jobs.Recognize) (layout.Batch, error) {
			return client.Submit(credentials.ForExam(ctx, job.ExamCode), job)
		},
		Rosters: p.worker.ReadRoster, RosterChanged: p.worker.ForgetRosters, Hold: p.worker.Hold,
	}.WithDefaults()
	if !p.worker.LargeFiles() {
		door.MaxPDF = door.MaxFile
	}
	if !cfg.UploadsDirect {
		return &door, nil
	}
	door.Presign = func(ctx context.Context, key string, size int64) (string, error) {
		return p.store.PresignPut(byExam{p.store}.as(ctx, key), key, size, directFor)
	}
	door.PresignPart = func(ctx context.Context, key, upload string, part int32, size int64) (string, error) {
		return p.store.PresignPart(byExam{p.store}.as(ctx, key), key, upload, part, size, directFor)
	}
	var err error
	if door.Origin, err = p.store.Origin(ctx); err != nil {
		return nil, fmt.Errorf("UPLOADS_DIRECT: %w", err)
	}
	return &door, nil
}

// directFor is how long a browser has to send a file to an address in the bucket.
const directFor = 15 * time.Minute

// byExam reads and writes with the credentials of the exam that a key is of.
type byExam struct{ store *s3store.Store }

func (s byExam) as(ctx context.Context, key string) context.Context {
	kind, rest, _ := strings.Cut(key, "/")
	exam, _, _ := strings.Cut(rest, "/")
	if kind == "people" {
		return ctx // of no exam
	}
	if kind == "rosters" {
		exam = strings.TrimSuffix(exam, path.Ext(exam))
	}
	if strings.HasPrefix(exam, "_") {
		exam = "" // what is kept of messages that name no exam
	}
	return credentials.ForExam(ctx, exam)
}

func (s byExam) Get(ctx context.Context, key string, limit int64) (s3store.Object, error) {
	return s.store.Get(s.as(ctx, key), key, limit)
}

func (s byExam) Load(ctx context.Context, key string, record any) (string, error) {
	return s.store.Load(s.as(ctx, key), key, record)
}

func (s byExam) Put(ctx context.Context, key string, body []byte, contentType string) error {
	return s.store.Put(s.as(ctx, key), key, body, contentType)
}

func (s byExam) Head(ctx context.Context, key string) (s3store.Info, error) {
	return s.store.Head(s.as(ctx, key), key)
}

func (s byExam) BeginParts(ctx context.Context, key, contentType string) (string, error) {
	return s.store.BeginParts(s.as(ctx, key), key, contentType)
}

func (s byExam) PutPart(ctx context.Context, key, upload string, part int32, body []byte) (string, error) {
	return s.store.PutPart(s.as(ctx, key), key, upload, part, body)
}

func (s byExam) EndParts(ctx context.Context, key, upload string, etags []string) error {
	return s.store.EndParts(s.as(ctx, key), key, upload, etags)
}

func (s byExam) CreateRecord(ctx context.Context, key string, record any) error {
	return s.store.CreateRecord(s.as(ctx, key), key, record)
}

func (s byExam) List(ctx context.Context, prefix string) iter.Seq2[s3store.Info, error] {
	return s.store.List(s.as(ctx, prefix), prefix)
}

func (s byExam) Folders(ctx context.Context, prefix string, limit int) ([]string, error) {
	return s.store.Folders(s.as(ctx, prefix), prefix, limit)
}
