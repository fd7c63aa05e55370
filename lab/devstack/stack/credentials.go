package stack

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strings"
	"time"
)

// Errors of a credential that is presented with a request; the servers map
// them to the codes that AWS answers.
var (
	errUnknownKey   = errors.New("unknown access key")
	errBadToken     = errors.New("session token does not belong to this access key")
	errExpiredToken = errors.New("session token has expired")
)

// Temporary is a set of session credentials, as the backend's own endpoint
// renders it. Expiration is in UTC, to the second.
type Temporary struct {
	AccessKeyID     string    `json:"accessKeyId"`
	SecretAccessKey string    `json:"secretAccessKey"`
	SessionToken    string    `json:"sessionToken"`
	Expiration      time.Time `json:"expiration"`
}

// issuer hands out session credentials and recognises them again. It keeps no
// table: the token carries access key and expiry under a MAC, and the secret
// is derived from both, so nothing grows and nothing must be cleaned up.
type issuer struct {
	access, secret string
	now            func() time.Time
}

// claims is what a session token says, and what its MAC covers.
type claims struct {
	Access string `json:"a"`
	Expiry int64  `json:"e"`
}

func newIssuer(access, secret string) *issuer {
	return &issuer{access: access, secret: secret, now: time.Now}
}

// issue makes credentials that live for ttl. The access key starts with ASIA,
// as the S3 server tells session keys from permanent ones by it.
func (i *issuer) issue(ttl time.Duration) (Temporary, error) {
	access := "ASIA" + randomText(16, upperAlphabet)
	expiry := i.now().Add(ttl).UTC().Truncate(time.Second)
	payload, err := json.Marshal(claims{Access: access, Expiry: expiry.Unix()})
	if err != nil {
		return Temporary{}, err
	}
	body := base64.RawURLEncoding.EncodeToString(payload)
	return Temporary{
		AccessKeyID:     access,
		SecretAccessKey: i.mac("secret", body)[:40],
		SessionToken:    body + "." + i.mac("token", body),
		Expiration:      expiry,
	}, nil
}

// secretOf returns the secret key of access, which may be the permanent key
// (then token is empty) or a session's.
func (i *issuer) secretOf(access, token string) (string, error) {
	if access == i.access {
		if token != "" {
			return "", errBadToken
		}
		return i.secret, nil
	}
	if !strings.HasPrefix(access, "ASIA") {
		return "", errUnknownKey
	}
	body, mac, ok := strings.Cut(token, ".")
	if !ok || !hmac.Equal([]byte(mac), []byte(i.mac("token", body))) {
		return "", errBadToken
	}
	if err := i.checkClaims(body, access); err != nil {
		return "", err
	}
	return i.mac("secret", body)[:40], nil
}

// checkClaims reads a token's body, whose MAC was found right.
func (i *issuer) checkClaims(body, access string) error {
	payload, err := base64.RawURLEncoding.DecodeString(body)
	if err != nil {
		return errBadToken
	}
	var c claims
	if err := json.Unmarshal(payload, &c); err != nil || c.Access != access {
		return errBadToken
	}
	if !i.now().Before(time.Unix(c.Expiry, 0)) {
		return errExpiredToken
	}
	return nil
}

func (i *issuer) mac(purpose, body string) string {
	h := hmac.New(sha256.New, []byte(i.secret))
	h.Write([]byte(purpose + "\x00" + body))
	return hex.EncodeToString(h.Sum(nil))
}

const (
	upperAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
	mixedAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
)

// randomText draws n characters from an alphabet whose length divides 256, so
// that every character is equally likely.
func randomText(n int, alphabet string) string {
	raw := make([]byte, n)
	rand.Read(raw)
	for i, b := range raw {
		raw[i] = alphabet[int(b)%len(alphabet)]
	}
	return string(raw)
}

// randomWebhookSecret returns a Standard Webhooks secret of 32 random bytes.
func randomWebhookSecret() string {
	raw := make([]byte, 32)
	rand.Read(raw)
	return "whsec_" + base64.StdEncoding.EncodeToString(raw)
}
