package page

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"hakbeon/internal/apikey"
	"hakbeon/recognizer/imagefile"
	"hakbeon/recognizer/roster"
	"hakbeon/s3store"
	"hakbeon/web/auth"
	"hakbeon/web/batch"
	"hakbeon/web/people"
)

const (
	// maxExams bounds the exams that are listed.
	maxExams = 500
	// listedFor is how long a list of exams is shown to whoever asks.
	listedFor = 3 * time.Second
	// namesFor is how long the table of exams is not read again.
	namesFor = time.Minute
	// listTime bounds the making of a list, which goes on when nobody waits.
	listTime = 30 * time.Second
)

// htmlPattern is [jobs.CodePattern] as a field of a form has it: of the whole, and with
// nothing that means something else in sets.
const htmlPattern = `[A-Za-z0-9][A-Za-z0-9._\-]{0,63}`

// exams keeps what is known of all exams, for all windows together.
type exams struct {
	known   *batch.Exams
	read    func(context.Context) (roster.Exams, error)
	loading singleflight.Group

	mu      sync.Mutex
	list    examList
	listed  time.Time
	names   roster.Exams
	namedAt time.Time
}

func newExams(o Options) *exams { return &exams{known: batch.NewExams(o.Store), read: o.Names} }

// name is what people call the exam, its code where that can't be told now.
func (e *exams) name(ctx context.Context, code string) string {
	e.mu.Lock()
	names, fresh := e.names, time.Since(e.namedAt) < namesFor
	e.mu.Unlock()
	if fresh {
		return names.Name(code)
	}
	read, err := e.read(ctx)
	if err != nil {
		return names.Name(code)
	}
	e.mu.Lock()
	e.names, e.namedAt = read, time.Now()
	e.mu.Unlock()
	return read.Name(code)
}

// examList is what a browser is told of the exams.
type examList struct {
	Exams []examLine `json:"exams"`
	More  bool       `json:"more"` // there are others than these
}

// seenBy lists the exams that a person may see. All of a grader's are few enough to be
// looked up by themselves, where the list of all leaves some out.
func (e *exams) seenBy(ctx context.Context, p people.Person) (examList, error) {
	list, err := e.all(ctx)
	if err != nil || p.Role == people.Manager {
		return list, err
	}
	if list.More {
		standings, err := e.known.Of(ctx, p.Exams)
		if err != nil {
			return examList{}, err
		}
		list = e.lines(ctx, standings)
	}
	seen := examList{Exams: []examLine{}}
	for _, line := range list.Exams {
		if p.Sees(line.Code) {
			seen.Exams = append(seen.Exams, line)
		}
	}
	return seen, nil
}

// lines are the list of exams.
func (e *exams) lines(ctx context.Context, standings []batch.Standing) examList {
	list := examList{Exams: make([]examLine, len(standings))}
	for i, s := range standings {
		list.Exams[i] = newLine(s, e.name(ctx, s.Code))
	}
	return list
}

type examLine struct {
	Code    string    `json:"code"`
	Name    string    `json:"name"`
	Batches int       `json:"batches"`
	Batch   string    `json:"batch"`
	Started time.Time `json:"started"`
	Files   int       `json:"files"`
	Done    int       `json:"done"`
	Ended   bool      `json:"ended"`
	Total   int       `json:"total"`
	Matched int       `json:"matched"`
	Review  int       `json:"review"`
	Failed  int       `json:"failed"`
	// Students and Present are of the roster; 0 without one.
	Students int      `json:"students"`
	Present  int      `json:"present"`
	Alarms   []string `json:"alarms,omitempty"`
}

func newLine(s batch.Standing, name string) examLine {
	line := examLine{
		Code: s.Code, Name: name, Batches: s.Batches, Batch: s.Newest.BatchID, Started: s.Newest.CreatedAt, Files: max(s.Newest.Total, s.Done), Done: s.Done, // an open batch's files are not counted
	}
	if sum := s.Summary; sum != nil {
		line.Ended = true
		line.Total, line.Matched, line.Review, line.Failed = sum.Total, sum.Matched, sum.NeedsReview, sum.Failed
		line.Students, line.Present, line.Alarms = sum.Students, sum.Present, sum.Alarms
	}
	return line
}

// all lists the exams, the newest first; windows that ask at once share one look.
func (e *exams) all(ctx context.Context) (examList, error) {
	e.mu.Lock()
	list, fresh := e.list, time.Since(e.listed) < listedFor
	e.mu.Unlock()
	if fresh {
		return list, nil
	}
	got, err, _ := e.loading.Do("", func() (any, error) {
		bounded, cancel := context.WithTimeout(context.WithoutCancel(ctx), listTime)
		defer cancel()
		return e.look(bounded)
	})
	if err != nil {
		return examList{}, err
	}
	return got.(examList), nil //nolint:forcetypeassert // look's
}

func (e *exams) look(ctx context.Context) (examList, error) {
	standings, more, err := e.known.All(ctx, maxExams)
	if err != nil {
		return examList{}, err
	}
	list := e.lines(ctx, standings)
	list.More = more
	e.mu.Lock()
	defer e.mu.Unlock()
	e.list, e.listed = list, time.Now()
	return list, nil
}

// forget has the next window see what has just been begun.
func (e *exams) forget() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.listed = time.Time{}
}

type startPage struct {
	Lang, Token, V string
	Login          bool  // there is a session to end
	Bring          bool  // scans can be brought
	Rosters        bool  // and rosters
	Direct         bool  // the browser puts scans into the bucket by itself
	Part           int64 // bytes of a part of a larger file
	MaxFile        int64
	MaxPDF         int64
	MaxRoster      int64
	Pattern        string // of an exam's code
	Endings        string // of files of sheets
	Modules        []string
	Who            who
	People         bool // there is a page of people for who looks
}

// start is the page of all exams, or the login before it.
func (h *Handler) start(w http.ResponseWriter, r *http.Request) {
	s, ok := h.signedIn(w, r, "")
	if !ok {
		return
	}
	data := startPage{
		Lang: h.pages.lang(r), Token: s.Token, V: h.pages.version, Login: h.opts.Auth.Keyed(), Modules: h.pages.modules["start.js"],
		Bring: h.opts.Uploads != nil, Rosters: s.May(apikey.Rosters), Direct: h.opts.Uploads != nil && h.opts.Uploads.Presign != nil, Pattern: htmlPattern, Endings: strings.Join(imagefile.Endings(), " "),
		Who: whoOf(s), People: h.opts.Invitations != nil && s.Person.Role == people.Manager,
	}
	if data.Bring {
		data.Part, data.MaxFile, data.MaxPDF, data.MaxRoster = h.opts.Uploads.PartBytes, h.opts.Uploads.MaxFile, h.opts.Uploads.MaxPDF, h.opts.Uploads.MaxRoster
	}
	h.pages.show(w, "start.html", http.StatusOK, data)
}

// list answers with the exams.
func (h *Handler) list(w http.ResponseWriter, r *http.Request) {
	list, err := h.exams.seenBy(r.Context(), auth.SessionOf(r.Context()).Person)
	switch {
	case s3store.Denied(err):
		http.Error(w, "these credentials may not list the exams: open one by its code", http.StatusForbidden)
	case err != nil:
		h.unavailable(w, r, err)
	default:
		answer(w, http.StatusOK, list)
	}
}
