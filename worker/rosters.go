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

// errRoster marks a roster that is there and can't be used.
var errRoster = errors.New("roster can't be used")

// found is a roster with the key that it was found under.
type found struct {
	key    string
	roster *roster.Roster
	at     time.Time // when it was read
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

// get returns the job's roster: the one that the job names, else the exam's,
// else the default, each as .xlsx or .csv. s3store.ErrNotFound if there is none, errRoster if there is
// one without use.
func (c *rosterCache) get(ctx context.Context, job s3store.Job) (found, error) {
	keys := s3store.RosterKeys(job.ExamCode)
	if job.RosterKey != "" {
		keys = []string{job.RosterKey}
	}
	var err error
	for _, key := range keys {
		var f found
		if f, err = c.cached(ctx, key); !isNotFound(err) {
			return f, err
		}
	}
	return found{}, err
}

func (c *rosterCache) cached(ctx context.Context, key string) (found, error) {
	if f, ok := c.recent.Get(key); ok && f.roster == nil && time.Since(f.at) < missingTTL {
		return found{}, &s3store.Error{Op: "get", Key: key, Kind: s3store.ErrNotFound}
	} else if ok && f.roster != nil && time.Since(f.at) < rosterTTL {
		return f, nil
	}
	v, err, _ := c.loading.Do(key, func() (any, error) { return c.load(ctx, key) })
	if err != nil {
		return found{}, err
	}
	return v.(found), nil //nolint:forcetypeassert // load's type
}

func (c *rosterCache) load(ctx context.Context, key string) (found, error) {
	limit := c.limits.MaxBytes
	if limit <= 0 {
		limit = 16 << 20
	}
	now := time.Now()
	obj, err := c.store.Get(ctx, key, limit)
	if errors.Is(err, s3store.ErrTooLarge) {
		return found{}, errors.Join(errRoster, err)
	}
	if isNotFound(err) {
		c.recent.Add(key, found{key: key, at: now})
	}
	if err != nil {
		return found{}, err
	}
	ro, err := roster.Read(obj.Body, c.limits)
	if err != nil {
		return found{}, errors.Join(errRoster, err)
	}
	f := found{key, ro, now}
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
	c.recent.Purge()
	return c.get(ctx, job)
}
