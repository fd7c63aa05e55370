package sandbox

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"syscall"
)

// Handler answers one request: what goes into the answer's head, and the body in
// pieces.
type Handler func(request, body []byte, allow Allow) (answer any, pieces [][]byte)

// Serve is the child's main loop: it confines the process for good, and answers
// requests until in ends. A signal to end is the parent's business alone: it may
// still need a page while it drains.
func Serve(in io.Reader, out io.Writer, limits Limits, handle Handler) error {
	signal.Ignore(os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	room, err := confine(limits)
	if err != nil {
		return fmt.Errorf("confine the process: %w", err)
	}
	r := bufio.NewReader(in)
	for {
		var request raw
		size, err := readHead(r, &request, limits.MaxBody)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read a request: %w", err)
		}
		body := make([]byte, size)
		if _, err := io.ReadFull(r, body); err != nil {
			return fmt.Errorf("read a request: %w", err)
		}
		answer, pieces := handle(request, body, room.allow)
		if err := room.allowAll(); err != nil {
			return err
		}
		if err := writeFrame(out, answer, pieces...); err != nil {
			return fmt.Errorf("write an answer: %w", err)
		}
		trim()
	}
}

// worthTrimming is how many bytes a process that waits may keep.
const worthTrimming = 96 << 20

// trim gives memory back that a large request has left: others need it now.
func trim() {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	if m.HeapSys-m.HeapReleased > worthTrimming {
		debug.FreeOSMemory()
	}
}

// raw keeps JSON as it came.
type raw []byte

// UnmarshalJSON implements json.Unmarshaler.
func (r *raw) UnmarshalJSON(text []byte) error {
	*r = append((*r)[:0], text...)
	return nil
}
