package page

import (
	"net/http"
	"net/url"
	"strings"
	"time"
)

const (
	// wrongKeyPause makes guessing slow; a key is too long to be guessed anyhow.
	wrongKeyPause = 500 * time.Millisecond
	maxLoginBytes = 4 << 10
)

func (h *Handler) login(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxLoginBytes)
	next := localPath(r.PostFormValue("next"))
	if !h.opts.Auth.LogIn(w, r, strings.TrimSpace(r.PostFormValue("key"))) {
		select {
		case <-time.After(wrongKeyPause):
		case <-r.Context().Done():
		}
		h.pages.login(w, r, loginPage{Next: next, Wrong: true}, http.StatusUnauthorized)
		return
	}
	http.Redirect(w, r, next, http.StatusSeeOther) //nolint:gosec // localPath lets only our pages through
}

func (h *Handler) logout(w http.ResponseWriter, r *http.Request) {
	h.opts.Auth.LogOut(w, r)
	http.Redirect(w, r, localPath(r.PostFormValue("next")), http.StatusSeeOther) //nolint:gosec // localPath lets only our pages through
}

// localPath is where to go after the login: a page of ours or, for anything else,
// the root.
func localPath(next string) string {
	u, err := url.Parse(next)
	if err != nil || u.IsAbs() || u.Host != "" || u.Path != "/exams" && !strings.HasPrefix(u.Path, "/exams/") || strings.Contains(next, "\\") {
		return "/"
	}
	return (&url.URL{Path: u.Path, RawQuery: u.RawQuery}).String()
}
