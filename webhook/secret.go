package webhook

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"
)

const (
	secretPrefix = "whsec_"
	minKey       = 24 // bytes, from the Standard Webhooks specification
	maxKey       = 64
)

// ErrSecret means that a signing secret is missing or malformed.
var ErrSecret = errors.New("webhook secret must be whsec_ followed by the base64 of 24 to 64 random bytes")

// Secret is a signing key. However it is printed or encoded, it shows only its
// prefix.
type Secret struct {
	key []byte
}

// Format writes the redacted form, for every verb.
func (Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, secretPrefix+"***") }

// MarshalText gives the redacted form, for JSON and loggers.
func (Secret) MarshalText() ([]byte, error) { return []byte(secretPrefix + "***"), nil }

// Secrets are the keys in use. While a key is being replaced there are two:
// every event is signed with each, and receivers accept either.
type Secrets []Secret

// ParseSecrets reads secrets such as "whsec_MfKQ... whsec_2K5J...", separated
// by spaces or commas. A secret given twice counts once. Errors wrap ErrSecret
// and tell which secret is wrong by its position only.
func ParseSecrets(list string) (Secrets, error) {
	fields := strings.FieldsFunc(list, func(r rune) bool { return r == ',' || unicode.IsSpace(r) })
	if len(fields) == 0 {
		return nil, fmt.Errorf("%w: none is given", ErrSecret)
	}
	var secrets Secrets
	seen := map[string]bool{}
	for i, field := range fields {
		key, err := parseKey(field)
		if err != nil {
			return nil, fmt.Errorf("secret %d of %d: %w", i+1, len(fields), err)
		}
		if !seen[string(key)] {
			seen[string(key)] = true
			secrets = append(secrets, Secret{key: key})
		}
	}
	return secrets, nil
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
