package page

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

const (
	sessionCookie = "hakbeon_review"
	sessionTime   = 12 * time.Hour
	csrfHeader    = "X-Csrf-Token"
	// wrongKeyPause makes guessing slow; a key is too long to be guessed anyhow.
	wrongKeyPause = 500 * time.Millisecond
	maxLoginBytes = 4 << 10
)

// auth turns an API key into a cookie, since event streams and pictures send no
// headers. A session is signed with its key: every worker knows it, and it ends
// when the key is taken away.
type auth struct {
	keys []string
	// open signs the token of a page without keys.
	open []byte
}

func newAuth(keys []string) *auth {
	a := &auth{keys: keys, open: make([]byte, sha256.Size)}
	_, _ = rand.Read(a.open) // never fails
	return a
}

// session is who asks: what signs the token against forged requests.
type session struct{ value, token string }

// session returns the request's session; false if it has to log in.
func (a *auth) session(r *http.Request) (session, bool) {
	if len(a.keys) == 0 {
		return session{token: sign(a.open, "csrf")}, true
	}
	cookie, err := r.Cookie(sessionCookie)
	if err != nil {
		return session{}, false
	}
	until, mac, _ := strings.Cut(cookie.Value, ".")
	end, err := strconv.ParseInt(until, 10, 64)
	if err != nil || time.Now().Unix() >= end {
		return session{}, false
	}
	for _, key := range a.keys {
		secret := secretOf(key)
		if hmac.Equal([]byte(mac), []byte(sign(secret, "session "+until))) {
			return session{value: cookie.Value, token: sign(secret, "csrf "+cookie.Value)}, true
		}
	}
	return session{}, false
}

// newSession returns a cookie's value for a valid key.
func (a *auth) newSession(key string) (string, bool) {
	given := sha256.Sum256([]byte(key))
	found := ""
	for _, known := range a.keys {
		sum := sha256.Sum256([]byte(known))
		if subtle.ConstantTimeCompare(given[:], sum[:]) == 1 {
			found = known
		}
	}
	if found == "" {
		return "", false
	}
	until := strconv.FormatInt(time.Now().Add(sessionTime).Unix(), 10)
	return until + "." + sign(secretOf(found), "session "+until), true
}

func secretOf(key string) []byte {
	sum := sha256.Sum256([]byte("hakbeon review\n" + key))
	return sum[:]
}

func sign(secret []byte, text string) string {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(text))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// require lets a request with a session pass, and one that changes something only
// with the page's token.
func (a *auth) require(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s, ok := a.session(r)
		if !ok {
			http.Error(w, "log in again: the session is over", http.StatusUnauthorized)
			return
		}
		if r.Method != http.MethodGet && subtle.ConstantTimeCompare([]byte(r.Header.Get(csrfHeader)), []byte(s.token)) != 1 {
			http.Error(w, "the page is out of date: load it again", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (h *Handler) login(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxLoginBytes)
	next := localPath(r.PostFormValue("next"))
	value, ok := h.auth.newSession(strings.TrimSpace(r.PostFormValue("key")))
	if !ok {
		select {
		case <-time.After(wrongKeyPause):
		case <-r.Context().Done():
		}
		h.pages.login(w, r, loginPage{Next: next, Wrong: true}, http.StatusUnauthorized)
		return
	}
	http.SetCookie(w, cookie(r, value, int(sessionTime.Seconds())))
	http.Redirect(w, r, next, http.StatusSeeOther) //nolint:gosec // localPath lets only our pages through
}

func (h *Handler) logout(w http.ResponseWriter, r *http.Request) {
	http.SetCookie(w, cookie(r, "", -1))
	http.Redirect(w, r, localPath(r.PostFormValue("next")), http.StatusSeeOther) //nolint:gosec // localPath lets only our pages through
}

func cookie(r *http.Request, value string, age int) *http.Cookie {
	secure := r.TLS != nil || strings.EqualFold(r.Header.Get("X-Forwarded-Proto"), "https")
	return &http.Cookie{ //nolint:gosec // Secure wherever there is TLS; on loopback there is none
		Name: sessionCookie, Value: value, Path: "/", MaxAge: age, HttpOnly: true, Secure: secure, SameSite: http.SameSiteStrictMode,
	}
}

// localPath is where to go after the login: a page of ours or, for anything else,
// the root.
func localPath(next string) string {
	u, err := url.Parse(next)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(u.Path, "/exams/") || strings.Contains(next, "\\") {
		return "/"
	}
	return (&url.URL{Path: u.Path, RawQuery: u.RawQuery}).String()
}

func isLocal(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	ip := net.ParseIP(strings.Trim(host, "[]"))
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// tag names a version of an asset.
func tag(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:8])
}
