// Package apikey says who an API key lets in, and to what.
package apikey

import (
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"slices"
	"strings"
)

// Right is something that a key may do.
type Right string

// The rights. A key without a word of them has all.
const (
	Jobs    Right = "jobs"    // submit jobs and sheets, correct results
	Read    Right = "read"    // read results
	Rosters Right = "rosters" // read, upload and remove rosters
	Metrics Right = "metrics" // read the metrics
)

func all() []Right { return []Right{Jobs, Read, Rosters, Metrics} }

// Key is a secret with its rights.
type Key struct {
	Secret string
	Rights []Right
}

// May reports whether the key has the right.
func (k Key) May(r Right) bool { return slices.Contains(k.Rights, r) }

// Keys are the keys that are valid now. With none, everybody is let in.
type Keys []Key

// Parse reads keys that are separated by commas or spaces. Behind a key may stand a
// colon and its rights, joined by "+": "SECRET:metrics", "SECRET:jobs+read". An error
// does not quote a key.
func Parse(text string) (Keys, error) {
	var keys Keys
	split := func(r rune) bool { return r == ',' || r == ' ' }
	for i, entry := range strings.FieldsFunc(text, split) {
		secret, names, limited := strings.Cut(entry, ":")
		key := Key{Secret: secret, Rights: all()}
		if limited {
			key.Rights = nil
			for name := range strings.SplitSeq(names, "+") {
				if !slices.Contains(all(), Right(name)) {
					return nil, fmt.Errorf("the rights behind key %d should be some of jobs, read, rosters and metrics, joined by +", i+1)
				}
				key.Rights = append(key.Rights, Right(name))
			}
		}
		if secret == "" {
			return nil, fmt.Errorf("key %d is empty", i+1)
		}
		keys = append(keys, key)
	}
	return keys, nil
}

// Full are keys with all rights.
func Full(secrets ...string) Keys {
	var keys Keys
	for _, s := range secrets {
		keys = append(keys, Key{Secret: s, Rights: all()})
	}
	return keys
}

// Find returns the key of a secret, comparing in a time that does not tell how near a
// guess came.
func (k Keys) Find(secret string) (Key, bool) {
	given := sha256.Sum256([]byte(secret))
	var found Key
	ok := false
	for _, key := range k {
		known := sha256.Sum256([]byte(key.Secret))
		if subtle.ConstantTimeCompare(given[:], known[:]) == 1 {
			found, ok = key, true
		}
	}
	return found, ok
}

// Secrets are those of the keys that have all these rights.
func (k Keys) Secrets(rights ...Right) (secrets []string) {
	for _, key := range k {
		if !slices.ContainsFunc(rights, func(r Right) bool { return !key.May(r) }) {
			secrets = append(secrets, key.Secret)
		}
	}
	return secrets
}
