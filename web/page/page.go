// Package page is the page on which graders watch an exam being read and settle
// what was not sure: progress as it happens, the crops, and verdicts by keyboard.
// Everything it needs is embedded, and the browser speaks to no other host.
package page

import (
	"context"
	"iter"
	"net/http"
	"sync/atomic"
	"time"

	"go.uber.org/zap"

	"hakbeon/jobs"
	"hakbeon/s3store"
)

// Store is what the page reads of the bucket; *s3store.Store is one.
type Store interface {
	Get(ctx context.Context, key string, limit int64) (s3store.Object, error)
	Load(ctx context.Context, key string, record any) (etag string, err error)
	List(ctx context.Context, prefix string) iter.Seq2[s3store.Info, error]
	Folders(ctx context.Context, prefix string, limit int) ([]string, error)
}

// Options configure the page. Store and Resolve are required.
type Options struct {
	Store Store
	// Resolve puts a person's verdict on the jobs queue.
	Resolve func(ctx context.Context, verdict *jobs.Resolve) error
	// Keys are the API keys that log in. Without any nobody has to.
	Keys []string
	// AnyHost lets a page without keys be asked for by any name. Otherwise it
	// answers to this machine's own names alone, so that no foreign page can read
	// it by pointing its name here.
	AnyHost bool
	// Every is how often a batch that is looked at is looked up. Defaults to 1 s.
	Every time.Duration
	// Log defaults to none.
	Log *zap.Logger
}

// Handler answers GET /exams/{exam_code} and everything under /review/.
type Handler struct {
	opts  Options
	auth  *auth
	hub   *hub
	pages *pages
	mux   *http.ServeMux
	// streams are the windows that are open.
	streams atomic.Int64
}

// New returns the page's handler. What it runs in the background ends with ctx.
func New(ctx context.Context, o Options) *Handler {
	if o.Every <= 0 {
		o.Every = time.Second
	}
	if o.Log == nil {
		o.Log = zap.NewNop()
	}
	h := &Handler{opts: o, auth: newAuth(o.Keys), hub: newHub(ctx, o), pages: newPages(), mux: http.NewServeMux()}
	guarded := func(pattern string, serve http.HandlerFunc) { h.mux.Handle(pattern, h.auth.require(serve)) }
	h.mux.HandleFunc("GET /exams/{exam}", h.page)
	h.mux.HandleFunc("GET /review/assets/{name}", h.pages.asset)
	h.mux.HandleFunc("POST /review/login", h.login)
	h.mux.HandleFunc("POST /review/logout", h.logout)
	guarded("GET /review/exams/{exam}/batches", h.batches)
	guarded("GET /review/exams/{exam}/{batch}/events", h.events)
	guarded("GET /review/exams/{exam}/{batch}/crops/{sheet}", h.crop)
	guarded("GET /review/exams/{exam}/{batch}/report.xlsx", h.report)
	guarded("POST /review/exams/{exam}/{batch}/verdicts", h.verdict)
	return h
}

// ServeHTTP implements [http.Handler].
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	head := w.Header()
	head.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "+
		"form-action 'self'; frame-ancestors 'none'; base-uri 'none'")
	head.Set("X-Content-Type-Options", "nosniff")
	head.Set("Referrer-Policy", "no-referrer")
	head.Set("Cross-Origin-Opener-Policy", "same-origin")
	head.Set("Cross-Origin-Resource-Policy", "same-origin")
	head.Set("Cache-Control", "no-store")
	if len(h.opts.Keys) == 0 && !h.opts.AnyHost && !isLocal(r.Host) {
		http.Error(w, "without an API_KEY this page answers to localhost only", http.StatusForbidden)
		return
	}
	http.NewCrossOriginProtection().Handler(h.mux).ServeHTTP(w, r)
}

// Mount puts the page before what serves everything else.
func (h *Handler) Mount(next http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /exams/{exam}", h)
	mux.Handle("/review/", h)
	mux.Handle("/", next)
	return mux
}

// batchOf is the batch that the request's path names; false after it has been
// refused.
func batchOf(w http.ResponseWriter, r *http.Request) (s3store.Batch, bool) {
	b := s3store.Batch{ExamCode: r.PathValue("exam"), BatchID: r.PathValue("batch")}
	if !jobs.ValidCode(b.ExamCode) || !jobs.ValidCode(b.BatchID) {
		http.Error(w, "no such batch", http.StatusNotFound)
		return b, false
	}
	return b, true
}
