// Package imagefiletest helps tests that decode files.
package imagefiletest

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// Cache makes a folder of its own for imagefile.Decoder's CacheDir. It holds what make
// build has compiled, if that is there, for with the race detector compiling takes a
// minute. The caller removes it.
func Cache() (string, error) {
	dir, err := os.MkdirTemp("", "decoder-test-")
	if err != nil {
		return "", err
	}
	made, err := compiled()
	if err == nil {
		err = os.CopyFS(dir, os.DirFS(made))
	}
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return dir, err
}

// compiled is bin/lib/decoder, upwards from the working directory.
func compiled() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		made := filepath.Join(dir, "bin", "lib", "decoder")
		if _, err := os.Stat(made); err == nil {
			return made, nil
		}
		if filepath.Dir(dir) == dir {
			return "", fs.ErrNotExist
		}
		dir = filepath.Dir(dir)
	}
}
