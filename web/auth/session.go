package auth

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"time"

	"hakbeon/internal/apikey"
)

const (
	sessionCookie = "hakbeon_review"
	sessionTime   = 12 * time.Hour
	tokenHeader   = "X-Csrf-Token" //nolint:gosec // a header's name
)

// graders are the keys that open a session: those that may both read results and
// correct them.
func (g *Gate) graders() (keys apikey.Keys) {
	for _, key := range g.keys {
		if key.May(apikey.Jobs) && key.May(apikey.Read) {
			keys = append(keys, key)
		}
	}
	return keys
}

// Session is a person who has logged in. A browser's event streams and pictures send no
// headers, so it is a cookie, signed with its key: every worker knows it, and it ends
// when the key is taken away.
type Session struct {
	// Token goes into the page, and comes back with what changes anything: another
	// site's page can't know it.
	Token string
	// key opened it; without keys it is nil.
	key *apikey.Key
}

// May reports whether who has the session has the right.
func (s Session) May(r apikey.Right) bool { return s.key == nil || s.key.May(r) }

// Session returns the request's session; false if its sender has to log in.
func (g *Gate) Session(r *http.Request) (Session, bool) {
	if !g.Keyed() {
		return Session{Token: sign(g.open, "csrf")}, true
	}
	cookie, err := r.Cookie(sessionCookie)
	if err != nil {
		return Session{}, false
	}
	until, mac, _ := strings.Cut(cookie.Value, ".")
	end, err := strconv.ParseInt(until, 10, 64)
	if err != nil || time.Now().Unix() >= end {
		return Session{}, false
	}
	for _, key := range g.graders() {
		secret := secretOf(key.Secret)
		if hmac.Equal([]byte(mac), []byte(sign(secret, "session "+until))) {
			return Session{Token: sign(secret, "csrf "+cookie.Value), key: &key}, true
		}
	}
	return Session{}, false
}

// LogIn opens a session with a key and gives its cookie; false if the key opens none.
func (g *Gate) LogIn(w http.ResponseWriter, r *http.Request, secret string) bool {
	key, known := g.keys.Find(secret)
	if !known || !key.May(apikey.Jobs) || !key.May(apikey.Read) {
		return false
	}
	until := strconv.FormatInt(time.Now().Add(sessionTime).Unix(), 10)
	value := until + "." + sign(secretOf(key.Secret), "session "+until)
	http.SetCookie(w, cookieOf(r, value, int(sessionTime.Seconds())))
	return true
}

// LogOut takes the session's cookie away.
func (g *Gate) LogOut(w http.ResponseWriter, r *http.Request) {
	http.SetCookie(w, cookieOf(r, "", -1))
}

// Require lets a request with a session pass, and one that changes something only with
// the page's token: else 401 and 403, with a sentence.
func (g *Gate) Require(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s, ok := g.Session(r)
		if !ok {
			http.Error(w, "log in again: the session is over", http.StatusUnauthorized)
			return
		}
		if r.Method != http.MethodGet && subtle.ConstantTimeCompare([]byte(r.Header.Get(tokenHeader)), []byte(s.Token)) != 1 {
			http.Error(w, "the page is out of date: load it again", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
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

func cookieOf(r *http.Request, value string, age int) *http.Cookie {
	secure := r.TLS != nil || strings.EqualFold(r.Header.Get("X-Forwarded-Proto"), "https")
	return &http.Cookie{ //nolint:gosec // Secure wherever there is TLS; on loopback there is none
		Name: sessionCookie, Value: value, Path: "/", MaxAge: age, HttpOnly: true, Secure: secure, SameSite: http.SameSiteStrictMode,
	}
}
