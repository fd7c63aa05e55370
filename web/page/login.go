package page

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"go.uber.org/zap"

	"hakbeon/web/auth"
	"hakbeon/web/people"
)

const (
	// wrongKeyPause makes guessing slow; a key is too long to be guessed anyhow.
	wrongKeyPause = 500 * time.Millisecond
	maxLoginBytes = 4 << 10
)

// SignIn is a provider by whom people sign in; *signin.Provider is one.
type SignIn interface {
	// Begin gives where the browser is to go, and the cookie by which its return is known.
	// next is where it wants to be then.
	Begin(ctx context.Context, secure bool, next string) (address string, cookie *http.Cookie, err error)
	// End is the person who has come back, and where they want to be. The error says why
	// they are not let in, and names nobody.
	End(r *http.Request) (p people.Person, next string, err error)
	// Gone is the cookie that takes Begin's away.
	Gone() *http.Cookie
}

type loginPage struct {
	Lang  string
	Next  string
	Wrong bool
	Key   bool // a key opens a session
	// SignIn is where to go to sign in, "" if there is no provider.
	SignIn string
	V      string
}

func (h entrance) showLogin(w http.ResponseWriter, r *http.Request, data loginPage, status int) {
	data.Lang, data.V, data.Key = h.pages.lang(r), h.pages.version, h.opts.Auth.ByKey()
	if h.opts.SignIn != nil {
		data.SignIn = "review/oidc/begin?" + url.Values{"next": {data.Next}}.Encode()
	}
	h.pages.show(w, "login.html", status, data)
}

func (h entrance) login(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxLoginBytes)
	next := localPath(r.PostFormValue("next"))
	if !h.opts.Auth.LogIn(w, r, strings.TrimSpace(r.PostFormValue("key"))) {
		select {
		case <-time.After(wrongKeyPause):
		case <-r.Context().Done():
		}
		h.showLogin(w, r, loginPage{Next: next, Wrong: true}, http.StatusUnauthorized)
		return
	}
	http.Redirect(w, r, next, http.StatusSeeOther)
}

func (h entrance) logout(w http.ResponseWriter, r *http.Request) {
	h.opts.Auth.LogOut(w, r)
	http.Redirect(w, r, localPath(r.PostFormValue("next")), http.StatusSeeOther)
}

// beginSignIn sends the browser to the provider.
func (h entrance) beginSignIn(w http.ResponseWriter, r *http.Request) {
	address, cookie, err := h.opts.SignIn.Begin(r.Context(), auth.Secure(r), localPath(r.URL.Query().Get("next")))
	if err != nil {
		h.opts.Log.Warn("the sign-in's provider does not answer", zap.Error(err))
		h.notice(w, r, http.StatusServiceUnavailable, "provider")
		return
	}
	http.SetCookie(w, cookie)
	http.Redirect(w, r, address, http.StatusFound) //nolint:gosec // the provider's, as it says by the settings' address
}

// endSignIn opens a session for who comes back from the provider. It answers with a page
// that leads on, and not with a redirect: one from another site's link sends no cookie
// that is strict.
func (h entrance) endSignIn(w http.ResponseWriter, r *http.Request) {
	p, next, err := h.opts.SignIn.End(r)
	http.SetCookie(w, h.opts.SignIn.Gone())
	if err == nil {
		err = h.opts.Auth.Admit(w, r, p, "")
	}
	if err != nil {
		h.opts.Log.Warn("a sign-in was refused", zap.Error(err))
		h.notice(w, r, http.StatusForbidden, "refused")
		return
	}
	h.pages.show(w, "onward.html", http.StatusOK, struct{ Lang, V, Next string }{h.pages.lang(r), h.pages.version, h.opts.Prefix + localPath(next)})
}

// localPath is where to go after the login: a page of ours or, for anything else,
// the root.
func localPath(next string) string {
	u, err := url.Parse(next)
	if err != nil || u.IsAbs() || u.Host != "" || u.Path != "/exams" && u.Path != "/people" && !strings.HasPrefix(u.Path, "/exams/") || strings.Contains(next, "\\") {
		return "/"
	}
	return (&url.URL{Path: u.Path, RawQuery: u.RawQuery}).String()
}
