package webhook

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"unicode"
)

// Prefixes of the two halves of a key pair, from the Standard Webhooks specification.
const (
	privatePrefix = "whsk_"
	publicPrefix  = "whpk_"
)

// Errors of keys.
var (
	// ErrSigningKey means that a signing key is malformed.
	ErrSigningKey = errors.New("webhook signing key must be whsk_ followed by the base64 of an Ed25519 key: 64 bytes, or its seed of 32")
	// ErrPublicKey means that a public key is malformed.
	ErrPublicKey = errors.New("webhook public key must be whpk_ followed by the base64 of 32 bytes")
)

// ParseSigningKeys reads private keys such as "whsk_4ff1...", separated by spaces or commas:
// what they sign anyone can verify who has the public key, and nobody can make. They stand
// beside secrets: append them. A key given twice counts once, none is none. Errors wrap
// [ErrSigningKey] and tell which is wrong by its position only.
func ParseSigningKeys(list string) (Secrets, error) {
	return parseEach(list, "signing key", parsePrivate)
}

// ParseReceiverKeys reads what a receiver verifies by: secrets that it shares with the
// sender ("whsec_...") and public keys of the sender ("whpk_..."), separated by spaces or
// commas. Errors wrap [ErrSecret] or [ErrPublicKey].
func ParseReceiverKeys(list string) (Secrets, error) {
	keys, err := parseEach(list, "key", func(field string) (Secret, error) {
		if strings.HasPrefix(field, publicPrefix) {
			return parsePublic(field)
		}
		key, err := parseKey(field)
		return Secret{key: key}, err
	})
	if err == nil && len(keys) == 0 {
		err = fmt.Errorf("%w: none is given", ErrSecret)
	}
	return keys, err
}

// parseEach reads a list, each of its fields once; errors don't quote them.
func parseEach(list, what string, parse func(string) (Secret, error)) (Secrets, error) {
	fields := strings.FieldsFunc(list, func(r rune) bool { return r == ',' || unicode.IsSpace(r) })
	var all Secrets
	seen := map[string]bool{}
	for i, field := range fields {
		one, err := parse(field)
		if err != nil {
			return nil, fmt.Errorf("%s %d of %d: %w", what, i+1, len(fields), err)
		}
		id := string(one.key) + string(one.public)
		if !seen[id] {
			seen[id] = true
			all = append(all, one)
		}
	}
	return all, nil
}

func parsePrivate(field string) (Secret, error) {
	encoded, ok := strings.CutPrefix(field, privatePrefix)
	if !ok {
		return Secret{}, fmt.Errorf("%w: the prefix is missing", ErrSigningKey)
	}
	raw, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return Secret{}, fmt.Errorf("%w: not base64", ErrSigningKey) // err would show a part of it
	}
	if len(raw) != ed25519.SeedSize && len(raw) != ed25519.PrivateKeySize {
		return Secret{}, fmt.Errorf("%w: it has %d bytes", ErrSigningKey, len(raw))
	}
	private := ed25519.NewKeyFromSeed(raw[:ed25519.SeedSize])
	if len(raw) == ed25519.PrivateKeySize && !bytes.Equal(raw, private) {
		return Secret{}, fmt.Errorf("%w: its two halves do not belong together", ErrSigningKey)
	}
	public, _ := private.Public().(ed25519.PublicKey) // always is one
	return Secret{private: private, public: public}, nil
}

func parsePublic(field string) (Secret, error) {
	raw, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(field, publicPrefix))
	if err != nil || len(raw) != ed25519.PublicKeySize {
		return Secret{}, ErrPublicKey
	}
	return Secret{public: raw}, nil
}

// PublicKeys are those of the key pairs among the secrets, as receivers are given them:
// "whpk_..." each.
func (s Secrets) PublicKeys() []string {
	keys := []string{}
	for _, one := range s {
		if one.public != nil {
			keys = append(keys, publicPrefix+base64.StdEncoding.EncodeToString(one.public))
		}
	}
	return keys
}

// NewSigningKey makes a key pair: the private key for the sender's settings, and the public
// one for its receivers.
func NewSigningKey() (private, public string, err error) {
	pub, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return "", "", fmt.Errorf("make a key pair: %w", err)
	}
	return privatePrefix + base64.StdEncoding.EncodeToString(key), publicPrefix + base64.StdEncoding.EncodeToString(pub), nil
}
