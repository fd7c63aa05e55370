package webhook

import (
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
	// ErrSignature means that no signature was made with a known secret.
	ErrSignature = errors.New("webhook signature does not match")
)

const (
	signatureVersion = "v1,"
	maxSignatures    = 32  // in one header; a sender has two while rotating
	maxID            = 256 // bytes
)

// Sign returns the value of the signature header: one signature for each
// secret, separated by spaces. ts counts in whole seconds.
func (s Secrets) Sign(id string, ts time.Time, body []byte) string {
	signatures := make([]string, len(s))
	for i, secret := range s {
		mac := secret.mac(id, ts.Unix(), body)
		signatures[i] = signatureVersion + base64.StdEncoding.EncodeToString(mac)
	}
	return strings.Join(signatures, " ")
}

func (s Secret) mac(id string, unix int64, body []byte) []byte {
	h := hmac.New(sha256.New, s.key)
	fmt.Fprintf(h, "%s.%d.", id, unix)
	h.Write(body)
	return h.Sum(nil)
}

// Verify checks a request as its receiver: that body was signed with one of
// the secrets, no further than Tolerance from now. It returns nil, ErrHeaders,
// ErrTimestamp or ErrSignature. Comparison takes constant time.
func Verify(secrets Secrets, header http.Header, body []byte, now time.Time) error {
	id, unix, err := identity(header)
	if err != nil {
		return err
	}
	given := signatures(header.Get(HeaderSignature))
	if len(given) == 0 {
		return fmt.Errorf("%w: no v1 signature", ErrHeaders)
	}
	if age := now.Sub(time.Unix(unix, 0)); age > Tolerance || age < -Tolerance {
		return ErrTimestamp
	}
	matched := false
	for _, secret := range secrets {
		want := secret.mac(id, unix, body)
		for _, got := range given {
			matched = hmac.Equal(got, want) || matched
		}
	}
	if !matched {
		return ErrSignature
	}
	return nil
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

// signatures decodes the v1 signatures; other versions and scraps are ignored.
func signatures(header string) [][]byte {
	var list [][]byte
	for field := range strings.FieldsSeq(header) {
		encoded, ok := strings.CutPrefix(field, signatureVersion)
		if !ok || len(list) == maxSignatures {
			continue
		}
		if mac, err := base64.StdEncoding.DecodeString(encoded); err == nil && len(mac) == sha256.Size {
			list = append(list, mac)
		}
	}
	return list
}
