package people

import (
	"crypto/rand"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"
)

// Invitation lets a person in: it is a link that was made for them.
type Invitation struct {
	// ID names it, to revoke it: 16 lower-case letters and digits.
	ID     string `json:"id"`
	Person Person `json:"person"`
}

var idPattern = regexp.MustCompile(`^[a-z2-7]{16}$`)

// ValidID reports whether a text may be an invitation's id.
func ValidID(id string) bool { return idPattern.MatchString(id) }

// longestInvitation bounds how far ahead an invitation's end may lie.
const longestInvitation = 2 * 366 * 24 * time.Hour

// ErrEnded is the error of an invitation whose end has come.
var ErrEnded = errors.New("the invitation has ended")

// Invite makes an invitation for a person, from now until the person's end, which lies
// two years ahead at most. The error says what is wrong with the person.
func Invite(p Person, now time.Time) (Invitation, error) {
	p.Until = p.Until.UTC().Truncate(time.Second)
	if err := p.Check(); err != nil {
		return Invitation{}, err
	}
	if !p.Until.After(now) || p.Until.Sub(now) > longestInvitation {
		return Invitation{}, errors.New("an invitation's end should lie ahead, two years at most")
	}
	id := strings.ToLower(rand.Text()[:16])
	p.Subject = "invitation:" + id
	return Invitation{ID: id, Person: p}, nil
}

// Token is the invitation as it stands in a link.
func (s Secrets) Token(i Invitation) (string, error) { return s.Seal(ForInvitation, i) }

// Invitation reads a link's token: ErrSeal if we did not make it, ErrEnded with the
// invitation if it is over.
func (s Secrets) Invitation(token string, now time.Time) (Invitation, error) {
	var i Invitation
	if err := s.Open(ForInvitation, token, &i); err != nil {
		return Invitation{}, err
	}
	if err := i.Person.Check(); err != nil || !ValidID(i.ID) {
		return Invitation{}, fmt.Errorf("%w: %w", ErrSeal, err)
	}
	if !now.Before(i.Person.Until) {
		return i, ErrEnded
	}
	return i, nil
}
