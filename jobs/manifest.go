package jobs

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"unicode/utf8"
)

// MaxManifestBytes bounds the object that a manifest_key names.
const MaxManifestBytes = 64 << 20

var errManifest = errors.New(`should be JSON like {"keys": ["uploads/1.jpg", ...]}, with nothing else in it`)

// ParseManifest reads the object that a manifest_key names and returns its keys.
// It takes them one by one and stops at the first that is too many: a file of 64
// MiB could hold 20 million.
func ParseManifest(data []byte) ([]string, error) {
	if !utf8.Valid(data) {
		return nil, errors.New("is not UTF-8")
	}
	dec := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff"))))
	for _, want := range []json.Token{json.Delim('{'), "keys", json.Delim('[')} {
		if got, err := dec.Token(); err != nil || got != want {
			return nil, errManifest
		}
	}
	var keys []string
	for dec.More() {
		var key string
		if dec.Decode(&key) != nil {
			return nil, errManifest
		}
		if keys = append(keys, key); len(keys) > MaxKeys {
			return nil, ValidateKeys(keys)
		}
	}
	for _, want := range []json.Token{json.Delim(']'), json.Delim('}')} {
		if got, err := dec.Token(); err != nil || got != want {
			return nil, errManifest
		}
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) || len(keys) == 0 {
		return nil, errManifest
	}
	return keys, ValidateKeys(keys)
}
