package page

import (
	"cmp"
	"context"
	"crypto/rand"
	"slices"
	"strings"
	"sync"
	"time"

	"hakbeon/exam"
	"hakbeon/s3store/layout"
	"hakbeon/web/batch"
)

const (
	// maxSheets bounds what a page can show and a worker keeps for it.
	maxSheets = 20_000
	// pendingTime is how long a verdict is shown of which no end knows: its job
	// may have failed.
	pendingTime = 2 * time.Minute
)

// watch is what is known of one batch, looked up again and again. Each change has
// a number, so that every browser gets what is new to it.
type watch struct {
	name string
	view batch.View

	// Of the hub, with its lock.
	viewers int
	left    time.Time

	mu      sync.Mutex
	changed chan struct{} // closed at the next change
	over    bool
	seq     int
	job     *exam.Job
	sheets  map[string]*sheet
	more    map[string]int // sheets of a file beyond its first
	epoch   int
	// waiting are the verdicts on a sheet that were given here and that no end knows
	// of yet; applied are the ids of those that the last end knows of.
	waiting  map[string][]string
	applied  map[string]bool
	alarms   []string
	notes    []exam.Detail
	students []student
	roster   string // hash of students' roster
	// rosterSeq is the change that brought the roster.
	rosterSeq int
	problem   error // why there is nothing to see
	// claims are what windows show; held is what was last told of them, claimSeq when.
	claims   claims
	held     map[string][]string
	claimSeq int
}

func newWatch(b layout.Batch, o Options) *watch {
	return &watch{
		name: rand.Text(), view: batch.View{Batch: b, Store: o.Store}, changed: make(chan struct{}), sheets: map[string]*sheet{}, more: map[string]int{}, epoch: -1,
		waiting: map[string][]string{}, applied: map[string]bool{},
	}
}

// look brings the watch up to date: a listing, and what it shows to be new.
func (w *watch) look(ctx context.Context) error {
	err := w.lookOnce(ctx)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.epoch < 0 && err != nil {
		w.problem = err
		w.announce()
	}
	return err
}

func (w *watch) lookOnce(ctx context.Context) error {
	if w.job == nil {
		job, err := w.view.Job(ctx)
		if err != nil {
			return err
		}
		w.mu.Lock()
		w.job = job
		w.mu.Unlock()
	}
	epoch, err := w.view.Epoch(ctx)
	if err != nil {
		return err
	}
	fresh, err := w.news(ctx)
	if err != nil {
		return err
	}
	more, err := w.view.More(ctx)
	if err != nil {
		return err
	}
	end, err := w.ofEnd(ctx, epoch)
	if err != nil {
		return err
	}
	claimed, err := w.lookAtClaims(ctx)
	if err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(fresh) == 0 && epoch == w.epoch && len(more) == len(w.more) && !claimed && !w.expired() {
		return nil
	}
	w.seq++
	if claimed {
		w.claimSeq = w.seq
	}
	for _, s := range fresh {
		if old := w.sheets[s.ID]; old != nil {
			s.Pending, s.pending = old.Pending, old.pending
		}
		s.seq = w.seq
		w.sheets[s.ID] = s
	}
	w.apply(end.applied)
	if end.roster != w.roster {
		w.rosterSeq = w.seq
	}
	w.more, w.epoch, w.alarms, w.notes, w.problem = more, epoch, end.alarms, end.notes, nil
	w.students, w.roster = end.students, end.roster
	w.announce()
	return nil
}

// news loads the results that are new or have changed.
func (w *watch) news(ctx context.Context) ([]*sheet, error) {
	var changed []string
	etags, n := w.etags(), 0
	for l, err := range w.view.Sheets(ctx) {
		if err != nil {
			return nil, err
		}
		if n++; n > maxSheets {
			return nil, errTooMany
		}
		if etags[l.Sheet] != l.ETag {
			changed = append(changed, l.Sheet)
		}
	}
	loaded, err := w.view.Results(ctx, changed)
	out := make([]*sheet, len(loaded))
	for i, l := range loaded {
		out[i] = newSheet(l)
	}
	return out, err
}

func (w *watch) etags() map[string]string {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := make(map[string]string, len(w.sheets))
	for id, s := range w.sheets {
		out[id] = s.etag
	}
	return out
}

// end is what the end of an epoch tells of the whole batch.
type end struct {
	alarms   []string
	notes    []exam.Detail
	students []student
	roster   string
	applied  []exam.Correction // those that no end before it knew of
}

func (w *watch) ofEnd(ctx context.Context, epoch int) (end, error) {
	e := end{alarms: w.alarms, notes: w.notes, students: w.students, roster: w.roster}
	if epoch == 0 || epoch == w.epoch {
		return e, nil
	}
	plan, err := w.view.Plan(ctx, epoch)
	if err != nil {
		return e, err
	}
	e.alarms = plan.Alarms
	if plan.RosterProblem != nil {
		e.notes = notesOf(plan.RosterProblem, nil)
	}
	if e.applied, err = w.applies(ctx, plan); err != nil {
		return e, err
	}
	if plan.Roster == w.roster || plan.Roster == "" {
		return e, nil
	}
	ro, err := w.view.Roster(ctx, plan.Roster)
	if err != nil {
		return e, err
	}
	e.students, e.roster, e.notes = studentsOf(ro), plan.Roster, notesOf(plan.RosterProblem, ro)
	return e, nil
}

// applies are the verdicts that the plan knows of and no end before it did.
func (w *watch) applies(ctx context.Context, plan *exam.Plan) ([]exam.Correction, error) {
	var fresh []exam.Correction
	for _, id := range plan.Applied {
		if w.applied[id] {
			continue
		}
		c := exam.Correction{ID: id}
		// At the first look nothing waits yet, so it doesn't matter what they said.
		if w.epoch >= 0 {
			var err error
			if c, err = w.view.Correction(ctx, id); err != nil {
				return nil, err
			}
		}
		fresh = append(fresh, c)
	}
	return fresh, nil
}

// said notes a verdict that was given here, so that every window shows it at
// once, and tells the change that shows it.
func (w *watch) said(id, what string) moment {
	w.mu.Lock()
	defer w.mu.Unlock()
	if s := w.sheets[id]; s != nil {
		w.seq++
		w.waiting[id] = append(w.waiting[id], what)
		w.show(s, what, time.Now())
		w.announce()
	}
	return moment{w.name, w.seq}
}

// apply takes the verdicts away that an end knows of, whatever it made of them: not
// each one gives its sheet a new version. Which verdict it was tells no clock: the
// end's is another machine's. With the lock held.
func (w *watch) apply(known []exam.Correction) {
	for _, c := range known {
		w.applied[c.ID] = true
		what := cmp.Or(c.StudentID, c.Verdict)
		if i := slices.Index(w.waiting[c.Sheet], what); i >= 0 {
			w.waiting[c.Sheet] = slices.Delete(w.waiting[c.Sheet], i, i+1)
		}
	}
	for id, s := range w.sheets {
		if s.Pending != "" && (len(w.waiting[id]) == 0 || time.Since(s.pending) > pendingTime) {
			delete(w.waiting, id)
			w.show(s, "", time.Time{})
		}
	}
}

// show changes what is pending for a sheet. With the lock held.
func (w *watch) show(s *sheet, pending string, since time.Time) {
	next := *s
	next.Pending, next.pending, next.seq = pending, since, w.seq
	w.sheets[s.ID] = &next
}

// expired reports whether a verdict waits for too long. With the lock held.
func (w *watch) expired() bool {
	for _, s := range w.sheets {
		if s.Pending != "" && time.Since(s.pending) > pendingTime {
			return true
		}
	}
	return false
}

// announce wakes who waits for a change. With the lock held.
func (w *watch) announce() {
	close(w.changed)
	w.changed = make(chan struct{})
}

func (w *watch) end() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.over = true
	w.announce()
}

// since is what has changed after the number; nil if nothing has. The channel
// closes at the next change.
func (w *watch) since(seq int) (m *message, next int, changed <-chan struct{}, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.over:
		return nil, seq, nil, context.Canceled
	case w.problem != nil:
		return nil, seq, nil, w.problem
	case w.epoch < 0 || seq == w.seq && seq != 0:
		return nil, seq, w.changed, nil
	}
	m = &message{Moment: moment{w.name, w.seq}, Now: time.Now().UTC(), Total: w.job.Total, Done: len(w.sheets), Epoch: w.epoch, Alarms: w.alarms, Notes: w.notes, Sheets: []sheet{}}
	for _, n := range w.more {
		m.Total += n
	}
	m.Total = max(m.Total, m.Done) // an open batch's files are not counted
	if m.Whole = seq == 0; m.Whole {
		m.Started = &w.job.CreatedAt
	}
	if m.Whole || w.rosterSeq > seq {
		m.Students = w.students
	}
	if m.Whole || w.claimSeq > seq {
		m.Claims = w.held
	}
	for _, s := range w.sheets {
		if s.seq > seq || m.Whole {
			m.Sheets = append(m.Sheets, *s)
		}
	}
	slices.SortFunc(m.Sheets, func(a, b sheet) int { return strings.Compare(a.File+a.ID, b.File+b.ID) })
	return m, w.seq, w.changed, nil
}

// sheet is what is known of a sheet; nil if there is none.
func (w *watch) sheet(id string) *sheet {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.sheets[id]
}
