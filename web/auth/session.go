package auth

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"hakbeon/internal/apikey"
	"hakbeon/web/people"
)

const (
	sessionCookie = "hakbeon_review"
	// SessionTime is how long a session lasts, unless its person's right ends before.
	SessionTime = 12 * time.Hour
	tokenHeader = "X-Csrf-Token" //nolint:gosec // a header's name
)

// KeyName is what a person is called who came in by an API key.
const KeyName = "API key"

// ErrNoSession is the error of a request whose sender has to sign in: there is no
// session, or it is over.
var ErrNoSession = errors.New("log in again: the session is over")

// graders are the keys that open a session: those that may both read results and
// correct them.
func (g *Gate) graders() (keys apikey.Keys) {
	for _, key := range g.keys {
		if g.opens(key) {
			keys = append(keys, key)
		}
	}
	return keys
}

func (g *Gate) opens(key apikey.Key) bool {
	return !g.people.NoKeys && key.May(apikey.Jobs) && key.May(apikey.Read)
}

// Session is a person who has signed in. A browser's event streams and pictures send no
// headers, so it is a cookie, signed with the key that opened it or with SESSION_SECRET:
// every worker knows it, and it ends when the key or the secret is taken away.
type Session struct {
	// Token goes into the page, and comes back with what changes anything: another
	// site's page can't know it.
	Token string
	// Person is who has it. Without keys that is a manager without a name.
	Person people.Person
	// Until is when it ends; zero if it does not.
	Until time.Time
	// key opened it; nil if none did.
	key *apikey.Key
}

// May reports whether who has the session has the right: a key's are its own, a manager has
// all, a grader all but to delete.
func (s Session) May(r apikey.Right) bool {
	if s.key != nil {
		return s.key.May(r)
	}
	return s.Person.Role == people.Manager || r != apikey.Delete
}

// ByKey reports whether an API key has opened the session, so that nobody knows who it is.
func (s Session) ByKey() bool { return s.key != nil }

// Holds reports whether a text is the session's token.
func (s Session) Holds(token string) bool {
	return subtle.ConstantTimeCompare([]byte(token), []byte(s.Token)) == 1
}

// sessionKey is where a request's context holds its session.
type sessionKey struct{}

// SessionOf is the session of a request that [Gate.Require] has let pass.
func SessionOf(ctx context.Context) Session {
	s, _ := ctx.Value(sessionKey{}).(Session)
	return s
}

// Session returns the request's session; ErrNoSession if its sender has to sign in, and
// another error if that can't be known now.
func (g *Gate) Session(r *http.Request) (Session, error) {
	if !g.Keyed() {
		return Session{Token: sign(g.open, "csrf"), Person: people.Person{Role: people.Manager}}, nil
	}
	cookie, err := r.Cookie(sessionCookie)
	if err != nil {
		return Session{}, ErrNoSession
	}
	if strings.Count(cookie.Value, ".") > 1 {
		return g.ofPerson(r.Context(), cookie.Value)
	}
	return g.ofKey(cookie.Value)
}

// ofKey is a session that a key has opened: its end and a mac.
func (g *Gate) ofKey(value string) (Session, error) {
	until, mac, _ := strings.Cut(value, ".")
	end, err := strconv.ParseInt(until, 10, 64)
	if err != nil || time.Now().Unix() >= end {
		return Session{}, ErrNoSession
	}
	for _, key := range g.graders() {
		secret := secretOf(key.Secret)
		if hmac.Equal([]byte(mac), []byte(sign(secret, "session "+until))) {
			who := people.Person{Name: KeyName, Subject: "api-key", Role: people.Manager}
			return Session{Token: sign(secret, "csrf "+value), Person: who, Until: time.Unix(end, 0), key: &key}, nil
		}
	}
	return Session{}, ErrNoSession
}

// LogIn opens a session with a key and gives its cookie; false if the key opens none.
func (g *Gate) LogIn(w http.ResponseWriter, r *http.Request, secret string) bool {
	key, known := g.keys.Find(secret)
	if !known || !g.opens(key) {
		return false
	}
	until := strconv.FormatInt(time.Now().Add(SessionTime).Unix(), 10)
	value := until + "." + sign(secretOf(key.Secret), "session "+until)
	http.SetCookie(w, cookieOf(r, value, int(SessionTime.Seconds())))
	return true
}

// forTokens is the purpose of a page's token.
const forTokens people.Purpose = "csrf"

// sealedSession is a person's session as its cookie holds it.
type sealedSession struct {
	Person     people.Person `json:"person"`
	Invitation string        `json:"invitation,omitempty"` // the id of the one that opened it
	Once       string        `json:"once"`                 // makes each session another
}

// Admit opens a session for a person and gives its cookie; invitation is the id of the
// one that lets them in, "" if none does. It lasts for [SessionTime], or to the person's
// end if that comes before. The error says what is wrong with the person.
func (g *Gate) Admit(w http.ResponseWriter, r *http.Request, p people.Person, invitation string) error {
	end := time.Now().Add(SessionTime)
	if p.Until.IsZero() || p.Until.After(end) {
		p.Until = end
	}
	p.Until = p.Until.UTC().Truncate(time.Second)
	if err := p.Check(); err != nil {
		return err
	}
	value, err := g.people.Secrets.Seal(people.ForSession, sealedSession{Person: p, Invitation: invitation, Once: rand.Text()})
	if err != nil {
		return err
	}
	http.SetCookie(w, cookieOf(r, value, int(time.Until(p.Until).Seconds())))
	return nil
}

// ofPerson is a session that was opened by Admit.
func (g *Gate) ofPerson(ctx context.Context, value string) (Session, error) {
	var s sealedSession
	secrets := g.people.Secrets
	if secrets.Open(people.ForSession, value, &s) != nil || s.Person.Check() != nil || !time.Now().Before(s.Person.Until) {
		return Session{}, ErrNoSession
	}
	if s.Invitation != "" && g.people.Revoked != nil {
		revoked, err := g.people.Revoked(ctx, s.Invitation)
		if err != nil {
			return Session{}, err
		}
		if revoked {
			return Session{}, ErrNoSession
		}
	}
	return Session{Token: secrets.Mac(forTokens, value), Person: s.Person, Until: s.Person.Until}, nil
}

// LogOut takes the session's cookie away.
func (g *Gate) LogOut(w http.ResponseWriter, r *http.Request) {
	http.SetCookie(w, cookieOf(r, "", -1))
}

// Require lets a request with a session pass, and one that changes something only with
// the page's token: else 401 and 403, with a sentence; 503 where it can't be known whether
// the session was ended. [SessionOf] tells what comes after whose it is.
func (g *Gate) Require(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s, err := g.Session(r)
		switch {
		case errors.Is(err, ErrNoSession):
			http.Error(w, err.Error(), http.StatusUnauthorized)
		case err != nil:
			http.Error(w, "the bucket does not answer: try again", http.StatusServiceUnavailable)
		case r.Method != http.MethodGet && !s.Holds(r.Header.Get(tokenHeader)):
			http.Error(w, "the page is out of date: load it again", http.StatusForbidden)
		default:
			next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), sessionKey{}, s)))
		}
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
	return &http.Cookie{ //nolint:gosec // Secure wherever there is TLS; on loopback there is none
		Name: sessionCookie, Value: value, Path: "/", MaxAge: age, HttpOnly: true, Secure: Secure(r), SameSite: http.SameSiteStrictMode,
	}
}

// Secure reports whether the browser speaks TLS, with us or with a proxy before us.
func Secure(r *http.Request) bool {
	return r.TLS != nil || strings.EqualFold(r.Header.Get("X-Forwarded-Proto"), "https")
}
