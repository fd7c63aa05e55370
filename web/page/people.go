package page

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"go.uber.org/zap"

	"hakbeon/jobs"
	"hakbeon/web/auth"
	"hakbeon/web/people"
)

// Invitations makes invitations and ends them; people.Book is one.
type Invitations interface {
	Invite(ctx context.Context, p people.Person, now time.Time) (people.Invitation, string, error)
	List(ctx context.Context, now time.Time) ([]people.Listed, error)
	Revoke(ctx context.Context, id, by string, now time.Time) error
}

const (
	maxInviteBytes = 16 << 10
	// usualTime is how far ahead an invitation's end lies unless a manager says otherwise.
	usualTime = 60 * 24 * time.Hour
)

type peoplePage struct {
	Lang, V, Token string
	List           []people.Listed
	MaxName        int
	Until          string // the day that is proposed
	Link, For      string // of the invitation that was made just now
	Wrong          bool   // what was asked for can't be made
}

// manager is the session of a manager who asks for the page of people, and who, where
// something changes, comes from that page; false after a refusal has been shown.
func (h invitations) manager(w http.ResponseWriter, r *http.Request) (auth.Session, bool) {
	s, ok := h.signedIn(w, r, "")
	switch {
	case !ok:
		return s, false
	case s.Person.Role != people.Manager:
		h.notice(w, r, http.StatusForbidden, "manager")
		return s, false
	case r.Method == http.MethodGet || r.Method == http.MethodHead:
		return s, true
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxInviteBytes)
	if !s.Holds(r.PostFormValue("csrf")) {
		h.notice(w, r, http.StatusForbidden, "old")
		return s, false
	}
	return s, true
}

// people shows the invitations that were made.
func (h invitations) people(w http.ResponseWriter, r *http.Request) {
	if s, ok := h.manager(w, r); ok {
		h.showPeople(w, r, s, peoplePage{}, http.StatusOK)
	}
}

func (h invitations) showPeople(w http.ResponseWriter, r *http.Request, s auth.Session, data peoplePage, status int) {
	list, err := h.opts.Invitations.List(r.Context(), time.Now())
	if err != nil {
		h.opts.Log.Warn("the invitations could not be listed", zap.Error(err))
		h.notice(w, r, http.StatusServiceUnavailable, "unavailable")
		return
	}
	data.Lang, data.V, data.Token, data.List, data.MaxName = h.pages.lang(r), h.pages.version, s.Token, list, jobs.MaxByLength
	data.Until = time.Now().Add(usualTime).Format(time.DateOnly)
	h.pages.show(w, "people.html", status, data)
}

// invite makes an invitation and shows its link, this once.
func (h invitations) invite(w http.ResponseWriter, r *http.Request) {
	s, ok := h.manager(w, r)
	if !ok {
		return
	}
	day, _ := time.ParseInLocation(time.DateOnly, r.PostFormValue("until"), time.Local) // the zero day has ended
	p := people.Person{Name: people.CleanName(r.PostFormValue("name")), Role: people.Role(r.PostFormValue("role")), Until: day.AddDate(0, 0, 1)}
	if p.Role == people.Grader {
		p.Exams = strings.FieldsFunc(r.PostFormValue("exams"), func(r rune) bool { return r == ',' || r == ' ' || r == '\n' || r == '\r' })
	}
	_, token, err := h.opts.Invitations.Invite(r.Context(), p, time.Now())
	switch {
	case errors.Is(err, people.ErrPerson):
		h.showPeople(w, r, s, peoplePage{Wrong: true}, http.StatusUnprocessableEntity)
	case err != nil:
		h.opts.Log.Warn("an invitation could not be made", zap.Error(err))
		h.notice(w, r, http.StatusServiceUnavailable, "unavailable")
	default:
		scheme := "http"
		if auth.Secure(r) {
			scheme = "https"
		}
		h.showPeople(w, r, s, peoplePage{For: p.Name, Link: scheme + "://" + r.Host + h.opts.Prefix + "/review/invite/" + token}, http.StatusOK)
	}
}

// revoke ends an invitation.
func (h invitations) revoke(w http.ResponseWriter, r *http.Request) {
	s, ok := h.manager(w, r)
	if !ok {
		return
	}
	id := r.PathValue("id")
	if !people.ValidID(id) {
		h.notice(w, r, http.StatusNotFound, "invitation")
		return
	}
	if err := h.opts.Invitations.Revoke(r.Context(), id, s.Person.Name, time.Now()); err != nil {
		h.opts.Log.Warn("an invitation could not be revoked", zap.Error(err))
		h.notice(w, r, http.StatusServiceUnavailable, "unavailable")
		return
	}
	http.Redirect(w, r, "/people", http.StatusSeeOther)
}
