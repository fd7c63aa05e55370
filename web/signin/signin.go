// Package signin has people sign in at a provider of OpenID Connect: by authorization
// code with PKCE, and a state and a nonce that only the browser which began it has.
//
// Nothing is kept here, tokens least of all: what must come back lies sealed in the
// browser's cookie for ten minutes, so any worker may end what another has begun. What is
// believed of a person are the claims of a token that the provider has signed for us, and
// what its userinfo endpoint adds of the same person.
package signin

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
	"golang.org/x/sync/singleflight"

	"hakbeon/web/people"
)

const (
	// Callback is the path at which people come back.
	Callback = "/review/oidc/callback"
	// patience is how long a person may take at the provider.
	patience = 10 * time.Minute
	// answerTime bounds each of the provider's answers.
	answerTime = 10 * time.Second
	// maxAnswer bounds an answer's body.
	maxAnswer = 1 << 20
	// maxQuery bounds what a browser brings back.
	maxQuery   = 8 << 10
	cookieName = "hakbeon_signin"
)

// forSignIn is the purpose of what a browser keeps while its person is at the provider.
const forSignIn people.Purpose = "signin"

// Options say which provider it is, and what of its claims makes a person what. All but
// ClientSecret, Managers and Client are required.
type Options struct {
	Issuer       string
	ClientID     string
	ClientSecret string // "" for a public client
	// RedirectURL ends in [Callback].
	RedirectURL string
	// Managers are the subjects, or the verified mail addresses, of those who are
	// managers; all others are graders.
	Managers []string
	// ExamsClaim is the claim with a grader's exams: a list of codes, or one text of them
	// with spaces or commas between.
	ExamsClaim string
	// Secrets seal what the browser keeps.
	Secrets people.Secrets
	// Client speaks to the provider. Defaults to one of its own.
	Client *http.Client
}

// Provider signs people in. It is safe for concurrent use.
type Provider struct {
	opts   Options
	client *http.Client

	asking singleflight.Group
	known  atomic.Pointer[oidc.Provider] // nil until the provider has answered once
}

// New returns the provider. It is not asked for anything before somebody signs in.
func New(o Options) *Provider {
	client := o.Client
	if client == nil {
		client = &http.Client{Timeout: answerTime, Transport: bounded{http.DefaultTransport}}
	}
	return &Provider{opts: o, client: client}
}

// Check asks the provider for what it says of itself. The error is that it does not answer
// as one should.
func (p *Provider) Check(ctx context.Context) error {
	_, err := p.provider(ctx)
	return err
}

// sealedTrip is what a browser keeps while its person is at the provider.
type sealedTrip struct {
	State    string    `json:"state"`
	Nonce    string    `json:"nonce"`
	Verifier string    `json:"verifier"` // of PKCE
	Next     string    `json:"next"`
	Until    time.Time `json:"until"`
}

// Begin gives where the browser is to go, and the cookie by which its return is known;
// secure has it come back over TLS alone. next is where it wants to be then. The error is
// that the provider does not answer as one should.
func (p *Provider) Begin(ctx context.Context, secure bool, next string) (string, *http.Cookie, error) {
	provider, err := p.provider(ctx)
	if err != nil {
		return "", nil, err
	}
	trip := sealedTrip{State: rand.Text(), Nonce: rand.Text(), Verifier: oauth2.GenerateVerifier(), Next: next, Until: time.Now().Add(patience)}
	value, err := p.opts.Secrets.Seal(forSignIn, trip)
	if err != nil {
		return "", nil, err
	}
	address := p.config(provider).AuthCodeURL(trip.State, oidc.Nonce(trip.Nonce), oauth2.S256ChallengeOption(trip.Verifier))
	cookie := cookieOf(value, int(patience.Seconds())) //nolint:gosec // it is secure wherever there is TLS
	cookie.Secure = secure
	return address, cookie, nil
}

// Gone is the cookie that takes Begin's away.
func (p *Provider) Gone() *http.Cookie { return cookieOf("", -1) }

// cookieOf is not strict: the browser comes from another site.
func cookieOf(value string, age int) *http.Cookie {
	return &http.Cookie{ //nolint:gosec // Begin says whether there is TLS
		Name: cookieName, Value: value, Path: "/review/oidc/", MaxAge: age, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	}
}

// Why somebody is not let in who has come back from the provider.
var (
	ErrTrip    = errors.New("this browser has not begun to sign in here, or ten minutes ago")
	ErrRefused = errors.New("the provider did not let the person in")
	ErrToken   = errors.New("what the provider says of the person can't be believed")
	ErrNoExams = errors.New("the person has no exam here: the provider names none, and they are no manager")
)

// End is the person who has come back, and where they want to be. The error is one of the
// above, or that the provider does not answer; it names nobody.
func (p *Provider) End(r *http.Request) (people.Person, string, error) {
	trip, err := p.trip(r)
	if err != nil {
		return people.Person{}, "", err
	}
	query := r.URL.Query()
	if query.Get("error") != "" || query.Get("code") == "" {
		return people.Person{}, "", ErrRefused
	}
	provider, err := p.provider(r.Context())
	if err != nil {
		return people.Person{}, "", err
	}
	ctx := oidc.ClientContext(r.Context(), p.client)
	tokens, err := p.config(provider).Exchange(ctx, query.Get("code"), oauth2.VerifierOption(trip.Verifier))
	if err != nil {
		return people.Person{}, "", fmt.Errorf("%w: the code was not taken", ErrRefused) // the rest may quote what was sent
	}
	raw, _ := tokens.Extra("id_token").(string)
	token, err := provider.Verifier(&oidc.Config{ClientID: p.opts.ClientID}).Verify(ctx, raw)
	if err != nil {
		return people.Person{}, "", fmt.Errorf("%w: %s", ErrToken, kindOf(err))
	}
	if subtle.ConstantTimeCompare([]byte(token.Nonce), []byte(trip.Nonce)) != 1 {
		return people.Person{}, "", fmt.Errorf("%w: it was made for another sign-in", ErrToken)
	}
	claims, err := p.claims(ctx, provider, tokens, token)
	if err != nil {
		return people.Person{}, "", err
	}
	who, err := p.person(token, claims)
	return who, trip.Next, err
}

// kindOf says what is wrong with a token without quoting it.
func kindOf(err error) string {
	if _, ok := errors.AsType[*oidc.TokenExpiredError](err); ok {
		return "it has expired"
	}
	return "its signature, issuer or audience is wrong"
}

// trip is what the browser has kept, if it is the one whose state comes back.
func (p *Provider) trip(r *http.Request) (sealedTrip, error) {
	var trip sealedTrip
	cookie, err := r.Cookie(cookieName)
	if err != nil || len(r.URL.RawQuery) > maxQuery || p.opts.Secrets.Open(forSignIn, cookie.Value, &trip) != nil || time.Now().After(trip.Until) {
		return trip, ErrTrip
	}
	given := r.URL.Query().Get("state")
	if trip.State == "" || subtle.ConstantTimeCompare([]byte(given), []byte(trip.State)) != 1 {
		return trip, ErrTrip
	}
	return trip, nil
}

// provider asks the provider for its addresses, once.
func (p *Provider) provider(ctx context.Context) (*oidc.Provider, error) {
	if known := p.known.Load(); known != nil {
		return known, nil
	}
	// Its keys are fetched again as long as it lives: not within this request alone.
	_, err, _ := p.asking.Do("", func() (any, error) {
		known, err := oidc.NewProvider(oidc.ClientContext(context.WithoutCancel(ctx), p.client), p.opts.Issuer)
		p.known.Store(known)
		return nil, err
	})
	if err != nil {
		return nil, fmt.Errorf("ask OIDC_ISSUER for its addresses: %w", err)
	}
	return p.known.Load(), nil
}

func (p *Provider) config(provider *oidc.Provider) *oauth2.Config {
	return &oauth2.Config{
		ClientID: p.opts.ClientID, ClientSecret: p.opts.ClientSecret, Endpoint: provider.Endpoint(), RedirectURL: p.opts.RedirectURL,
		Scopes: []string{oidc.ScopeOpenID, "profile", "email"},
	}
}
