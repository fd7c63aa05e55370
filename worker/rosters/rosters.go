// Package rosters finds the rosters of exams in S3, reads them in turn, and keeps them
// for a short while.
package rosters

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"go.uber.org/zap"
	"golang.org/x/sync/semaphore"
	"golang.org/x/sync/singleflight"

	"hakbeon/exam"
	"hakbeon/recognizer/roster"
	"hakbeon/s3store"
	"hakbeon/s3store/layout"
)

const (
	mostKept  = 64
	mostBytes = 32 << 20
	freshFor  = 15 * time.Second
	// missingFor is how long a key without a roster is not asked for again.
	missingFor = 300 * time.Millisecond
)

// Patience is how long a sheet waits for a roster to be read before it goes
// back to the queue: a slow one must not hold the places of other exams' sheets.
const Patience = 2 * time.Second

// loadTime bounds the reading of a roster, which goes on when nobody waits.
const loadTime = time.Minute

// ErrUnusable marks a roster that is there and can't be used.
var ErrUnusable = errors.New("roster can't be used")

// ErrSlow marks a roster that is still being read.
var ErrSlow = errors.New("the roster is still being read")

// Found is a roster with the key that it was found under.
type Found struct {
	Key     string
	Roster  *roster.Roster
	Problem *exam.Detail // why it can't be used
	At      time.Time    // when it had been read, or was found to be the same

	etag string
}

// Cache finds rosters and keeps them for a short while: all sheets of a
// batch need the same one, and a new upload should be seen soon.
type Cache struct {
	store   *s3store.Store
	log     *zap.Logger
	reader  reader
	recent  *lru.Cache[string, Found]
	loading singleflight.Group

	mu    sync.Mutex
	bytes int // of the rosters that are kept
}

// reader reads rosters when there is room for what that takes: ordinary ones at
// once, one that is as large as may be in its turn.
type reader struct {
	limits roster.Limits
	room   *semaphore.Weighted // roster.MostCost bytes
}

// enter waits for the room; leave gives it back.
func (r reader) enter(ctx context.Context, data []byte) (leave func(), err error) {
	bytes := roster.Cost(data)
	if err := r.room.Acquire(ctx, bytes); err != nil {
		return nil, fmt.Errorf("wait for memory: %w", err)
	}
	return func() { r.room.Release(bytes) }, nil
}

// read returns an error of roster.Read's kinds, or that ctx has ended.
func (r reader) read(ctx context.Context, data []byte) (*roster.Roster, error) {
	leave, err := r.enter(ctx, data)
	if err != nil {
		return nil, err
	}
	defer leave()
	return roster.Read(data, r.limits)
}

// exams is read for a table of exams.
func (r reader) exams(ctx context.Context, data []byte) (roster.Exams, error) {
	leave, err := r.enter(ctx, data)
	if err != nil {
		return nil, err
	}
	defer leave()
	return roster.ReadExams(data, r.limits)
}

// Read reads a roster as the cache does its own, in its turn. Errors are those of
// roster.Read, or that ctx has ended.
func (c *Cache) Read(ctx context.Context, data []byte) (*roster.Roster, error) {
	return c.reader.read(ctx, data)
}

// Forget has all rosters read from S3 again.
func (c *Cache) Forget() { c.recent.Purge() }

// New returns a cache of the rosters in the store.
func New(store *s3store.Store, limits roster.Limits, log *zap.Logger) (*Cache, error) {
	c := &Cache{store: store, log: log, reader: reader{limits, semaphore.NewWeighted(roster.MostCost)}}
	var err error
	c.recent, err = lru.NewWithEvict(mostKept, func(_ string, f Found) { c.count(-f.bytes()) })
	if err != nil {
		return nil, fmt.Errorf("make the cache of rosters: %w", err)
	}
	return c, nil
}

// count adds to the bytes that are kept, and returns them.
func (c *Cache) count(bytes int) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.bytes += bytes
	return c.bytes
}

// Keep keeps the newest roster whatever its size: all of an exam's sheets need it.
func (c *Cache) Keep(key string, f Found) {
	c.recent.Remove(key)
	c.recent.Add(key, f)
	for all := c.count(f.bytes()); all > mostBytes && c.recent.Len() > 1; all = c.count(0) {
		c.recent.RemoveOldest()
	}
}

func (f Found) bytes() int {
	if f.Roster == nil {
		return 0
	}
	return f.Roster.Bytes()
}

// keysOf are where a job's roster may lie: the one that the job names, else the
// exam's, else the default.
func keysOf(job exam.Job) []string {
	if job.RosterKey != "" {
		return []string{job.RosterKey}
	}
	return layout.RosterKeys(job.ExamCode)
}

// Get returns the job's roster. s3store.ErrNotFound if there is none, ErrUnusable if
// there is one without use: then what was found says why. With a patience it is
// ErrSlow once that is over.
func (c *Cache) Get(ctx context.Context, job exam.Job, patience time.Duration) (Found, error) {
	if patience > 0 {
		limited, cancel := context.WithTimeoutCause(ctx, patience, ErrSlow)
		defer cancel()
		ctx = limited
	}
	var err error
	for _, key := range keysOf(job) {
		var f Found
		if f, err = c.cached(ctx, key); !errors.Is(err, s3store.ErrNotFound) {
			return f, err
		}
	}
	return Found{}, err
}

func (c *Cache) cached(ctx context.Context, key string) (Found, error) {
	if f, ok := c.recent.Get(key); ok && f.missing() && time.Since(f.At) < missingFor {
		return Found{}, &s3store.Error{Op: "get", Key: key, Kind: s3store.ErrNotFound}
	} else if ok && !f.missing() && time.Since(f.At) < freshFor {
		return f, f.usable()
	}
	// Who came first may leave: the others wait for the same roster.
	loading := c.loading.DoChan(key, func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), loadTime)
		defer cancel()
		return c.load(ctx, key)
	})
	select {
	case <-ctx.Done():
		return Found{}, context.Cause(ctx)
	case loaded := <-loading:
		if loaded.Err != nil {
			return Found{}, loaded.Err
		}
		f := loaded.Val.(Found) //nolint:forcetypeassert // load's type
		return f, f.usable()
	}
}

func (f Found) missing() bool { return f.Roster == nil && f.Problem == nil }

func (f Found) usable() error {
	if f.Problem != nil {
		return fmt.Errorf("%w: %s", ErrUnusable, f.Problem.EN)
	}
	return nil
}

func (c *Cache) load(ctx context.Context, key string) (Found, error) {
	limit := c.reader.limits.MaxBytes
	if limit <= 0 {
		limit = 16 << 20
	}
	known, _ := c.recent.Peek(key)
	obj, err := c.get(ctx, key, limit, known.etag)
	switch {
	case errors.Is(err, s3store.ErrUnchanged):
		known.At = time.Now()
		c.Keep(key, known)
		return known, nil
	case errors.Is(err, s3store.ErrNotFound):
		c.Keep(key, Found{Key: key, At: time.Now()})
		return Found{}, err
	case err != nil && !errors.Is(err, s3store.ErrTooLarge):
		return Found{}, err
	}
	f := Found{Key: key, etag: obj.ETag}
	if err != nil {
		f.Problem = problem(roster.ErrTooLarge)
	} else if f.Roster, err = c.reader.read(ctx, obj.Body); ctx.Err() != nil {
		return Found{}, err
	} else if err != nil {
		f.Problem = problem(err)
	}
	f.At = time.Now() // one that takes long to read is fresh when it has been read
	c.Keep(key, f)
	c.forget()
	return f, nil
}

// get reads an object that is another than the one with the ETag: a roster of 20,000 takes
// a second to read.
func (c *Cache) get(ctx context.Context, key string, limit int64, etag string) (s3store.Object, error) {
	stream, err := c.store.OpenOther(ctx, key, limit, etag)
	if err != nil {
		return s3store.Object{}, err
	}
	defer stream.Close()
	body, err := stream.ReadAll()
	return s3store.Object{Body: body, ETag: stream.ETag}, err
}

// forget drops the rosters of exams that are over: they would have to be read again.
func (c *Cache) forget() {
	for {
		_, oldest, ok := c.recent.GetOldest()
		if !ok || time.Since(oldest.At) < freshFor {
			return
		}
		c.recent.RemoveOldest()
	}
}

// Fresh returns the job's roster as it is in S3 now.
func (c *Cache) Fresh(ctx context.Context, job exam.Job) (Found, error) {
	for _, key := range keysOf(job) {
		if f, ok := c.recent.Peek(key); ok {
			f.At = time.Time{}
			c.Keep(key, f)
		}
		c.loading.Forget(key)
	}
	return c.Get(ctx, job, 0)
}

func problem(err error) *exam.Detail {
	d := roster.Detail(err)
	if d.IsZero() {
		return nil
	}
	return &d
}
