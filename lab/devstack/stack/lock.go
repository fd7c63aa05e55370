package stack

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// lockDir takes dir for this process. The kernel gives the lock back however
// the process ends, so a kill leaves nothing to clean up.
func lockDir(dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock the data directory: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		return nil, fmt.Errorf("data directory %s is in use by another devstack: stop it or choose another --dir: %w", dir, err)
	}
	return f, nil
}
