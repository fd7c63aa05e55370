package reading_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

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

// Uploads wait for room, of which they have 1 GiB, and leave nothing.
func TestSpoolUploads(t *testing.T) {
	s := newSpool(t, t.TempDir())
	const bytes = 600 << 20
	file, release, err := s.Upload(t.Context(), bytes)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.WriteString("a"); err != nil {
		t.Error(err)
	}
	short, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if _, _, err := s.Upload(short, bytes); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("there is room for two: %v", err)
	}
	waiting := make(chan error, 1)
	go func() {
		_, done, err := s.Upload(t.Context(), bytes)
		if err == nil {
			done()
		}
		waiting <- err
	}()
	release()
	if err := <-waiting; err != nil {
		t.Error(err)
	}
	if left, err := os.ReadDir(s.Dir()); err != nil || len(left) > 0 {
		t.Errorf("left on disk: %v, %v", left, err)
	}
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
