// Package idp is an OpenID provider for tests: it really signs, checks clients, codes and
// PKCE as RFC 6749, RFC 7636 and OpenID Connect Core want it, and lets in whom it is told
// to. A test can have it bend what it signs.
package idp

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
)

const (
	keyBits = 2048
	keyID   = "1"
	// tokenTime is how long a token holds.
	tokenTime = 5 * time.Minute
)

// Provider is a provider that runs. Its fields are for tests to change between requests.
type Provider struct {
	// URL is its address and issuer.
	URL string
	// ClientID, Secret and Redirect are of the only client.
	ClientID, Secret, Redirect string

	server *httptest.Server
	key    *rsa.PrivateKey

	mu     sync.Mutex
	claims map[string]any
	bend   func(claims map[string]any, sign Sign) (string, error)
	codes  map[string]grant
	// info is what userinfo says of whom it has given an access token; nil if there is none.
	info   func(claims map[string]any) map[string]any
	access map[string]bool
}

// Sign makes a token of claims, signed with the provider's key.
type Sign func(claims map[string]any) (string, error)

// grant is what a code stands for.
type grant struct{ challenge, nonce string }

// Start has a provider run until Close, for a client with this secret that is sent back to
// an address.
func Start(clientID, secret, redirect string) (*Provider, error) {
	key, err := rsa.GenerateKey(rand.Reader, keyBits)
	if err != nil {
		return nil, fmt.Errorf("make the provider's key: %w", err)
	}
	p := &Provider{ClientID: clientID, Secret: secret, Redirect: redirect, key: key, codes: map[string]grant{}, access: map[string]bool{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", p.discovery)
	mux.HandleFunc("GET /keys", p.keys)
	mux.HandleFunc("GET /authorize", p.authorize)
	mux.HandleFunc("POST /token", p.token)
	mux.HandleFunc("GET /userinfo", p.userinfo)
	p.server = httptest.NewServer(mux)
	p.URL = p.server.URL
	return p, nil
}

// Close ends the provider.
func (p *Provider) Close() { p.server.Close() }

// Person says who signs in from now on: claims beside those of the protocol.
func (p *Provider) Person(claims map[string]any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.claims = claims
}

// Bend has another token given than the right one; nil gives that again.
func (p *Provider) Bend(by func(claims map[string]any, sign Sign) (string, error)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.bend = by
}

// Info has the provider keep all claims but the subject for its userinfo endpoint, which
// tells what the function makes of them; nil there is an answer of 500.
func (p *Provider) Info(tells func(claims map[string]any) map[string]any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.info = tells
}

func (p *Provider) userinfo(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.access[strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")] {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	claims := p.info(maps.Clone(p.claims))
	if claims == nil {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	answer(w, http.StatusOK, claims)
}

// Key is the provider's public key, as whoever forges a token knows it.
func (p *Provider) Key() *rsa.PublicKey { return &p.key.PublicKey }

func (p *Provider) discovery(w http.ResponseWriter, _ *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	says := map[string]any{
		"issuer": p.URL, "authorization_endpoint": p.URL + "/authorize", "token_endpoint": p.URL + "/token", "jwks_uri": p.URL + "/keys",
		"response_types_supported": []string{"code"}, "subject_types_supported": []string{"public"},
		"id_token_signing_alg_values_supported": []string{"RS256"}, "code_challenge_methods_supported": []string{"S256"},
	}
	if p.info != nil {
		says["userinfo_endpoint"] = p.URL + "/userinfo"
	}
	answer(w, http.StatusOK, says)
}

func (p *Provider) keys(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: p.Key(), KeyID: keyID, Algorithm: "RS256", Use: "sig"}}})
}

// authorize lets the person in at once and sends the browser back with a code.
func (p *Provider) authorize(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if q.Get("client_id") != p.ClientID || q.Get("redirect_uri") != p.Redirect || q.Get("response_type") != "code" ||
		q.Get("code_challenge_method") != "S256" || q.Get("code_challenge") == "" || q.Get("state") == "" || q.Get("nonce") == "" {
		http.Error(w, "not a request of this client for a code, with state, nonce and PKCE", http.StatusBadRequest)
		return
	}
	code := rand.Text()
	p.mu.Lock()
	p.codes[code] = grant{q.Get("code_challenge"), q.Get("nonce")}
	p.mu.Unlock()
	http.Redirect(w, r, p.Redirect+"?"+url.Values{"code": {code}, "state": {q.Get("state")}}.Encode(), http.StatusFound)
}

// token gives the token for a code, once.
func (p *Provider) token(w http.ResponseWriter, r *http.Request) {
	id, secret, basic := r.BasicAuth()
	if !basic {
		id, secret = r.PostFormValue("client_id"), r.PostFormValue("client_secret")
	}
	if id != p.ClientID || secret != p.Secret {
		answer(w, http.StatusUnauthorized, map[string]string{"error": "invalid_client"})
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	code := r.PostFormValue("code")
	given, known := p.codes[code]
	delete(p.codes, code)
	sum := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
	if !known || base64.RawURLEncoding.EncodeToString(sum[:]) != given.challenge || r.PostFormValue("redirect_uri") != p.Redirect {
		answer(w, http.StatusBadRequest, map[string]string{"error": "invalid_grant"})
		return
	}
	now := time.Now()
	claims := map[string]any{"iss": p.URL, "aud": p.ClientID, "iat": now.Unix(), "exp": now.Add(tokenTime).Unix(), "nonce": given.nonce}
	maps.Copy(claims, p.claims)
	if p.info != nil {
		maps.DeleteFunc(claims, func(name string, _ any) bool { _, own := p.claims[name]; return own && name != "sub" })
	}
	token, err := p.made(claims)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	access := rand.Text()
	p.access[access] = true
	answer(w, http.StatusOK, map[string]any{"access_token": access, "token_type": "Bearer", "expires_in": int(tokenTime.Seconds()), "id_token": token})
}

// made is the token of the claims, as the test wants it.
func (p *Provider) made(claims map[string]any) (string, error) {
	if p.bend != nil {
		return p.bend(claims, p.sign)
	}
	return p.sign(claims)
}

func (p *Provider) sign(claims map[string]any) (string, error) {
	return SignWith(jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: p.key, KeyID: keyID}}, claims)
}

// SignWith makes a token of claims with any key.
func SignWith(key jose.SigningKey, claims map[string]any) (string, error) {
	signer, err := jose.NewSigner(key, nil)
	if err != nil {
		return "", fmt.Errorf("make a signer: %w", err)
	}
	body, err := json.Marshal(claims)
	if err != nil {
		return "", fmt.Errorf("write claims: %w", err)
	}
	signed, err := signer.Sign(body)
	if err != nil {
		return "", fmt.Errorf("sign claims: %w", err)
	}
	return signed.CompactSerialize()
}

func answer(w http.ResponseWriter, status int, data any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(data) //nolint:errchkjson // our own types; the client may be gone
}
