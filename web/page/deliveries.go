package page

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"go.uber.org/zap"

	"hakbeon/internal/apikey"
	"hakbeon/jobs"
	"hakbeon/s3store/layout"
	"hakbeon/web/auth"
	"hakbeon/web/deliveries"
	"hakbeon/web/people"
)

const (
	// deliveriesShown is how many deliveries one page shows.
	deliveriesShown = 100
	// maxReplayBytes bounds the form that asks for some of them again.
	maxReplayBytes = 4 << 10
)

// telling are the routes by which managers see what the backend was told.
type telling struct{ *Handler }

type deliveriesPage struct {
	Lang, V, Token      string
	Exam, Name, Batch   string
	Batches             []string
	State, After        string
	States              []string
	Counts              map[string]int
	Undelivered         int
	Deliveries          []*deliveries.Delivery
	Next                string
	Cut                 bool
	Queued              string // what was asked for just now: how many, or why not
	Overtaken, NotThere bool
}

// manager is the session of a manager who may have events of the exam sent again; false
// after a refusal has been shown.
func (h telling) manager(w http.ResponseWriter, r *http.Request) (auth.Session, bool) {
	code := r.PathValue("exam")
	if !jobs.ValidCode(code) {
		http.Error(w, "no such exam", http.StatusNotFound)
		return auth.Session{}, false
	}
	s, ok := h.signedIn(w, r, code)
	if ok && !mayTell(s) {
		h.notice(w, r, http.StatusForbidden, "manager")
		return s, false
	}
	return s, ok
}

func mayTell(s auth.Session) bool { return s.Person.Role == people.Manager && s.May(apikey.Jobs) }

// show is the page of what was told of a batch, by default the exam's newest.
func (h telling) show(w http.ResponseWriter, r *http.Request) {
	s, ok := h.manager(w, r)
	if !ok {
		return
	}
	query, code := r.URL.Query(), r.PathValue("exam")
	data := deliveriesPage{
		Lang: h.pages.lang(r), V: h.pages.version, Token: s.Token, Exam: code, Name: h.exams.name(r.Context(), code),
		Batch: query.Get("batch"), State: query.Get("state"), After: query.Get("after"), States: append([]string{deliveries.Undelivered}, deliveries.States()...),
		Queued: query.Get("queued"),
	}
	data.Overtaken, data.NotThere = data.Queued == "overtaken", data.Queued == "none"
	if _, err := strconv.Atoi(data.Queued); err != nil {
		data.Queued = ""
	}
	begun, err := h.exams.known.Batches(r.Context(), code)
	if err != nil {
		h.silent(w, r, err)
		return
	}
	for _, job := range begun {
		data.Batches = append(data.Batches, job.BatchID)
	}
	if !jobs.ValidCode(data.Batch) {
		if data.Batch = ""; len(data.Batches) > 0 {
			data.Batch = data.Batches[0]
		}
	}
	if data.Batch != "" && !slices.Contains(data.Batches, data.Batch) {
		data.Batches = append(data.Batches, data.Batch) // a message that was refused may name one that isn't
	}
	if err := h.read(r, &data); err != nil {
		h.silent(w, r, err)
		return
	}
	h.pages.show(w, "deliveries.html", http.StatusOK, data)
}

// read fills in what is told of the batch.
func (h telling) read(r *http.Request, data *deliveriesPage) error {
	if data.Batch == "" {
		return nil
	}
	log, err := h.opts.Deliveries.Read(r.Context(), layout.Batch{ExamCode: data.Exam, BatchID: data.Batch})
	if err != nil {
		return err
	}
	data.Counts, data.Cut = log.Counts(), log.Cut
	for _, d := range log.Deliveries {
		if d.Undelivered() {
			data.Undelivered++
		}
	}
	page, more := log.Page(data.State, data.After, deliveriesShown)
	if data.Deliveries = page; more {
		data.Next = page[len(page)-1].ID
	}
	return nil
}

// again has one delivery of a batch sent once more, or all that were not delivered.
func (h telling) again(w http.ResponseWriter, r *http.Request) {
	s, ok := h.manager(w, r)
	if !ok {
		return
	}
	b, ok := batchOf(w, r)
	if !ok {
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxReplayBytes)
	if !s.Holds(r.PostFormValue("csrf")) {
		h.notice(w, r, http.StatusForbidden, "old")
		return
	}
	var err error
	queued := "1"
	if id := r.PostFormValue("id"); id != "" {
		err = h.opts.Deliveries.One(r.Context(), b, id)
	} else {
		var n int
		n, err = h.opts.Deliveries.All(r.Context(), b)
		queued = strconv.Itoa(n)
	}
	switch {
	case errors.Is(err, deliveries.ErrOvertaken):
		queued = "overtaken"
	case errors.Is(err, deliveries.ErrNone):
		queued = "none"
	case err != nil:
		h.silent(w, r, err)
		return
	}
	back := url.Values{"batch": {b.BatchID}, "state": {r.PostFormValue("state")}, "queued": {queued}}
	http.Redirect(w, r, "/exams/"+b.ExamCode+"/deliveries?"+back.Encode(), http.StatusSeeOther)
}

// silent says that S3 or the queue does not answer.
func (h telling) silent(w http.ResponseWriter, r *http.Request, err error) {
	h.opts.Log.Warn("what was told to whom could not be shown, or sent again", zap.Error(err))
	h.notice(w, r, http.StatusServiceUnavailable, "unavailable")
}
