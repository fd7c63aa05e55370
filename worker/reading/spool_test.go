package reading_test

import (
	"os"
	"path/filepath"
	"sync"
	"testing"

	"hakbeon/worker/reading"
)

func newSpool(t *testing.T, in string) *reading.Spool {
	t.Helper()
	s, err := reading.NewSpool(in)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// Processes that begin together each have a folder, and take nobody else's away.
func TestSpoolsBesideEachOther(t *testing.T) {
	in := t.TempDir()
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			s := newSpool(t, in)
			if _, err := os.Stat(s.Dir()); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	dirs, err := filepath.Glob(filepath.Join(in, "*"))
	if err != nil || len(dirs) != 20 {
		t.Errorf("%d folders, %v", len(dirs), err)
	}
}
