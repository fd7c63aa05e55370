package worker

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/sync/semaphore"
	"golang.org/x/sync/singleflight"

	"hakbeon/recognizer/roster"
	"hakbeon/s3store"
)

const (
	cachedRosters = 64
	rosterTTL     = 15 * time.Second
	// missingTTL is how long a key without a roster is not asked for again.
	missingTTL = 300 * time.Millisecond
)

// rosterPatience is how long a sheet waits for a roster to be read before it goes
// back to the queue: a slow one must not hold the places of other exams' sheets.
const rosterPatience = 2 * time.Second

// rosterTime bounds the reading of a roster, which goes on when nobody waits.
const rosterTime = time.Minute

// errRoster marks a roster that is there and can't be used.
var errRoster = errors.New("roster can't be used")

// errRosterSlow marks a roster that is still being read.
var errRosterSlow = errors.New("the roster is still being read")

// found is a roster with the key that it was found under.
type found struct {
	key     string
	roster  *roster.Roster
	problem *s3store.Detail // why it can't be used
	at      time.Time       // when it had been read
}

// rosterCache finds rosters and keeps them for a short while: all sheets of a
// batch need the same one, and a new upload should be seen soon.
type rosterCache struct {
	store   *s3store.Store
	reader  rosterReader
	recent  *lru.Cache[string, found]
	loading singleflight.Group

	mu    sync.Mutex
	bytes int // of the rosters that are kept
}

// rosterReader reads rosters when there is room for what that takes: ordinary ones at
// once, one that is as large as may be in its turn.
type rosterReader struct {
	limits roster.Limits
	room   *semaphore.Weighted // roster.MostCost bytes
}

// enter waits for the room; leave gives it back.
func (r rosterReader) enter(ctx context.Context, data []byte) (leave func(), err error) {
	bytes := roster.Cost(data)
	if err := r.room.Acquire(ctx, bytes); err != nil {
		return nil, fmt.Errorf("wait for memory: %w", err)
	}
	return func() { r.room.Release(bytes) }, nil
}

// read returns an error of roster.Read's kinds, or that ctx has ended.
func (r rosterReader) read(ctx context.Context, data []byte) (*roster.Roster, error) {
	leave, err := r.enter(ctx, data)
	if err != nil {
		return nil, err
	}
	defer leave()
	return roster.Read(data, r.limits)
}

// exams is read for a table of exams.
func (r rosterReader) exams(ctx context.Context, data []byte) (roster.Exams, error) {
	leave, err := r.enter(ctx, data)
	if err != nil {
		return nil, err
	}
	defer leave()
	return roster.ReadExams(data, r.limits)
}

// ReadRoster reads a roster as the worker does its own, in its turn. Errors are those of
// roster.Read, or that ctx has ended.
func (w *Worker) ReadRoster(ctx context.Context, data []byte) (*roster.Roster, error) {
	return w.rosters.reader.read(ctx, data)
}

func newRosterCache(store *s3store.Store, limits roster.Limits) (*rosterCache, error) {
	c := &rosterCache{store: store, reader: rosterReader{limits, semaphore.NewWeighted(roster.MostCost)}}
	var err error
	c.recent, err = lru.NewWithEvict(cachedRosters, func(_ string, f found) { c.count(-f.bytes()) })
	if err != nil {
		return nil, fmt.Errorf("make the cache of rosters: %w", err)
	}
	return c, nil
}

// count adds to the bytes that are kept, and returns them.
func (c *rosterCache) count(bytes int) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.bytes += bytes
	return c.bytes
}

// keep keeps the newest roster whatever its size: all of an exam's sheets need it.
func (c *rosterCache) keep(key string, f found) {
	c.recent.Remove(key)
	c.recent.Add(key, f)
	for all := c.count(f.bytes()); all > cachedRosterBytes && c.recent.Len() > 1; all = c.count(0) {
		c.recent.RemoveOldest()
	}
}

func (f found) bytes() int {
	if f.roster == nil {
		return 0
	}
	return f.roster.Bytes()
}

// rosterKeys are where a job's roster may lie: the one that the job names, else the
// exam's, else the default.
func rosterKeys(job s3store.Job) []string {
	if job.RosterKey != "" {
		return []string{job.RosterKey}
	}
	return s3store.RosterKeys(job.ExamCode)
}

// get returns the job's roster. s3store.ErrNotFound if there is none, errRoster if
// there is one without use: then what was found says why. With a patience it is
// errRosterSlow once that is over.
func (c *rosterCache) get(ctx context.Context, job s3store.Job, patience time.Duration) (found, error) {
	if patience > 0 {
		limited, cancel := context.WithTimeoutCause(ctx, patience, errRosterSlow)
		defer cancel()
		ctx = limited
	}
	var err error
	for _, key := range rosterKeys(job) {
		var f found
		if f, err = c.cached(ctx, key); !isNotFound(err) {
			return f, err
		}
	}
	return found{}, err
}

func (c *rosterCache) cached(ctx context.Context, key string) (found, error) {
	if f, ok := c.recent.Get(key); ok && f.missing() && time.Since(f.at) < missingTTL {
		return found{}, &s3store.Error{Op: "get", Key: key, Kind: s3store.ErrNotFound}
	} else if ok && !f.missing() && time.Since(f.at) < rosterTTL {
		return f, f.usable()
	}
	// Who came first may leave: the others wait for the same roster.
	loading := c.loading.DoChan(key, func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), rosterTime)
		defer cancel()
		return c.load(ctx, key)
	})
	select {
	case <-ctx.Done():
		return found{}, context.Cause(ctx)
	case loaded := <-loading:
		if loaded.Err != nil {
			return found{}, loaded.Err
		}
		f := loaded.Val.(found) //nolint:forcetypeassert // load's type
		return f, f.usable()
	}
}

func (f found) missing() bool { return f.roster == nil && f.problem == nil }

func (f found) usable() error {
	if f.problem != nil {
		return fmt.Errorf("%w: %s", errRoster, f.problem.EN)
	}
	return nil
}

func (c *rosterCache) load(ctx context.Context, key string) (found, error) {
	limit := c.reader.limits.MaxBytes
	if limit <= 0 {
		limit = 16 << 20
	}
	obj, err := c.store.Get(ctx, key, limit)
	switch {
	case isNotFound(err):
		c.keep(key, found{key: key, at: time.Now()})
		return found{}, err
	case err != nil && !errors.Is(err, s3store.ErrTooLarge):
		return found{}, err
	}
	f := found{key: key}
	if err != nil {
		f.problem = detailOf(roster.Detail(roster.ErrTooLarge))
	} else if f.roster, err = c.reader.read(ctx, obj.Body); ctx.Err() != nil {
		return found{}, err
	} else if err != nil {
		f.problem = detailOf(roster.Detail(err))
	}
	f.at = time.Now() // one that takes long to read is fresh when it has been read
	c.keep(key, f)
	c.forget()
	return f, nil
}

// forget drops the rosters of exams that are over: they would have to be read again.
func (c *rosterCache) forget() {
	for {
		_, oldest, ok := c.recent.GetOldest()
		if !ok || time.Since(oldest.at) < rosterTTL {
			return
		}
		c.recent.RemoveOldest()
	}
}

// fresh returns the job's roster as it is in S3 now.
func (c *rosterCache) fresh(ctx context.Context, job s3store.Job) (found, error) {
	for _, key := range rosterKeys(job) {
		c.recent.Remove(key)
		c.loading.Forget(key)
	}
	return c.get(ctx, job, 0)
}
