package webhook

import (
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"
)

const (
	secretPrefix = "whsec_"
	minKey       = 24 // bytes, from the Standard Webhooks specification
	maxKey       = 64
)

// ErrSecret means that a signing secret is missing or malformed.
var ErrSecret = errors.New("webhook secret must be whsec_ followed by the base64 of 24 to 64 random bytes")

// Secret is a key that events are signed with, or verified by: one that sender and
// receiver share, the sender's half of a key pair, or the receiver's. However it is
// printed or encoded, it shows only its prefix.
type Secret struct {
	key     []byte             // shared
	private ed25519.PrivateKey // the sender's half
	public  ed25519.PublicKey  // both have it
}

func (s Secret) redacted() string {
	switch {
	case s.private != nil:
		return privatePrefix + "***"
	case s.public != nil:
		return publicPrefix + "***"
	}
	return secretPrefix + "***"
}

// signs reports whether events can be signed with it.
func (s Secret) signs() bool { return len(s.key) >= minKey || s.private != nil }

// Format writes the redacted form, for every verb.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.redacted()) }

// MarshalText gives the redacted form, for JSON and loggers.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.redacted()), nil }

// Secrets are the keys in use. While a key is being replaced there are two:
// every event is signed with each, and receivers accept either.
type Secrets []Secret

// ParseSecrets reads secrets such as "whsec_MfKQ... whsec_2K5J...", separated
// by spaces or commas. A secret given twice counts once. Errors wrap ErrSecret
// and tell which secret is wrong by its position only.
func ParseSecrets(list string) (Secrets, error) {
	secrets, err := parseEach(list, "secret", func(field string) (Secret, error) {
		key, err := parseKey(field)
		return Secret{key: key}, err
	})
	if err == nil && len(secrets) == 0 {
		err = fmt.Errorf("%w: none is given", ErrSecret)
	}
	return secrets, err
}

func parseKey(field string) ([]byte, error) {
	encoded, ok := strings.CutPrefix(field, secretPrefix)
	if !ok {
		return nil, fmt.Errorf("%w: the prefix is missing", ErrSecret)
	}
	key, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return nil, fmt.Errorf("%w: not base64", ErrSecret) // err would show a part of it
	}
	if len(key) < minKey || len(key) > maxKey {
		return nil, fmt.Errorf("%w: it has %d bytes", ErrSecret, len(key))
	}
	return key, nil
}
