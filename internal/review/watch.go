package review

import (
	"context"
	"encoding/json"
	"errors"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"hakbeon/recognizer/roster"
	"hakbeon/s3store"
)

const (
	// maxSheets bounds what a page can show and a worker keeps for it.
	maxSheets     = 20_000
	parallelLoads = 16
	// pendingTime is how long a verdict is shown before its result is there.
	pendingTime = 2 * time.Minute
	// settling is how soon after a verdict no end can know of it yet.
	settling = time.Second
)

// watch is what is known of one batch, looked up again and again. Each change has
// a number, so that every browser gets what is new to it.
type watch struct {
	batch s3store.Batch
	opts  Options

	// Of the hub, with its lock.
	viewers int
	left    time.Time

	mu       sync.Mutex
	changed  chan struct{} // closed at the next change
	over     bool
	seq      int
	job      *s3store.Job
	sheets   map[string]*sheet
	more     map[string]int // sheets of a file beyond its first
	epoch    int
	alarms   []string
	students []student
	roster   string // hash of students' roster
	// rosterSeq is the change that brought the roster.
	rosterSeq int
	problem   error // why there is nothing to see
}

func newWatch(b s3store.Batch, o Options) *watch {
	return &watch{batch: b, opts: o, changed: make(chan struct{}), sheets: map[string]*sheet{}, more: map[string]int{}, epoch: -1}
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
		var job s3store.Job
		if _, err := w.opts.Store.Load(ctx, w.batch.Job(), &job); err != nil {
			return err
		}
		w.mu.Lock()
		w.job = &job
		w.mu.Unlock()
	}
	epoch, err := w.lastEpoch(ctx)
	if err != nil {
		return err
	}
	fresh, err := w.news(ctx)
	if err != nil {
		return err
	}
	more, err := w.files(ctx)
	if err != nil {
		return err
	}
	alarms, students, hash, err := w.ofEnd(ctx, epoch)
	if err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(fresh) == 0 && epoch == w.epoch && len(more) == len(w.more) && !w.expired() {
		return nil
	}
	w.seq++
	w.clear(pendingTime)
	for _, s := range fresh {
		if old := w.sheets[s.ID]; old != nil && old.Pending != "" && s.at.Before(old.pending.Add(settling)) {
			s.Pending, s.pending = old.Pending, old.pending
		}
		s.seq = w.seq
		w.sheets[s.ID] = s
	}
	if epoch > w.epoch && w.epoch >= 0 {
		// What was said before the end and changed nothing by it is done, too.
		w.clear(w.opts.Every + 3*time.Second)
	}
	if hash != w.roster {
		w.rosterSeq = w.seq
	}
	w.more, w.epoch, w.alarms, w.problem = more, epoch, alarms, nil
	w.students, w.roster = students, hash
	w.announce()
	return nil
}

// lastEpoch is the last end that is done, 0 before the first.
func (w *watch) lastEpoch(ctx context.Context) (int, error) {
	last := 0
	for info, err := range w.opts.Store.List(ctx, w.batch.Prefix()+"done/") {
		if err != nil {
			return 0, err
		}
		n, _ := strconv.Atoi(path.Base(info.Key))
		last = max(last, n)
	}
	return last, nil
}

// news loads the results that are new or have changed.
func (w *watch) news(ctx context.Context) ([]*sheet, error) {
	var changed []s3store.Info
	etags := w.etags()
	n := 0
	for info, err := range w.opts.Store.List(ctx, w.batch.Prefix()+"sheets/") {
		if err != nil {
			return nil, err
		}
		if n++; n > maxSheets {
			return nil, errTooMany
		}
		id := sheetID(info.Key)
		if etags[id] != info.ETag {
			changed = append(changed, info)
		}
	}
	out := make([]*sheet, len(changed))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(parallelLoads)
	for i, info := range changed {
		group.Go(func() error {
			var r s3store.Result
			etag, err := w.opts.Store.Load(ctx, info.Key, &r)
			if errors.Is(err, s3store.ErrNotFound) {
				return nil // deleted meanwhile
			}
			if err == nil {
				out[i] = newSheet(&r, etag)
				out[i].ID = sheetID(info.Key)
			}
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return slices.DeleteFunc(out, func(s *sheet) bool { return s == nil }), nil
}

func sheetID(key string) string { return strings.TrimSuffix(path.Base(key), ".json") }

func (w *watch) etags() map[string]string {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := make(map[string]string, len(w.sheets))
	for id, s := range w.sheets {
		out[id] = s.etag
	}
	return out
}

// files are those of several sheets, by their first sheet.
func (w *watch) files(ctx context.Context) (map[string]int, error) {
	more := map[string]int{}
	for info, err := range w.opts.Store.List(ctx, w.batch.Prefix()+"pages/") {
		if err != nil {
			return nil, err
		}
		if f := strings.Split(path.Base(info.Key), "-"); len(f) == 3 {
			n, _ := strconv.Atoi(f[1])
			more[f[0]] = n - 1
		}
	}
	return more, nil
}

// ofEnd is what an end tells of the whole batch: alarms and roster.
func (w *watch) ofEnd(ctx context.Context, epoch int) (alarms []string, students []student, hash string, err error) {
	if epoch == 0 || epoch == w.epoch {
		return w.alarms, w.students, w.roster, nil
	}
	var plan s3store.Plan
	if _, err := w.opts.Store.Load(ctx, w.batch.Plan(epoch), &plan); err != nil {
		return nil, nil, "", err
	}
	if plan.Roster == w.roster || plan.Roster == "" {
		return plan.Alarms, w.students, w.roster, nil
	}
	var raw json.RawMessage
	if _, err := w.opts.Store.Load(ctx, w.batch.Roster(plan.Roster), &raw); err != nil {
		return nil, nil, "", err
	}
	ro, err := roster.Decode(raw)
	if err != nil {
		return nil, nil, "", err
	}
	return plan.Alarms, studentsOf(ro), plan.Roster, nil
}

// said notes a verdict that was given here, so that every window shows it at
// once.
func (w *watch) said(id, what string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if s := w.sheets[id]; s != nil {
		next := *s
		w.seq++
		next.Pending, next.pending, next.seq = what, time.Now(), w.seq
		w.sheets[id] = &next
		w.announce()
	}
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

// clear takes verdicts away that are older. With the lock held.
func (w *watch) clear(older time.Duration) {
	for id, s := range w.sheets {
		if s.Pending != "" && time.Since(s.pending) > older {
			next := *s
			next.Pending, next.seq = "", w.seq
			w.sheets[id] = &next
		}
	}
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
	m = &message{Now: time.Now().UTC(), Total: w.job.Total, Done: len(w.sheets), Epoch: w.epoch, Alarms: w.alarms, Sheets: []sheet{}}
	for _, n := range w.more {
		m.Total += n
	}
	if m.Whole = seq == 0; m.Whole {
		m.Started = &w.job.CreatedAt
	}
	if m.Whole || w.rosterSeq > seq {
		m.Students = w.students
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
