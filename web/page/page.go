// Package page is the page on which graders watch an exam being read and settle
// what was not sure: progress as it happens, the crops, and verdicts by keyboard.
// Everything it needs is embedded, and the browser speaks to no other host.
//
// A new route is a method of Handler in a file of its own and a line in [New]: guarded
// ones have a session whose person may see the exam in the path, and on anything but GET
// the page's token. What a browser is told
// of a batch is the event stream's message (state.go), which a watch keeps up to date
// (watch.go) by the records that package batch reads; what a person says goes through
// package verdict. The script's side is in assets/, one module for each idea: see main.js.
package page

import (
	"context"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"go.uber.org/zap"

	"hakbeon/jobs"
	"hakbeon/recognizer/roster"
	"hakbeon/s3store"
	"hakbeon/s3store/layout"
	"hakbeon/web/auth"
	"hakbeon/web/batch"
	"hakbeon/web/deliveries"
	"hakbeon/web/export"
	"hakbeon/web/paper"
	"hakbeon/web/upload"
	"hakbeon/web/verdict"
)

// Store is what the page reads and writes of the bucket; *s3store.Store is one.
type Store interface {
	batch.Lister
	Get(ctx context.Context, key string, limit int64) (s3store.Object, error)
	Put(ctx context.Context, key string, body []byte, contentType string) error
}

// Options configure the page. Store and Verdicts are required.
type Options struct {
	Store Store
	// Verdicts takes what graders say.
	Verdicts verdict.Door
	// Papers shows the sheets' pages. Without it there are crops alone.
	Papers *paper.Papers
	// Uploads takes the scans and rosters that people bring. Without it none can be brought.
	Uploads *upload.Door
	// Erase removes all of an exam, while a batch is being read by force only; its errors
	// are package erase's. Without it none can be removed.
	Erase func(ctx context.Context, code string, force bool) (removed int, err error)
	// Deliveries tells what was told to whom, and sends it again. Without it there is no
	// page of that.
	Deliveries *deliveries.Door
	// Names are what people call exams. Defaults to none.
	Names func(context.Context) (roster.Exams, error)
	// Exports makes what is taken home of an exam. Defaults to one over Store.
	Exports *export.Exporter
	// Auth says who may use the page. Defaults to whoever asks by a name of this
	// machine.
	Auth *auth.Gate
	// Invitations makes invitations and ends them. Without it there is no page of people.
	Invitations Invitations
	// SignIn is a provider by whom people sign in. Defaults to none.
	SignIn SignIn
	// Prefix stands before all paths as browsers have them, such as "/hakbeon": see
	// [BehindPrefix]. Defaults to none.
	Prefix string
	// Every is how often a batch that is looked at is looked up. Defaults to 1 s.
	Every time.Duration
	// Log defaults to none.
	Log *zap.Logger
}

// Handler answers GET /exams, GET /exams/{exam_code} and everything under /people and
// /review/.
type Handler struct {
	opts  Options
	hub   *hub
	pages *pages
	exams *exams
	mux   *http.ServeMux
	// streams are the windows that are open.
	streams atomic.Int64
}

// The routes by which people come in, bring something in or take it away, and invite others:
// a part of the handler each, for one of its kinds of guests.
type (
	entrance    struct{ *Handler }
	bringing    struct{ *Handler }
	invitations struct{ *Handler }
)

// New returns the page's handler. What it runs in the background ends with ctx.
func New(ctx context.Context, o Options) *Handler {
	if o.Every <= 0 {
		o.Every = time.Second
	}
	if o.Log == nil {
		o.Log = zap.NewNop()
	}
	if o.Auth == nil {
		o.Auth = auth.New(nil, false)
	}
	if o.Exports == nil {
		o.Exports = export.New(export.Options{Store: o.Store})
	}
	if o.Names == nil {
		o.Names = func(context.Context) (roster.Exams, error) { return roster.Exams{}, nil }
	}
	h := &Handler{opts: o, hub: newHub(ctx, o), pages: newPages(o.Prefix), exams: newExams(o), mux: http.NewServeMux()}
	guarded := func(pattern string, serve http.HandlerFunc) { h.mux.Handle(pattern, h.guarded(serve)) }
	h.mux.HandleFunc("GET /exams", h.start)
	h.mux.HandleFunc("GET /exams/{exam}", h.page)
	h.mux.HandleFunc("GET /review/assets/{version}/{name}", h.pages.asset)
	h.doors()
	guarded("GET /review/exams", h.list)
	guarded("GET /review/exams/{exam}/batches", h.batches)
	guarded("GET /review/exams/{exam}/{batch}/events", h.events)
	guarded("GET /review/exams/{exam}/{batch}/brought", h.brought)
	guarded("GET /review/exams/{exam}/{batch}/crops/{sheet}", h.crop)
	guarded("GET /review/exams/{exam}/{batch}/sheets/{sheet}/marks", h.marks)
	guarded("GET /review/exams/{exam}/{batch}/sheets/{sheet}/pages/{page}", h.paperPage)
	guarded("GET /review/exams/{exam}/{batch}/sheets/{sheet}/parts/{part}", h.paperPart)
	guarded("GET /review/exams/{exam}/{batch}/report.xlsx", h.report)
	guarded("GET /review/exams/{exam}/{batch}/papers.zip", h.papers)
	guarded("GET /review/exams/{exam}/{batch}/students.csv", h.studentsCSV)
	guarded("POST /review/exams/{exam}/{batch}/verdicts", h.verdict)
	guarded("POST /review/exams/{exam}/{batch}/claims", h.claim)
	if o.Deliveries != nil {
		h.mux.HandleFunc("GET /exams/{exam}/deliveries", telling{h}.show)
		h.mux.HandleFunc("POST /review/exams/{exam}/{batch}/deliveries/replay", telling{h}.again)
	}
	if o.Erase != nil {
		guarded("DELETE /review/exams/{exam}", bringing{h}.erase)
	}
	if o.Uploads != nil {
		guarded("GET /review/exams/{exam}/{batch}/scans", bringing{h}.scans)
		guarded("PUT /review/exams/{exam}/{batch}/scans", bringing{h}.putScan)
		guarded("POST /review/exams/{exam}/{batch}/scans/large", bringing{h}.about(bringing{h}.beginLarge))
		guarded("PUT /review/exams/{exam}/{batch}/scans/large", bringing{h}.about(bringing{h}.putPart))
		guarded("POST /review/exams/{exam}/{batch}/scans/large/end", bringing{h}.about(bringing{h}.endLarge))
		if o.Uploads.Presign != nil {
			guarded("POST /review/exams/{exam}/{batch}/address", bringing{h}.about(bringing{h}.address))
		}
		guarded("POST /review/exams/{exam}/{batch}/begin", bringing{h}.begin)
		guarded("POST /review/rosters", bringing{h}.readRoster)
		guarded("PUT /review/exams/{exam}/{batch}/roster", bringing{h}.putRoster)
		guarded("POST /review/exams/{exam}/{batch}/rematch", bringing{h}.rematch)
		guarded("POST /review/exams/{exam}/{batch}/cancel", bringing{h}.cancel)
	}
	return h
}

// ServeHTTP implements [http.Handler].
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	head := w.Header()
	connect := "'self'"
	if h.opts.Uploads != nil && h.opts.Uploads.Presign != nil {
		connect += " " + h.opts.Uploads.Origin
	}
	head.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src "+connect+"; "+
		"form-action 'self'; frame-ancestors 'none'; base-uri 'self'")
	head.Set("X-Content-Type-Options", "nosniff")
	head.Set("Referrer-Policy", "no-referrer")
	head.Set("Cross-Origin-Opener-Policy", "same-origin")
	head.Set("Cross-Origin-Resource-Policy", "same-origin")
	head.Set("Cache-Control", "no-store")
	if !h.opts.Auth.Host(r.Host) {
		http.Error(w, "without an API_KEY this page answers to localhost only", http.StatusForbidden)
		return
	}
	http.NewCrossOriginProtection().Handler(h.mux).ServeHTTP(w, r)
}

// Mount puts the page before what serves everything else.
func (h *Handler) Mount(next http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /{$}", http.RedirectHandler("/exams", http.StatusFound))
	mux.Handle("GET /exams/{$}", http.RedirectHandler("/exams", http.StatusFound))
	mux.HandleFunc("GET /exams", func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.Header.Get("Accept"), "text/html") {
			h.ServeHTTP(w, r)
		} else { // a program, which the API answers
			next.ServeHTTP(w, r)
		}
	})
	mux.Handle("GET /exams/{exam}", h)
	mux.Handle("GET /exams/{exam}/deliveries", h)
	mux.Handle("/people", h)
	mux.Handle("/people/", h)
	mux.Handle("/review/", h)
	mux.Handle("/", next)
	return mux
}

// batchOf is the batch that the request's path names; false after it has been
// refused.
func batchOf(w http.ResponseWriter, r *http.Request) (layout.Batch, bool) {
	b := layout.Batch{ExamCode: r.PathValue("exam"), BatchID: r.PathValue("batch")}
	if !jobs.ValidCode(b.ExamCode) || !jobs.ValidCode(b.BatchID) {
		http.Error(w, "no such batch", http.StatusNotFound)
		return b, false
	}
	return b, true
}
