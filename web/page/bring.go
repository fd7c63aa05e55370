package page

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"go.uber.org/zap"

	"hakbeon/exam"
	"hakbeon/internal/apikey"
	"hakbeon/jobs"
	"hakbeon/recognizer/roster"
	"hakbeon/web/auth"
	"hakbeon/web/upload"
)

const (
	// maxBeginBytes bounds the list of a batch's files.
	maxBeginBytes = 64 << 20
	// slowestLine is how many bytes a second a browser should send at least: a body that
	// comes slower keeps memory from others.
	slowestLine = 64 << 10
	// shownSkips is how many rows of a roster are told that were left out.
	shownSkips = 50
	// shownStudents is how many of a roster's students are shown.
	shownStudents = 5
)

// bodyTime has a body of so many bytes come in time.
func bodyTime(w http.ResponseWriter, size int64) {
	rc := http.NewResponseController(w)
	limit := time.Now().Add(time.Minute + time.Duration(size/slowestLine)*time.Second)
	_ = rc.SetReadDeadline(limit)                   // a test's recorder has none
	_ = rc.SetWriteDeadline(limit.Add(time.Minute)) // the answer comes after the body
}

// scans are the files that have come for a batch.
func (h bringing) scans(w http.ResponseWriter, r *http.Request) {
	b, ok := batchOf(w, r)
	if !ok {
		return
	}
	files, err := h.opts.Uploads.Scans(r.Context(), b)
	if err != nil {
		h.notTaken(w, r, err)
		return
	}
	answer(w, http.StatusOK, files)
}

// putScan takes a file: its bytes are the body, its path the query's name.
func (h bringing) putScan(w http.ResponseWriter, r *http.Request) {
	b, ok := batchOf(w, r)
	if !ok {
		return
	}
	bodyTime(w, r.ContentLength)
	if err := h.opts.Uploads.PutScan(r.Context(), b, r.URL.Query().Get("name"), r.ContentLength, r.Body); err != nil {
		h.notTaken(w, r, err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// begin has the files read that have come.
func (h bringing) begin(w http.ResponseWriter, r *http.Request) {
	b, ok := batchOf(w, r)
	if !ok {
		return
	}
	var in struct {
		Names []string       `json:"names"`
		Pages jobs.PageCount `json:"pages_per_sheet"`
	}
	body := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBeginBytes))
	body.DisallowUnknownFields()
	if err := body.Decode(&in); err != nil {
		http.Error(w, "send names, and pages_per_sheet, as JSON", http.StatusBadRequest)
		return
	}
	if err := h.opts.Uploads.Begin(r.Context(), b, in.Names, in.Pages, auth.SessionOf(r.Context()).Person.Name); err != nil {
		h.notTaken(w, r, err)
		return
	}
	h.exams.forget()
	w.WriteHeader(http.StatusAccepted)
}

// rosterSeen is what a person is told of a roster.
type rosterSeen struct {
	Students int           `json:"students"`
	First    []student     `json:"first"`
	Skipped  []roster.Skip `json:"skipped"` // the first that may be students
	LeftOut  int           `json:"left_out"`
	Notes    []exam.Detail `json:"notes"`
	Columns  []string      `json:"columns"`
}

func newSeen(ro *roster.Roster) rosterSeen {
	s := rosterSeen{Students: len(ro.Students), First: []student{}, Skipped: []roster.Skip{}, Notes: []exam.Detail{}, Columns: []string{}}
	s.Columns = append(s.Columns, ro.Columns...)
	for _, one := range ro.Students[:min(len(ro.Students), shownStudents)] {
		s.First = append(s.First, student{ID: one.ID, Name: one.Name})
	}
	for _, skip := range ro.Skipped {
		if skip.Harmless {
			continue
		}
		if s.LeftOut++; len(s.Skipped) < shownSkips {
			s.Skipped = append(s.Skipped, skip)
		}
	}
	s.Notes = append(s.Notes, ro.Doubts...)
	return s
}

// readRoster says what a roster holds, and keeps nothing.
func (h bringing) readRoster(w http.ResponseWriter, r *http.Request) {
	h.roster(w, r, func(ctx context.Context, _ string) (*roster.Roster, error) {
		return h.opts.Uploads.ReadRoster(ctx, r.ContentLength, r.Body)
	})
}

// putRoster keeps a roster as the exam's, if it can be used.
func (h bringing) putRoster(w http.ResponseWriter, r *http.Request) {
	b, ok := batchOf(w, r)
	if !ok {
		return
	}
	h.roster(w, r, func(ctx context.Context, by string) (*roster.Roster, error) {
		return h.opts.Uploads.KeepRoster(ctx, b, by, r.ContentLength, r.Body)
	})
}

func (h bringing) roster(w http.ResponseWriter, r *http.Request, read func(ctx context.Context, by string) (*roster.Roster, error)) {
	s := auth.SessionOf(r.Context())
	if !s.May(apikey.Rosters) {
		http.Error(w, "this session's key has no right to rosters", http.StatusForbidden)
		return
	}
	bodyTime(w, r.ContentLength)
	ro, err := read(r.Context(), s.Person.Name)
	if err != nil {
		h.notTaken(w, r, err)
		return
	}
	answer(w, http.StatusOK, newSeen(ro))
}

// rematch has the batch matched against the roster as it is now.
func (h bringing) rematch(w http.ResponseWriter, r *http.Request) {
	b, ok := batchOf(w, r)
	if !ok {
		return
	}
	if err := h.opts.Uploads.Rematch(r.Context(), b); err != nil {
		h.notTaken(w, r, err)
		return
	}
	w.WriteHeader(http.StatusAccepted)
}

// cancel ends a batch of which not all has been read.
func (h bringing) cancel(w http.ResponseWriter, r *http.Request) {
	b, ok := batchOf(w, r)
	if !ok {
		return
	}
	s := auth.SessionOf(r.Context())
	if !s.May(apikey.Jobs) {
		http.Error(w, "this session's key has no right to jobs", http.StatusForbidden)
		return
	}
	if err := h.opts.Uploads.Cancel(r.Context(), b, s.Person.Name); err != nil {
		h.notTaken(w, r, err)
		return
	}
	w.WriteHeader(http.StatusAccepted)
}

// notTaken says why what was brought was not taken: whose fault it is stands in the
// status, and what to do in the text.
func (h bringing) notTaken(w http.ResponseWriter, r *http.Request, err error) {
	status := http.StatusUnprocessableEntity
	text := err.Error()
	switch {
	case errors.Is(err, upload.ErrSize):
		status = http.StatusRequestEntityTooLarge
	case errors.Is(err, upload.ErrBusy):
		status = http.StatusTooManyRequests
		w.Header().Set("Retry-After", "1")
	case errors.Is(err, upload.ErrMissing):
		status = http.StatusConflict
	case errors.Is(err, upload.ErrShort), errors.Is(err, upload.ErrPart):
		status = http.StatusBadRequest
	case errors.Is(err, upload.ErrSlow):
		status = http.StatusRequestTimeout
	case errors.Is(err, upload.ErrGone):
		h.opts.Log.Warn("a large file has to be sent anew", zap.String("exam_code", r.PathValue("exam")), zap.Error(err))
		status, text = http.StatusGone, upload.ErrGone.Error()
	case errors.Is(err, upload.ErrName), errors.Is(err, upload.ErrEmpty), errors.Is(err, upload.ErrNone):
	case errors.Is(err, roster.ErrFormat), errors.Is(err, roster.ErrNoIDs), errors.Is(err, roster.ErrTooLarge):
		text = roster.Explain(err)
	case errors.As(err, new(*jobs.FieldError)):
	default:
		if errors.Is(err, context.Canceled) && r.Context().Err() != nil {
			return // nobody waits
		}
		h.opts.Log.Warn("what a person brought was not taken", zap.String("exam_code", r.PathValue("exam")), zap.Error(err))
		status, text = http.StatusServiceUnavailable, "the bucket or the queue does not answer: try again"
	}
	if status != http.StatusConflict {
		w.Header().Set("Connection", "close") // the body may not have been read
	}
	http.Error(w, text, status)
}
