package jobs

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// FindKey returns the key among keys that people call by this name: the whole key, or
// the end of one, such as its file's name. It counts to the letter, or else in whichever
// normal form of Unicode: macOS decomposes the names of files, and people type them
// composed. It is an error if there is none, or several.
func FindKey(keys []string, name string) (string, error) {
	if slices.Contains(keys, name) {
		return name, nil
	}
	found := called(keys, name, func(s string) string { return s })
	if len(found) == 0 {
		found = called(keys, name, norm.NFC.String)
	}
	switch len(found) {
	case 0:
		return "", errors.New("the batch has no such file")
	case 1:
		return found[0], nil
	}
	return "", fmt.Errorf("the batch has %d files of this name: give the whole key", len(found))
}

// called are the keys that are the name, or end in it, once both have the form.
func called(keys []string, name string, form func(string) string) (found []string) {
	for _, key := range keys {
		if strings.HasSuffix("/"+form(key), "/"+form(name)) {
			found = append(found, key)
		}
	}
	return found
}
