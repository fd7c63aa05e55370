// Package apikey says who an API key lets in, and to what.
package apikey

import (
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Right is something that a key may do.
type Right string

// The rights. A key without a word of them has all.
const (
	Jobs    Right = "jobs"    // submit jobs and sheets, correct results
	Read    Right = "read"    // read results
	Rosters Right = "rosters" // read, upload and remove rosters
	Metrics Right = "metrics" // read the metrics
	Delete  Right = "delete"  // delete exams
)

func all() []Right { return []Right{Jobs, Read, Rosters, Metrics, Delete} }

// Key is a secret with its rights.
type Key struct {
	Secret string
	Rights []Right
}

// May reports whether the key has the right.
func (k Key) May(r Right) bool { return slices.Contains(k.Rights, r) }

// Keys are the keys that are valid now. With none, everybody is let in.
type Keys []Key

// Parse reads keys that are separated by commas; a key may be a phrase with spaces in
// it. Behind a key may stand a colon and its rights, joined by "+": "SECRET:metrics",
// "SECRET:jobs+read". An error does not quote a key.
func Parse(text string) (Keys, error) {
	var keys Keys
	for entry := range strings.SplitSeq(text, ",") {
		entry = strings.TrimSpace(entry)
		if entry == "" {
			continue
		}
		n := len(keys) + 1
		secret, names, limited := strings.Cut(entry, ":")
		key := Key{Secret: strings.TrimSpace(secret), Rights: all()}
		if limited {
			key.Rights = nil
			for name := range strings.SplitSeq(names, "+") {
				if !slices.Contains(all(), Right(name)) {
					return nil, fmt.Errorf("the rights behind key %d should be some of jobs, read, rosters, metrics and delete, joined by +; keys are separated by commas", n)
				}
				key.Rights = append(key.Rights, Right(name))
			}
		}
		if key.Secret == "" {
			return nil, fmt.Errorf("key %d is empty", n)
		}
		keys = append(keys, key)
	}
	return keys, nil
}

// Shortest is how many characters a key has at least that nobody guesses: 16 characters of hex are
// 64 bits.
const Shortest = 16

// Guessable says which keys are too short, by their places and not by what they are;
// nil if none is.
func (k Keys) Guessable() error {
	for i, key := range k {
		if n := utf8.RuneCountInString(key.Secret); n < Shortest {
			return fmt.Errorf("key %d has %d characters and may be guessed: take at least %d, such as from openssl rand -hex 24", i+1, n, Shortest)
		}
	}
	return nil
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
