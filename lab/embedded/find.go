package embedded

import (
	"errors"
	"os"
	"path/filepath"
)

// ErrNotBuilt means that no devstack binary was found.
var ErrNotBuilt = errors.New("devstack binary not found beside this program or in bin/ of this or a parent directory: run make build")

const binaryName = "devstack"

// Find returns the path of the devstack binary: beside the running program,
// or in bin/ of the working directory or the nearest parent that has one. It
// returns ErrNotBuilt if there is none.
func Find() (string, error) {
	var places []string
	if self, err := os.Executable(); err == nil {
		places = append(places, filepath.Join(filepath.Dir(self), binaryName))
	}
	if dir, err := os.Getwd(); err == nil {
		for ; ; dir = filepath.Dir(dir) {
			places = append(places, filepath.Join(dir, "bin", binaryName))
			if dir == filepath.Dir(dir) {
				break
			}
		}
	}
	for _, path := range places {
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0 {
			return path, nil
		}
	}
	return "", ErrNotBuilt
}
