package page

import (
	"errors"
	"net/http"
	"time"

	"go.uber.org/zap"

	"hakbeon/web/people"
)

type invitePage struct {
	Lang, V, Name string
	Until         string
}

// invitation is the one whose token the path holds; false after it has been refused.
func (h entrance) invitation(w http.ResponseWriter, r *http.Request) (people.Invitation, bool) {
	i, err := h.opts.Auth.Invitation(r.Context(), r.PathValue("token"))
	switch {
	case errors.Is(err, people.ErrSeal):
		h.notice(w, r, http.StatusNotFound, "invitation")
	case errors.Is(err, people.ErrEnded):
		h.notice(w, r, http.StatusGone, "ended")
	case err != nil:
		h.opts.Log.Warn("could not look at an invitation", zap.Error(err))
		h.notice(w, r, http.StatusServiceUnavailable, "unavailable")
	default:
		return i, true
	}
	return i, false
}

// showInvitation says whom an invitation lets in. It opens nothing: programs follow
// links, too.
func (h entrance) showInvitation(w http.ResponseWriter, r *http.Request) {
	if i, ok := h.invitation(w, r); ok {
		h.pages.show(w, "invite.html", http.StatusOK, invitePage{
			Lang: h.pages.lang(r), V: h.pages.version, Name: i.Person.Name, Until: i.Person.Until.Format(time.DateOnly),
		})
	}
}

// accept opens a session for whom the invitation lets in.
func (h entrance) accept(w http.ResponseWriter, r *http.Request) {
	i, ok := h.invitation(w, r)
	if !ok {
		return
	}
	if err := h.opts.Auth.Admit(w, r, i.Person, i.ID); err != nil {
		h.notice(w, r, http.StatusNotFound, "invitation")
		return
	}
	http.Redirect(w, r, "/exams", http.StatusSeeOther)
}
