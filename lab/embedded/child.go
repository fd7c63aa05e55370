package embedded

import (
	"io"
	"runtime"
	"strings"
	"sync"
)

// run starts the child and waits for it on one thread that lives as long: the
// kernel's death signal goes by the thread that started a child, not by the
// process.
func (s *Stack) run(started chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := s.cmd.Start(); err != nil {
		started <- err
		return
	}
	started <- nil
	s.exitErr = s.cmd.Wait()
	close(s.exited)
}

// tailSize is how much of the child's log an error shows.
const tailSize = 4 << 10

// tail passes a log on and keeps its end.
type tail struct {
	to io.Writer

	mu  sync.Mutex
	end []byte
}

// Write implements io.Writer. It never fails: a full terminal must not stop
// the child.
func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.end = append(t.end, p...)
	if over := len(t.end) - tailSize; over > 0 {
		t.end = append(t.end[:0], t.end[over:]...)
	}
	if t.to != nil {
		_, _ = t.to.Write(p)
	}
	return len(p), nil
}

// String returns the end of the log.
func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.end) == 0 {
		return "it logged nothing"
	}
	return strings.TrimSpace(string(t.end))
}
