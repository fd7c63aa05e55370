package people

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sync/singleflight"

	"hakbeon/internal/cache"
	"hakbeon/s3store"
	"hakbeon/s3store/layout"
)

const (
	// RevokedFor is how long what was read of an invitation holds: so long after it was
	// revoked its sessions may live on.
	RevokedFor = 30 * time.Second
	// mostKnown bounds the invitations of which something is kept.
	mostKnown = 4096
	// lookTime bounds one look, which others wait for.
	lookTime = 10 * time.Second
	// maxRecordBytes bounds a record that is read.
	maxRecordBytes = 64 << 10
)

// Reader is what is read of the bucket; *s3store.Store is one.
type Reader interface {
	Get(ctx context.Context, key string, limit int64) (s3store.Object, error)
}

// Revocations knows which invitations were revoked. It is safe for concurrent use.
type Revocations struct {
	store   Reader
	now     func() time.Time
	known   cache.Cache[string, seen]
	looking singleflight.Group
}

// seen is what was read of an invitation, and when.
type seen struct {
	revoked bool
	at      time.Time
}

// NewRevocations returns what reads of the bucket, at most once in 30 s for each
// invitation.
func NewRevocations(store Reader) *Revocations { return newRevocations(store, time.Now) }

func newRevocations(store Reader, now func() time.Time) *Revocations {
	return &Revocations{store: store, now: now, known: cache.BySize[string, seen](mostKnown)}
}

// Revoked reports whether the invitation was revoked, as it stood 30 s ago at the
// earliest. Errors are s3store's: then nobody knows.
func (r *Revocations) Revoked(ctx context.Context, id string) (bool, error) {
	if known, ok := r.known.Get(id); ok && r.now().Sub(known.at) < RevokedFor {
		return known.revoked, nil
	}
	found, err, _ := r.looking.Do(id, func() (any, error) {
		bounded, cancel := context.WithTimeout(context.WithoutCancel(ctx), lookTime)
		defer cancel()
		at := r.now() // before it is read
		_, err := r.store.Get(bounded, layout.Revoked(id), maxRecordBytes)
		if err != nil && !errors.Is(err, s3store.ErrNotFound) {
			return false, err
		}
		r.known.Set(id, seen{err == nil, at})
		return err == nil, nil
	})
	if err != nil {
		return false, fmt.Errorf("look whether an invitation was revoked: %w", err)
	}
	return found.(bool), nil //nolint:forcetypeassert // the function's above
}
