package signin_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/google/go-cmp/cmp"

	"hakbeon/lab/idp"
	"hakbeon/web/people"
	"hakbeon/web/signin"
)

const (
	client, secret = "hakbeon", "of the client"
	redirect       = "https://grading.example.com" + signin.Callback
)

func secrets() people.Secrets { return people.Secrets{strings.Repeat("s", people.ShortestSecret)} }

// rig is a provider with a client of it.
type rig struct {
	*signin.Provider
	t  *testing.T
	at *idp.Provider
}

func newRig(t *testing.T) *rig {
	t.Helper()
	at, err := idp.Start(client, secret, redirect)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(at.Close)
	at.Person(map[string]any{"sub": "7", "name": "김조교", "hakbeon_exams": []string{"A"}})
	return &rig{signin.New(signin.Options{
		Issuer: at.URL, ClientID: client, ClientSecret: secret, RedirectURL: redirect, ExamsClaim: "hakbeon_exams", Secrets: secrets(),
		Managers: []string{"boss", "Prof@Example.com"},
	}), t, at}
}

// begin goes to the provider and comes back: with what, and with which cookie.
func (r *rig) begin() (back *url.URL, cookie *http.Cookie) {
	r.t.Helper()
	address, cookie, err := r.Begin(r.t.Context(), true, "/exams/A")
	if err != nil {
		r.t.Fatal(err)
	}
	browser := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := browser.Get(address)
	if err != nil {
		r.t.Fatal(err)
	}
	answer.Body.Close()
	if back, err = answer.Location(); err != nil {
		r.t.Fatalf("the provider sends nobody back: %d", answer.StatusCode)
	}
	return back, cookie
}

func (r *rig) end(back *url.URL, cookies ...*http.Cookie) (people.Person, string, error) {
	request := httptest.NewRequest(http.MethodGet, back.String(), nil)
	for _, c := range cookies {
		request.AddCookie(c)
	}
	return r.End(request)
}

func TestSignIn(t *testing.T) {
	r := newRig(t)
	for name, tt := range map[string]struct {
		claims map[string]any
		want   people.Person
		err    error
	}{
		"a grader":          {claims: map[string]any{"sub": "7", "name": " 김\u202e조교\n", "hakbeon_exams": []string{"B", "A", "A"}}, want: people.Person{Name: "김조교", Role: people.Grader, Exams: []string{"A", "B"}}},
		"exams in a text":   {claims: map[string]any{"sub": "7", "preferred_username": "kim", "hakbeon_exams": "A, B"}, want: people.Person{Name: "kim", Role: people.Grader, Exams: []string{"A", "B"}}},
		"without a name":    {claims: map[string]any{"sub": "7", "name": "\n", "hakbeon_exams": []string{"A"}}, want: people.Person{Name: "7", Role: people.Grader, Exams: []string{"A"}}},
		"a manager":         {claims: map[string]any{"sub": "boss", "name": "이교수"}, want: people.Person{Name: "이교수", Role: people.Manager}},
		"a manager by mail": {claims: map[string]any{"sub": "8", "email": "prof@example.com", "email_verified": true}, want: people.Person{Name: "prof@example.com", Role: people.Manager}},
		"a mail unverified": {claims: map[string]any{"sub": "8", "email": "prof@example.com"}, err: signin.ErrNoExams},
		"a subject by mail": {claims: map[string]any{"sub": "8", "email": "boss", "email_verified": true}, err: signin.ErrNoExams},
		"no exams":          {claims: map[string]any{"sub": "7"}, err: signin.ErrNoExams},
		"exams as a number": {claims: map[string]any{"sub": "7", "hakbeon_exams": 7}, err: signin.ErrNoExams},
		"exams that aren't": {claims: map[string]any{"sub": "7", "hakbeon_exams": []string{"../A"}}, err: signin.ErrToken},
		"no subject":        {claims: map[string]any{"name": "김조교", "hakbeon_exams": []string{"A"}}, err: signin.ErrToken},
	} {
		r.at.Person(tt.claims)
		back, cookie := r.begin()
		if !cookie.HttpOnly || !cookie.Secure || cookie.SameSite != http.SameSiteLaxMode || cookie.MaxAge > 600 {
			t.Errorf("got the cookie %+v", cookie)
		}
		got, next, err := r.end(back, cookie)
		if !errors.Is(err, tt.err) {
			t.Errorf("%s: got %v, want %v", name, err, tt.err)
		}
		if err != nil {
			if strings.Contains(err.Error(), "김조교") || strings.Contains(err.Error(), "prof") {
				t.Errorf("%s: %v names somebody", name, err)
			}
			continue
		}
		if want := r.at.URL + "#" + tt.claims["sub"].(string); got.Subject != want || next != "/exams/A" {
			t.Errorf("%s: got %q to %q", name, got.Subject, next)
		}
		got.Subject = ""
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", name, diff)
		}
	}
}

// Nobody gets in with a token that the provider has not signed for this sign-in.
func TestForgedTokens(t *testing.T) {
	r := newRig(t)
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	public, err := x509.MarshalPKIXPublicKey(r.at.Key())
	if err != nil {
		t.Fatal(err)
	}
	with := func(name string, value any) func(map[string]any, idp.Sign) (string, error) {
		return func(claims map[string]any, sign idp.Sign) (string, error) {
			claims[name] = value
			return sign(claims)
		}
	}
	for name, bend := range map[string]func(map[string]any, idp.Sign) (string, error){
		"another audience": with("aud", "another"), "another issuer": with("iss", "https://evil.example"), "another nonce": with("nonce", "x"), "no nonce": with("nonce", ""),
		"expired": with("exp", time.Now().Add(-time.Hour).Unix()),
		"another key": func(claims map[string]any, _ idp.Sign) (string, error) {
			return idp.SignWith(jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: other, KeyID: "1"}}, claims)
		},
		"the public key as a secret": func(claims map[string]any, _ idp.Sign) (string, error) {
			return idp.SignWith(jose.SigningKey{Algorithm: jose.HS256, Key: public}, claims)
		},
		"the client's secret": func(claims map[string]any, _ idp.Sign) (string, error) {
			return idp.SignWith(jose.SigningKey{Algorithm: jose.HS256, Key: []byte(secret + secret + secret)}, claims)
		},
		"alg none": func(claims map[string]any, _ idp.Sign) (string, error) {
			body, err := json.Marshal(claims)
			return base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none"}`)) + "." + base64.RawURLEncoding.EncodeToString(body) + ".", err
		},
		"changed": func(claims map[string]any, sign idp.Sign) (string, error) {
			token, err := sign(claims)
			parts := strings.Split(token, ".")
			body, _ := base64.RawURLEncoding.DecodeString(parts[1])
			parts[1] = base64.RawURLEncoding.EncodeToString([]byte(strings.Replace(string(body), `"A"`, `"B"`, 1)))
			return strings.Join(parts, "."), err
		},
		"none at all": func(map[string]any, idp.Sign) (string, error) { return "", nil },
	} {
		r.at.Bend(bend)
		back, cookie := r.begin()
		if who, _, err := r.end(back, cookie); !errors.Is(err, signin.ErrToken) {
			t.Errorf("%s: got %+v, %v", name, who, err)
		}
	}
	r.at.Bend(nil)
	back, cookie := r.begin()
	if _, _, err := r.end(back, cookie); err != nil {
		t.Errorf("the right one: %v", err)
	}
}

// Nobody ends a sign-in but the browser that began it, and once.
func TestWhoComesBack(t *testing.T) {
	r := newRig(t)
	_, others := r.begin()
	sealed := func(change func(trip map[string]any), purpose people.Purpose) func(*http.Cookie) *http.Cookie {
		return func(c *http.Cookie) *http.Cookie {
			trip := map[string]any{}
			if err := secrets().Open("signin", c.Value, &trip); err != nil {
				t.Fatal(err)
			}
			change(trip)
			value, err := secrets().Seal(purpose, trip)
			if err != nil {
				t.Fatal(err)
			}
			return &http.Cookie{Name: c.Name, Value: value}
		}
	}
	for name, tt := range map[string]struct {
		query  func(url.Values)
		cookie func(*http.Cookie) *http.Cookie
		want   error
	}{
		"another state":              {query: func(q url.Values) { q.Set("state", "x") }, want: signin.ErrTrip},
		"no state":                   {query: func(q url.Values) { q.Del("state") }, want: signin.ErrTrip},
		"no code":                    {query: func(q url.Values) { q.Del("code") }, want: signin.ErrRefused},
		"another code":               {query: func(q url.Values) { q.Set("code", "x") }, want: signin.ErrRefused},
		"refused by the provider":    {query: func(q url.Values) { q.Set("error", "access_denied") }, want: signin.ErrRefused},
		"a query without end":        {query: func(q url.Values) { q.Set("x", strings.Repeat("x", 10_000)) }, want: signin.ErrTrip},
		"no cookie":                  {cookie: func(c *http.Cookie) *http.Cookie { return &http.Cookie{Name: "x", Value: c.Value} }, want: signin.ErrTrip},
		"another browser's cookie":   {cookie: func(*http.Cookie) *http.Cookie { return others }, want: signin.ErrTrip},
		"a changed cookie":           {cookie: func(c *http.Cookie) *http.Cookie { return &http.Cookie{Name: c.Name, Value: c.Value + "A"} }, want: signin.ErrTrip},
		"a cookie of another kind":   {cookie: sealed(func(map[string]any) {}, people.ForSession), want: signin.ErrTrip},
		"ten minutes later":          {cookie: sealed(func(trip map[string]any) { trip["until"] = time.Now().Add(-time.Second) }, "signin"), want: signin.ErrTrip},
		"an empty state in both":     {query: func(q url.Values) { q.Set("state", "") }, cookie: sealed(func(trip map[string]any) { trip["state"] = "" }, "signin"), want: signin.ErrTrip},
		"another verifier (PKCE)":    {cookie: sealed(func(trip map[string]any) { trip["verifier"] = strings.Repeat("v", 43) }, "signin"), want: signin.ErrRefused},
		"another nonce in the trip":  {cookie: sealed(func(trip map[string]any) { trip["nonce"] = "x" }, "signin"), want: signin.ErrToken},
		"nothing of this is changed": {},
	} {
		back, cookie := r.begin()
		query := back.Query()
		if tt.query != nil {
			tt.query(query)
		}
		if tt.cookie != nil {
			cookie = tt.cookie(cookie)
		}
		back.RawQuery = query.Encode()
		if _, _, err := r.end(back, cookie); !errors.Is(err, tt.want) {
			t.Errorf("%s: got %v, want %v", name, err, tt.want)
		}
	}
	back, cookie := r.begin()
	_, _, first := r.end(back, cookie)
	if _, _, again := r.end(back, cookie); first != nil || !errors.Is(again, signin.ErrRefused) {
		t.Errorf("once: %v; a second time: %v", first, again)
	}
}

// A provider that is down is one while it is down, and no longer; one that says too much
// is none.
func TestProviderOutOfOrder(t *testing.T) {
	var mode string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch mode {
		case "down":
			w.WriteHeader(http.StatusBadGateway)
		case "long":
			_, _ = w.Write([]byte(strings.Repeat(" ", 2<<20)))
			fallthrough
		default:
			at := "http://" + r.Host
			_ = json.NewEncoder(w).Encode(map[string]any{"issuer": at, "authorization_endpoint": at + "/a", "token_endpoint": at + "/t", "jwks_uri": at + "/k"})
		}
	}))
	t.Cleanup(server.Close)
	p := signin.New(signin.Options{Issuer: server.URL, ClientID: client, RedirectURL: redirect, Secrets: secrets()})
	for _, tt := range []struct {
		mode string
		ok   bool
	}{{"down", false}, {"long", false}, {"up", true}} {
		mode = tt.mode
		if err := p.Check(t.Context()); (err == nil) != tt.ok {
			t.Errorf("%s: the check got %v", tt.mode, err)
		}
		if _, _, err := p.Begin(context.Background(), true, "/"); (err == nil) != tt.ok {
			t.Errorf("%s: got %v", tt.mode, err)
		}
	}
}

// A provider that keeps what it knows of people for its userinfo endpoint is asked there;
// what that says of somebody else is believed of nobody.
func TestUserinfo(t *testing.T) {
	kim := map[string]any{"sub": "7", "name": "김조교", "email": "prof@example.com", "email_verified": true, "hakbeon_exams": []string{"A"}}
	for name, tt := range map[string]struct {
		tells func(map[string]any) map[string]any
		want  people.Role // "" if they are not let in
		err   error
	}{
		"all":           {tells: func(all map[string]any) map[string]any { return all }, want: people.Manager},
		"exams alone":   {tells: func(map[string]any) map[string]any { return map[string]any{"sub": "7", "hakbeon_exams": "A"} }, want: people.Grader},
		"somebody else": {tells: func(map[string]any) map[string]any { return map[string]any{"sub": "8", "hakbeon_exams": "A"} }, err: signin.ErrToken},
		"another issuer's subject": {tells: func(map[string]any) map[string]any {
			return map[string]any{"sub": "7", "iss": "https://other.example", "hakbeon_exams": "A"}
		}, want: people.Grader},
		"a name that is none": {tells: func(map[string]any) map[string]any { return map[string]any{"sub": "7", "name": 7} }, err: signin.ErrToken},
		"nothing":             {tells: func(map[string]any) map[string]any { return nil }},
	} {
		r := newRig(t)
		r.at.Person(kim)
		r.at.Info(tt.tells)
		back, cookie := r.begin()
		got, _, err := r.end(back, cookie)
		if got.Role != tt.want || tt.err != nil && !errors.Is(err, tt.err) || (err == nil) != (tt.want != "") {
			t.Errorf("%s: got %+v, %v", name, got, err)
		}
		if err == nil && got.Subject != r.at.URL+"#7" {
			t.Errorf("%s: the subject is %q", name, got.Subject)
		}
		if err != nil && (strings.Contains(err.Error(), "김조교") || strings.Contains(err.Error(), "prof")) {
			t.Errorf("%s: %v names somebody", name, err)
		}
	}
}
