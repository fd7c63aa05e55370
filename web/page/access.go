package page

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"strings"

	"go.uber.org/zap"

	"hakbeon/web/auth"
	"hakbeon/web/people"
)

// doors are the routes by which people come in and go, and by which managers say who may:
// each looks by itself at who asks.
func (h *Handler) doors() {
	h.mux.HandleFunc("POST /review/login", entrance{h}.login)
	h.mux.HandleFunc("POST /review/logout", entrance{h}.logout)
	h.mux.HandleFunc("GET /review/invite/{token}", entrance{h}.showInvitation)
	h.mux.HandleFunc("POST /review/invite/{token}", entrance{h}.accept)
	if h.opts.SignIn != nil {
		h.mux.HandleFunc("GET /review/oidc/begin", entrance{h}.beginSignIn)
		h.mux.HandleFunc("GET /review/oidc/callback", entrance{h}.endSignIn)
	}
	if h.opts.Invitations != nil {
		h.mux.HandleFunc("GET /people", invitations{h}.people)
		h.mux.HandleFunc("POST /people", invitations{h}.invite)
		h.mux.HandleFunc("POST /people/{id}/revoke", invitations{h}.revoke)
	}
}

// guarded lets a request pass that has a session, the page's token where it changes
// something, and a person who may see the exam in its path.
func (h *Handler) guarded(serve http.HandlerFunc) http.Handler {
	return h.opts.Auth.Require(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if code := r.PathValue("exam"); code != "" && !auth.SessionOf(r.Context()).Person.Sees(code) {
			http.Error(w, "this exam is not among yours: ask whoever invited you", http.StatusForbidden)
			return
		}
		serve(w, r)
	}))
}

// signedIn is the session of who asks for a page that shows the exam with this code, or
// any for ""; false after the login, or a refusal, has been shown.
func (h *Handler) signedIn(w http.ResponseWriter, r *http.Request, code string) (auth.Session, bool) {
	s, err := h.opts.Auth.Session(r)
	switch {
	case errors.Is(err, auth.ErrNoSession):
		entrance{h}.showLogin(w, r, loginPage{Next: localPath(r.URL.RequestURI())}, http.StatusOK)
		return s, false
	case err != nil:
		h.opts.Log.Warn("could not look at a session", zap.Error(err))
		h.notice(w, r, http.StatusServiceUnavailable, "unavailable")
		return s, false
	case code != "" && !s.Person.Sees(code):
		h.notice(w, r, http.StatusForbidden, "exam")
		return s, false
	}
	return s, true
}

// notice is a page that says one thing: its text stands in notice.html.
func (h *Handler) notice(w http.ResponseWriter, r *http.Request, status int, what string) {
	h.pages.show(w, "notice.html", status, struct{ Lang, V, What string }{h.pages.lang(r), h.pages.version, what})
}

// who is what a page says of who looks at it.
type who struct {
	Name  string // "" where nobody has to sign in
	Exams string // a grader's
	// ID tells this person from others who use the same browser.
	ID string
}

func whoOf(s auth.Session) who {
	sum := sha256.Sum256([]byte("hakbeon person\n" + s.Person.Subject))
	out := who{Name: s.Person.Name, ID: hex.EncodeToString(sum[:8])}
	if s.Person.Role == people.Grader {
		out.Exams = strings.Join(s.Person.Exams, ", ")
	}
	return out
}
