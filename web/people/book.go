package people

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"path"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"hakbeon/s3store"
	"hakbeon/s3store/layout"
)

const (
	// mostListed bounds the invitations that are listed.
	mostListed = 1000
	// readsAtOnce bounds the records that are read at the same time.
	readsAtOnce = 16
)

// Records is what a book reads and writes in S3; *s3store.Store is one.
type Records interface {
	CreateRecord(ctx context.Context, key string, record any) error
	Load(ctx context.Context, key string, record any) (etag string, err error)
	List(ctx context.Context, prefix string) iter.Seq2[s3store.Info, error]
}

// Book makes invitations, knows which were made, and ends them. It does not know their
// links.
type Book struct {
	Records Records
	Secrets Secrets
}

// ErrPerson is the error of a person who can't be invited; what it wraps says why, in
// words for who invites.
var ErrPerson = errors.New("this person can't be invited")

// Invite makes an invitation for a person, and its token. It is noted before it is told:
// there is none of which the book does not know.
func (b Book) Invite(ctx context.Context, p Person, now time.Time) (Invitation, string, error) {
	i, err := Invite(p, now)
	if err != nil {
		return i, "", fmt.Errorf("%w: %w", ErrPerson, err)
	}
	token, err := b.Secrets.Token(i)
	if err != nil {
		return i, "", err
	}
	if err := b.Records.CreateRecord(ctx, layout.Invitation(i.ID), i); err != nil {
		return i, "", fmt.Errorf("the invitation could not be noted, so there is none: %w", err)
	}
	return i, token, nil
}

// revocation is the record of an invitation that was revoked.
type revocation struct {
	At time.Time `json:"at"`
	By string    `json:"by,omitempty"` // who did it, where that is known
}

// Revoke ends the invitation, and what it has opened within [RevokedFor]; by is the name
// of who does it, "" if it is not known. Doing it again does nothing.
func (b Book) Revoke(ctx context.Context, id, by string, now time.Time) error {
	if !ValidID(id) {
		return errors.New("an invitation's id has 16 small letters and digits: hakbeon invite list shows it")
	}
	err := b.Records.CreateRecord(ctx, layout.Revoked(id), revocation{At: now.UTC(), By: by})
	if errors.Is(err, s3store.ErrExists) {
		return nil
	}
	return err
}

// The states of an invitation.
const (
	Open    = "open"
	Ended   = "ended"
	Revoked = "revoked"
)

// Listed is an invitation with its state.
type Listed struct {
	Invitation

	State string `json:"state"`
}

// List are the invitations that were made, those that are open first, then by name; of
// more than 1,000 the others are left out. It costs two listings and a request for each.
func (b Book) List(ctx context.Context, now time.Time) ([]Listed, error) {
	revoked := map[string]bool{}
	for info, err := range b.Records.List(ctx, layout.RevokedOf) {
		if err != nil {
			return nil, err
		}
		revoked[path.Base(info.Key)] = true
	}
	var keys []string
	for info, err := range b.Records.List(ctx, layout.InvitationsOf) {
		if err != nil {
			return nil, err
		}
		if keys = append(keys, info.Key); len(keys) == mostListed {
			break
		}
	}
	all := make([]Listed, len(keys))
	group, bounded := errgroup.WithContext(ctx)
	group.SetLimit(readsAtOnce)
	for i, key := range keys {
		group.Go(func() error {
			_, err := b.Records.Load(bounded, key, &all[i].Invitation)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	for i := range all {
		all[i].State = stateOf(all[i], revoked, now)
	}
	slices.SortFunc(all, func(a, b Listed) int {
		return strings.Compare(order(a)+a.Person.Name+a.ID, order(b)+b.Person.Name+b.ID)
	})
	return all, nil
}

func stateOf(l Listed, revoked map[string]bool, now time.Time) string {
	switch {
	case revoked[l.ID]:
		return Revoked
	case !now.Before(l.Person.Until):
		return Ended
	}
	return Open
}

// order puts what is open first.
func order(l Listed) string {
	if l.State == Open {
		return "0"
	}
	return "1"
}
