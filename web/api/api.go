// Package api is the worker's HTTP side, for backends that call a server
// rather than a queue: rosters, single sheets at once, jobs, results, verdicts;
// whether the process lives and is ready; its metrics. What it does with a sheet
// is the worker's business; it keeps nothing itself.
//
// A new operation is a file with its types, its handler and a register… method that New
// calls; its types are its part of /openapi.json. What it reads of a batch it reads by
// package batch, a person's verdict goes through package verdict, and what a key must be
// allowed to for it stands in rightOf.
package api

import (
	"context"
	"io/fs"
	"iter"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/rs/cors"
	"go.uber.org/zap"

	"hakbeon/exam"
	"hakbeon/internal/apikey"
	"hakbeon/jobs"
	"hakbeon/recognizer/roster"
	"hakbeon/s3store"
	"hakbeon/web/auth"
	"hakbeon/web/batch"
	"hakbeon/web/deliveries"
	"hakbeon/web/export"
)

// Store is what the HTTP side reads and writes in S3; *s3store.Store is one. Its
// errors are those of package s3store.
type Store interface {
	Get(ctx context.Context, key string, limit int64) (s3store.Object, error)
	Put(ctx context.Context, key string, body []byte, contentType string) error
	Delete(ctx context.Context, keys ...string) error
	Load(ctx context.Context, key string, record any) (etag string, err error)
	Folders(ctx context.Context, prefix string, limit int) ([]string, error)
	List(ctx context.Context, prefix string) iter.Seq2[s3store.Info, error]
}

// Upload is a sheet to read at once.
type Upload struct {
	ExamCode string
	Filename string
	Image    []byte
	Students []string // in the roster's place; nil leaves it
	// BatchID is the open batch that the sheet joins, "" for a batch of its own; Total is
	// how many sheets that will have, 0 if nobody says.
	BatchID string
	Total   int
}

// Extraction is what was read off an Upload.
type Extraction struct {
	Result exam.Result
	Header []byte // JPEG of the part with the ID, nil if there is none
	Page   []byte // the page as it was filed
}

// Options configure the HTTP side. Fields without a default are required by the
// operations that need them.
type Options struct {
	// Ready says what keeps the process from working; nil if nothing does.
	Ready func() error
	// Metrics are what /metrics shows.
	Metrics prometheus.Gatherer
	// Auth says which keys let in, as X-API-Key or as a Bearer token, and by which names
	// the server may be asked for. /livez and /readyz are always open. Defaults to no
	// keys, and this machine's names.
	Auth *auth.Gate
	// Origins are the web origins that browsers may call from. Defaults to none.
	Origins []string
	// Version is the program's.
	Version string

	Store Store
	// Exports makes what is taken home of an exam. Defaults to one over Store.
	Exports *export.Exporter
	// Scope says for which exam S3 is used in a context. Defaults to the context as
	// it is.
	Scope func(ctx context.Context, exam string) context.Context
	// Extract reads one sheet and files it; its error wraps [ErrNotJoined] if the batch that
	// it names takes no sheets by HTTP.
	Extract func(context.Context, Upload) (*Extraction, error)
	// Enqueue puts a message on the jobs queue.
	Enqueue func(context.Context, jobs.Message) error
	// TestWebhook sends a test event to the configured receiver and returns its id;
	// [ErrNoWebhook] if there is none. Without it the operation is left out.
	TestWebhook func(context.Context) (id string, err error)
	// WebhookKeys are the public keys that receivers verify events by. Defaults to none.
	WebhookKeys []string
	// Deliveries tells what was told to whom, and sends it again. Without it those
	// operations are left out.
	Deliveries *deliveries.Door
	// CheckCallback says why webhooks may not go to an address.
	CheckCallback func(url string) error
	// CheckDownload says why images may not be fetched from an address.
	CheckDownload func(url string) error
	// RosterChanged is told that a roster was written or removed.
	RosterChanged func()
	// Health is what /health shows of the process.
	Health Health

	// Hold takes room in memory for so many bytes of an upload; release gives it back.
	// The error is that ctx has ended. Defaults to 64 MiB for all uploads.
	Hold func(ctx context.Context, bytes int64) (release func(), err error)
	// ReadRoster reads a roster, within MaxRoster; its errors are roster.Read's, or that
	// ctx has ended. Defaults to roster.Read.
	ReadRoster func(ctx context.Context, data []byte) (*roster.Roster, error)
	// Slots is how many sheets are taken at once for reading; the next one is told
	// to come back. Defaults to 4.
	Slots int
	// MaxImage is the size of an uploaded sheet. Defaults to 32 MiB.
	MaxImage int64
	// MaxRoster is the size of an uploaded roster. Defaults to 16 MiB.
	MaxRoster int64
	// BodyTimeout is how long a request's body may take. Defaults to 30 s.
	BodyTimeout time.Duration
	// ExtractTimeout is how long a sheet may take, its body apart. Defaults to 25 s.
	ExtractTimeout time.Duration

	// Log defaults to none.
	Log *zap.Logger
}

func (o Options) withDefaults() Options {
	setDefault(&o.Slots, 4)
	setDefault(&o.MaxImage, 32<<20)
	setDefault(&o.MaxRoster, 16<<20)
	setDefault(&o.BodyTimeout, 30*time.Second)
	setDefault(&o.ExtractTimeout, 25*time.Second)
	if o.Log == nil {
		o.Log = zap.NewNop()
	}
	if o.Auth == nil {
		o.Auth = auth.New(nil, false)
	}
	if o.Hold == nil {
		o.Hold = holdAlone()
	}
	if o.ReadRoster == nil {
		o.ReadRoster = func(_ context.Context, data []byte) (*roster.Roster, error) {
			return roster.Read(data, roster.Limits{MaxBytes: o.MaxRoster})
		}
	}
	if o.Exports == nil {
		o.Exports = export.New(export.Options{Store: o.Store})
	}
	if o.RosterChanged == nil {
		o.RosterChanged = func() {}
	}
	if o.Scope == nil {
		o.Scope = func(ctx context.Context, _ string) context.Context { return ctx }
	}
	if o.CheckCallback == nil {
		o.CheckCallback = func(string) error { return nil }
	}
	if o.CheckDownload == nil {
		o.CheckDownload = func(string) error { return nil }
	}
	return o
}

func setDefault[T int | int64 | time.Duration](field *T, value T) {
	if *field <= 0 {
		*field = value
	}
}

// server is the operations' common ground.
type server struct {
	opts  Options
	log   *zap.Logger
	api   huma.API
	slots chan struct{}
	ui    fs.FS
	seen  seenRoster
	exams *batch.Exams
}

// The operations on rosters, on exams and their batches, on what is taken home of them, and
// the documents that describe it all: a part of the server each.
type (
	rosters   struct{ *server }
	examsOf   struct{ *server }
	exports   struct{ *server }
	documents struct{ *server }
)

// New returns the handler.
func New(o Options) http.Handler {
	o = o.withDefaults()
	mux := http.NewServeMux()
	s := &server{opts: o, log: o.Log, slots: make(chan struct{}, o.Slots), ui: docsFiles(), exams: batch.NewExams(o.Store)}
	s.api = humago.New(exactMux{mux}, s.config())
	s.api.UseMiddleware(s.authorize)
	s.registerProbes()
	s.registerExtract()
	rosters{s}.registerRosters()
	s.registerJobs()
	examsOf{s}.registerBatches()
	exports{s}.registerExports()
	s.registerCorrections()
	examsOf{s}.registerClose()
	examsOf{s}.registerExams()
	examsOf{s}.registerErase()
	s.registerWebhooks()
	examsOf{s}.registerDeliveries()
	s.registerHealth()
	documents{s}.describeEvents()
	describeProblem(s.api)
	documents{s}.serveDocs(mux)
	documents{s}.serveQueues(mux)
	mux.Handle("GET /metrics", s.withKey(apikey.Metrics, promhttp.HandlerFor(o.Metrics, promhttp.HandlerOpts{})))
	return s.withCORS(s.door(withReadable(withProblems(mux))))
}

func (s *server) withCORS(next http.Handler) http.Handler {
	if len(s.opts.Origins) == 0 {
		return next
	}
	return cors.New(cors.Options{
		AllowedOrigins: s.opts.Origins,
		AllowedMethods: []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodDelete},
		AllowedHeaders: []string{"Authorization", "Content-Type", "X-API-Key", "X-Exam-Code"},
		ExposedHeaders: []string{"Content-Disposition", "Location", "Retry-After"},
		MaxAge:         600,
	}).Handler(next)
}

// exactMux has a path that ends in a slash mean that path alone and not all that
// begin with it.
type exactMux struct{ *http.ServeMux }

// HandleFunc implements humago.Mux.
func (m exactMux) HandleFunc(pattern string, handler func(http.ResponseWriter, *http.Request)) {
	if pattern[len(pattern)-1] == '/' {
		pattern += "{$}"
	}
	m.ServeMux.HandleFunc(pattern, handler)
}

const description = `Reads the handwritten student ID off answer sheets. A single sheet is read
at once by POST /extract-student-id/; an exam is put on the queue by POST /jobs, and its results come by webhook.
Errors are application/problem+json with "success": false.`

func (s *server) config() huma.Config {
	c := huma.DefaultConfig("hakbeon", s.opts.Version)
	c.Info.Description = description
	c.Info.License = &huma.License{Name: "Apache-2.0", Identifier: "Apache-2.0"}
	c.DocsPath, c.SchemasPath, c.CreateHooks = "", "", nil
	c.Formats = map[string]huma.Format{"application/json": huma.DefaultJSONFormat, "json": huma.DefaultJSONFormat}
	c.RejectUnknownQueryParameters = true
	c.Transformers = []huma.Transformer{transformProblem}
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"key":    {Type: "apiKey", In: "header", Name: "X-API-Key"},
		"bearer": {Type: "http", Scheme: "bearer"},
	}
	c.Security = []map[string][]string{{"key": {}}, {"bearer": {}}}
	if !s.opts.Auth.Keyed() {
		c.Security = append(c.Security, map[string][]string{}) // none is needed
	}
	return c
}
