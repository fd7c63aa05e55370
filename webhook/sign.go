package webhook

import (
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Names of the headers that carry an event's identity and signature.
const (
	HeaderID        = "Webhook-Id"
	HeaderTimestamp = "Webhook-Timestamp"
	HeaderSignature = "Webhook-Signature"
)

// Tolerance is how far a timestamp may be from the receiver's clock, to either
// side. It bounds how long a recorded request can be replayed.
const Tolerance = 5 * time.Minute

// Errors of Verify.
var (
	// ErrHeaders means that a signature header is missing or malformed.
	ErrHeaders = errors.New("webhook headers are missing or malformed")
	// ErrTimestamp means that the request is older or newer than Tolerance.
	ErrTimestamp = errors.New("webhook timestamp is out of tolerance")
	// ErrSignature means that no signature was made with a known secret or key.
	ErrSignature = errors.New("webhook signature does not match")
)

const (
	sharedVersion = "v1,"  // HMAC-SHA256 by a secret
	pairVersion   = "v1a," // Ed25519 by a key pair
	maxSignatures = 32     // in one header; a sender has four while rotating
	maxID         = 256    // bytes
)

// Sign returns the value of the signature header: one signature for each secret that can
// sign, separated by spaces; "v1," by a shared one, "v1a," by a key pair. ts counts in
// whole seconds.
func (s Secrets) Sign(id string, ts time.Time, body []byte) string {
	var signatures []string
	for _, secret := range s {
		switch {
		case secret.private != nil:
			signature := ed25519.Sign(secret.private, signedContent(id, ts.Unix(), body))
			signatures = append(signatures, pairVersion+base64.StdEncoding.EncodeToString(signature))
		case secret.key != nil:
			signatures = append(signatures, sharedVersion+base64.StdEncoding.EncodeToString(secret.mac(id, ts.Unix(), body)))
		}
	}
	return strings.Join(signatures, " ")
}

// signedContent is what a signature is of.
func signedContent(id string, unix int64, body []byte) []byte {
	return append(fmt.Appendf(nil, "%s.%d.", id, unix), body...)
}

func (s Secret) mac(id string, unix int64, body []byte) []byte {
	h := hmac.New(sha256.New, s.key)
	fmt.Fprintf(h, "%s.%d.", id, unix)
	h.Write(body)
	return h.Sum(nil)
}

// Verify checks a request as its receiver: that body was signed with one of the secrets,
// shared ones or public keys (see [ParseReceiverKeys]), no further than Tolerance from now.
// A signature of the one kind is never taken for one of the other. It returns nil,
// ErrHeaders, ErrTimestamp or ErrSignature. Comparison takes constant time.
func Verify(secrets Secrets, header http.Header, body []byte, now time.Time) error {
	id, unix, err := identity(header)
	if err != nil {
		return err
	}
	given, byPair := signatures(header.Get(HeaderSignature))
	if len(given)+len(byPair) == 0 {
		return fmt.Errorf("%w: no v1 or v1a signature", ErrHeaders)
	}
	if age := now.Sub(time.Unix(unix, 0)); age > Tolerance || age < -Tolerance {
		return ErrTimestamp
	}
	matched := false
	for _, secret := range secrets {
		matched = secret.matches(id, unix, body, given, byPair) || matched
	}
	if !matched {
		return ErrSignature
	}
	return nil
}

// matches reports whether one of the signatures of the secret's kind is its.
func (s Secret) matches(id string, unix int64, body []byte, given, byPair [][]byte) (matched bool) {
	if s.public != nil {
		content := signedContent(id, unix, body)
		for _, got := range byPair {
			matched = ed25519.Verify(s.public, content, got) || matched
		}
		return matched
	}
	if s.key == nil {
		return false // no key, which anybody has
	}
	want := s.mac(id, unix, body)
	for _, got := range given {
		matched = hmac.Equal(got, want) || matched
	}
	return matched
}

func identity(header http.Header) (id string, unix int64, err error) {
	id = header.Get(HeaderID)
	if !validID(id) {
		return "", 0, fmt.Errorf("%w: %s", ErrHeaders, HeaderID)
	}
	stamp := header.Get(HeaderTimestamp)
	unix, err = strconv.ParseInt(stamp, 10, 64)
	if err != nil || unix < 0 || stamp != strconv.FormatInt(unix, 10) {
		return "", 0, fmt.Errorf("%w: %s", ErrHeaders, HeaderTimestamp)
	}
	return id, unix, nil
}

// validID keeps dots out: they separate what is signed, and with them one
// signature would fit two readings of it.
func validID(id string) bool {
	if id == "" || len(id) > maxID {
		return false
	}
	for _, c := range []byte(id) {
		if c <= ' ' || c > '~' || c == '.' {
			return false
		}
	}
	return true
}

// signatures decodes the v1 and v1a signatures; other versions and scraps are ignored.
func signatures(header string) (shared, pair [][]byte) {
	for field := range strings.FieldsSeq(header) {
		if len(shared)+len(pair) == maxSignatures {
			break
		}
		if raw, ok := decoded(field, sharedVersion, sha256.Size); ok {
			shared = append(shared, raw)
		} else if raw, ok := decoded(field, pairVersion, ed25519.SignatureSize); ok {
			pair = append(pair, raw)
		}
	}
	return shared, pair
}

func decoded(field, version string, size int) (raw []byte, ok bool) {
	encoded, ok := strings.CutPrefix(field, version)
	if !ok {
		return nil, false
	}
	raw, err := base64.StdEncoding.DecodeString(encoded)
	return raw, err == nil && len(raw) == size
}
