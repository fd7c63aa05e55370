package worker

import (
	"context"
	"errors"
	"fmt"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
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
	limits  roster.Limits
	recent  *lru.Cache[string, found]
	loading singleflight.Group
}

func newRosterCache(store *s3store.Store, limits roster.Limits) (*rosterCache, error) {
	recent, err := lru.New[string, found](cachedRosters)
	if err != nil {
		return nil, fmt.Errorf("make the cache of rosters: %w", err)
	}
	return &rosterCache{store: store, limits: limits, recent: recent}, nil
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
	limit := c.limits.MaxBytes
	if limit <= 0 {
		limit = 16 << 20
	}
	obj, err := c.store.Get(ctx, key, limit)
	switch {
	case isNotFound(err):
		c.recent.Add(key, found{key: key, at: time.Now()})
		return found{}, err
	case err != nil && !errors.Is(err, s3store.ErrTooLarge):
		return found{}, err
	}
	f := found{key: key}
	if err != nil {
		f.problem = detailOf(roster.Detail(roster.ErrTooLarge))
	} else if f.roster, err = roster.Read(obj.Body, c.limits); err != nil {
		f.problem = detailOf(roster.Detail(err))
	}
	f.at = time.Now() // one that takes long to read is fresh when it has been read
	c.recent.Add(key, f)
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
