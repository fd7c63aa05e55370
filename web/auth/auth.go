// Package auth says who may use the HTTP side: programs by an API key in a header,
// people by a session, which an invitation, their own sign-in or an API key has opened,
// and, where there are no keys, whoever asks by a name of this machine. It is the only
// place that looks at a key.
//
// A route of the API is let through by [Gate.Refusal], one of the graders' page by
// [Gate.Require]. Both are told what the key must be allowed to; a new kind of key or
// session is added here and nowhere else.
package auth

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"net"
	"net/http"
	"strings"
	"time"

	"hakbeon/internal/apikey"
	"hakbeon/web/people"
)

// Gate lets requests in. It is safe for concurrent use.
type Gate struct {
	keys    apikey.Keys
	anyHost bool
	// open signs the token of pages without keys.
	open   []byte
	people People
}

// People is how people get in, beside the keys. The zero value has them come by a key.
type People struct {
	// Secrets seal what a person's browser carries. Without one there are no sessions but
	// those of keys.
	Secrets people.Secrets
	// Revoked reports whether an invitation was revoked. Defaults to none ever being.
	Revoked func(ctx context.Context, invitation string) (bool, error)
	// NoKeys has no key open a session: they are for programs alone.
	NoKeys bool
}

// For returns the gate with another way in for people.
func (g *Gate) For(p People) *Gate {
	next := *g
	next.people = p
	return &next
}

// New returns a gate of these keys. Without any everybody is let in, but by this
// machine's own names alone unless anyHost is set: so no foreign page can read what is
// served by pointing its name here (DNS rebinding).
func New(keys apikey.Keys, anyHost bool) *Gate {
	g := &Gate{keys: keys, anyHost: anyHost, open: make([]byte, sha256.Size)}
	_, _ = rand.Read(g.open) // never fails
	return g
}

// Keyed reports whether a key is wanted at all.
func (g *Gate) Keyed() bool { return len(g.keys) > 0 }

// Graders reports whether anybody may use the graders' page.
func (g *Gate) Graders() bool { return !g.Keyed() || g.ByKey() || len(g.people.Secrets) > 0 }

// ByKey reports whether a key opens a session.
func (g *Gate) ByKey() bool { return len(g.graders()) > 0 }

// Invitation reads the token of an invitation's link: people.ErrSeal if it is none of
// ours, people.ErrEnded if it is over or was revoked, another error if that can't be known
// now.
func (g *Gate) Invitation(ctx context.Context, token string) (people.Invitation, error) {
	i, err := g.people.Secrets.Invitation(token, time.Now())
	if err != nil || g.people.Revoked == nil {
		return i, err
	}
	revoked, err := g.people.Revoked(ctx, i.ID)
	if err == nil && revoked {
		err = people.ErrEnded
	}
	return i, err
}

// Host reports whether the server may be asked for by this name.
func (g *Gate) Host(host string) bool { return g.Keyed() || g.anyHost || local(host) }

// local reports whether a request's host is a name of this machine alone.
func local(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	ip := net.ParseIP(strings.Trim(host, "[]"))
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Refusal says why a key that was sent in a header does not let in, in words for who
// sent it; 0 if it does. A right of "" is one that every key has.
func (g *Gate) Refusal(secret string, right apikey.Right) (status int, detail string) {
	if !g.Keyed() {
		return 0, ""
	}
	key, known := g.keys.Find(secret)
	switch {
	case !known:
		return http.StatusUnauthorized, "send a valid API key as X-API-Key or as a Bearer token"
	case right != "" && !key.May(right):
		return http.StatusForbidden, "this API key has no right to " + string(right)
	}
	return 0, ""
}

// Secret is the key in a request's headers, "" if there is none.
func Secret(header func(name string) string) string {
	if key := header("X-Api-Key"); key != "" {
		return key
	}
	scheme, key, _ := strings.Cut(header("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(key)
}
