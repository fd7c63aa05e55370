package reading

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sync/semaphore"

	"hakbeon/s3store"
)

// spoolBytes is the room on disk: for the largest PDF while another one is in use.
const spoolBytes = 2 << 30

// Spool keeps PDFs on disk that are too large for memory, for as long as there is room.
// A nil Spool has none. It is safe for concurrent use.
type Spool struct {
	dir  string
	held *os.File // the folder, locked: it is in use

	// writing is held by who fetches a file: one at a time, so that the sheets of a file
	// fetch it once.
	writing *semaphore.Weighted

	mu    sync.Mutex
	free  int64
	files []*spooled    // the one that was used last is the last
	freed chan struct{} // is closed when there may be more room
}

type spooled struct {
	fetched

	key   string
	bytes int64
	users int
	idle  int // how often it was left by its last user
}

const (
	spoolPrefix = "files-"
	// spoolIdle is how long a file stays of which nobody reads a page: scans should not lie
	// about for longer than their exam is read.
	spoolIdle = 10 * time.Minute
)

// NewSpool makes a folder of its own in another one, and removes those there that killed
// processes have left.
func NewSpool(in string) (*Spool, error) {
	if err := os.MkdirAll(in, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder of large files: %w", err)
	}
	left, err := filepath.Glob(filepath.Join(in, spoolPrefix+"*"))
	if err != nil {
		return nil, fmt.Errorf("look for files of before: %w", err)
	}
	for _, dir := range left {
		if held, err := lockFolder(dir); err == nil {
			_ = os.RemoveAll(dir) // another process may be doing so
			_ = held.Close()
		}
	}
	dir, held, err := ownFolder(in)
	if err != nil {
		return nil, err
	}
	return &Spool{
		dir: dir, held: held, free: spoolBytes, freed: make(chan struct{}),
		writing: semaphore.NewWeighted(1),
	}, nil
}

// ownFolder makes a folder and holds it. Before it is held, another process that begins may
// take it for one that was left.
func ownFolder(in string) (dir string, held *os.File, err error) {
	const tries = 5
	for range tries {
		if dir, err = os.MkdirTemp(in, spoolPrefix); err != nil {
			return "", nil, fmt.Errorf("make the folder of large files: %w", err)
		}
		if held, err = lockFolder(dir); err != nil {
			continue
		}
		if _, err = os.Stat(dir); err == nil {
			return dir, held, nil
		}
		_ = held.Close()
	}
	return "", nil, err
}

// lockFolder holds a folder for as long as the process lives.
func lockFolder(dir string) (*os.File, error) {
	held, err := os.Open(dir)
	if err != nil {
		return nil, fmt.Errorf("open the folder of large files: %w", err)
	}
	if err := syscall.Flock(int(held.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = held.Close()
		return nil, fmt.Errorf("lock the folder of large files: %w", err)
	}
	return held, nil
}

// Dir is the folder that the files lie in; "" if there is none.
func (s *Spool) Dir() string {
	if s == nil {
		return ""
	}
	return s.dir
}

// Close removes the files.
func (s *Spool) Close() error {
	if s == nil {
		return nil
	}
	defer s.held.Close()
	return os.RemoveAll(s.dir)
}

// take finds a file and keeps it from being removed until release is called. What isn't
// there has no path.
func (s *Spool) take(key string) (file fetched, release func()) {
	if s == nil {
		return fetched{}, func() {}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, f := range slices.Backward(s.files) {
		if f.key != key {
			continue
		}
		if _, err := os.Stat(f.path); err != nil { // somebody tidies up here
			s.drop(f)
			break
		}
		s.files = append(slices.Delete(s.files, i, i+1), f)
		return s.use(f)
	}
	return fetched{}, func() {}
}

// use keeps a file until it is released by all who use it, and for a while: most files'
// other pages come at once.
func (s *Spool) use(f *spooled) (fetched, func()) {
	f.users++
	return f.fetched, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if f.users--; f.users > 0 {
			return
		}
		s.moreRoom()
		f.idle++
		at := f.idle
		time.AfterFunc(spoolIdle, func() {
			s.mu.Lock()
			defer s.mu.Unlock()
			if f.users == 0 && f.idle == at {
				s.drop(f)
			}
		})
	}
}

// drop removes a file that nobody uses. Its caller holds mu.
func (s *Spool) drop(f *spooled) {
	i := slices.Index(s.files, f)
	if i < 0 {
		return // it has gone
	}
	_ = os.Remove(f.path)
	s.files = slices.Delete(s.files, i, i+1)
	s.free += f.bytes
	s.moreRoom()
}

// moreRoom wakes who waits for room. Its caller holds mu.
func (s *Spool) moreRoom() {
	close(s.freed)
	s.freed = make(chan struct{})
}

// lock has one file fetched at a time.
func (s *Spool) lock(ctx context.Context) (unlock func(), err error) {
	if err := s.writing.Acquire(ctx, 1); err != nil {
		return nil, fmt.Errorf("wait for a large file: %w", err)
	}
	return func() { s.writing.Release(1) }, nil
}

// put keeps a file in place of what was under its key, in room that was made for it. Its
// caller holds the lock.
func (s *Spool) put(key string, stream *s3store.Stream) (file fetched, release func(), err error) {
	path, err := s.save(stream)
	if err != nil {
		s.giveRoom(stream.Size)
		return fetched{}, nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	f := &spooled{fetched: fetched{path: path, etag: stream.ETag}, key: key, bytes: stream.Size}
	s.files = append(s.files, f)
	file, release = s.use(f)
	return file, release, nil
}

// giveRoom gives back what makeRoom has taken.
func (s *Spool) giveRoom(bytes int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.free += bytes
	s.moreRoom()
}

// onDisk tells an error of the disk from one of S3.
func onDisk(err error) bool {
	_, ok := errors.AsType[*fs.PathError](err)
	return ok
}

func (s *Spool) save(stream *s3store.Stream) (path string, err error) {
	file, err := os.CreateTemp(s.dir, "*.pdf")
	if err != nil {
		return "", fmt.Errorf("keep a large file on disk: %w", err)
	}
	err = stream.Save(file)
	if end := file.Close(); err == nil {
		err = end
	}
	if err != nil {
		_ = os.Remove(file.Name())
		return "", fmt.Errorf("keep a large file on disk: %w", err)
	}
	return file.Name(), nil
}

// makeRoom takes room for a file, and waits for it where others are in use.
func (s *Spool) makeRoom(ctx context.Context, key string, bytes int64) error {
	for {
		wait := s.tryRoom(key, bytes)
		if wait == nil {
			return nil
		}
		select {
		case <-wait:
		case <-ctx.Done():
			return fmt.Errorf("wait for room on disk: %w", ctx.Err())
		}
	}
}

// tryRoom removes what is in nobody's use: what was under the key, and as much else as it
// takes, what was used longest ago first. Without room it returns what is closed when there
// may be more.
func (s *Spool) tryRoom(key string, bytes int64) (wait <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range slices.Clone(s.files) {
		if f.users == 0 && (f.key == key || s.free < bytes) {
			s.drop(f)
		}
	}
	if s.free < bytes {
		return s.freed
	}
	s.free -= bytes
	return nil
}
