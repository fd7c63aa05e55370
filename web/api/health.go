package api

import (
	"context"
	"net/http"
	"path"
	"runtime"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/danielgtaylor/huma/v2"
)

// Health is what the process tells of itself.
type Health struct {
	Bucket string
	Model  string // the reader's
	VLM    bool   // whether one is asked
	// Credentials are those that serve S3 now.
	Credentials func(context.Context) (aws.Credentials, error)
}

const (
	credentialsTimeout = 2 * time.Second
	rosterSeen         = 15 * time.Second
)

type credentialsHealth struct {
	Status  string     `json:"status" enum:"active,expired,unavailable"`
	Session bool       `json:"has_session_token"`
	Until   *time.Time `json:"expiration" doc:"null if they do not expire."`
	Expired bool       `json:"is_expired"`
}

type healthAnswer struct {
	Status      string            `json:"status"          enum:"healthy,degraded"`
	Layout      bool              `json:"layout_model"`
	OCR         bool              `json:"ocr_model"`
	VLM         bool              `json:"vlm_client"`
	S3          bool              `json:"s3_client"`
	Credentials credentialsHealth `json:"s3_credentials"`
	Loaded      bool              `json:"roster_loaded"   doc:"Whether there is a roster for exams that have none of their own."`
	Filename    *string           `json:"roster_filename"`
	Count       int               `json:"student_count"`
	Queue       queueHealth       `json:"queue"`
	Versions    versionsHealth    `json:"versions"`
}

type queueHealth struct {
	Status  string `json:"status"  enum:"working,paused"`
	Problem string `json:"problem" doc:"What is out of order, empty if nothing is."`
}

type versionsHealth struct {
	Hakbeon string `json:"hakbeon"`
	Model   string `json:"model"`
	Go      string `json:"go"`
}

type healthOut struct{ Body healthAnswer }

func (s *server) registerHealth() {
	huma.Register(s.api, huma.Operation{
		OperationID: "health", Method: http.MethodGet, Path: "/health",
		Summary: "How the process is", Tags: []string{"service"}, Responses: problems(), Errors: []int{401},
	}, func(ctx context.Context, _ *struct{}) (*healthOut, error) {
		return &healthOut{Body: s.health(ctx)}, nil
	})
}

func (s *server) health(ctx context.Context) healthAnswer {
	h := s.opts.Health
	out := healthAnswer{
		Status: "healthy", Layout: true, OCR: h.Model != "", VLM: h.VLM,
		Queue:    queueHealth{Status: "working"},
		Versions: versionsHealth{Hakbeon: s.opts.Version, Model: h.Model, Go: runtime.Version()},
	}
	out.Credentials = credentials(ctx, h.Credentials)
	out.S3 = out.Credentials.Status == "active"
	if key, count := s.seen.look(ctx, s); key != "" {
		name := path.Base(key)
		out.Loaded, out.Filename, out.Count = true, &name, count
	}
	if err := s.opts.Ready(); err != nil {
		out.Queue = queueHealth{Status: "paused", Problem: err.Error()}
	}
	if !out.S3 || out.Queue.Status != "working" {
		out.Status = "degraded"
	}
	return out
}

// credentials says how S3's are; why they can't be had is in the log and /readyz.
func credentials(ctx context.Context, get func(context.Context) (aws.Credentials, error)) credentialsHealth {
	ctx, cancel := context.WithTimeout(ctx, credentialsTimeout)
	defer cancel()
	if get == nil {
		return credentialsHealth{Status: "unavailable"}
	}
	c, err := get(ctx)
	if err != nil {
		return credentialsHealth{Status: "unavailable"}
	}
	out := credentialsHealth{Status: "active", Session: c.SessionToken != ""}
	if c.CanExpire {
		out.Until, out.Expired = new(c.Expires.UTC()), c.Expired()
	}
	if out.Expired {
		out.Status = "expired"
	}
	return out
}

// seenRoster remembers the roster of all exams for a short while: /health is
// asked every few seconds.
type seenRoster struct {
	mu    sync.Mutex
	at    time.Time
	key   string
	count int
}

func (r *seenRoster) look(ctx context.Context, s *server) (string, int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if time.Since(r.at) < rosterSeen {
		return r.key, r.count
	}
	ctx, cancel := context.WithTimeout(ctx, credentialsTimeout)
	defer cancel()
	key, ro, err := rosters{s}.findRoster(ctx, "")
	r.at, r.key, r.count = time.Now(), "", 0
	if err == nil {
		r.key, r.count = key, len(ro.Students)
	}
	return r.key, r.count
}

func (r *seenRoster) forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.at = time.Time{}
}
