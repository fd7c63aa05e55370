package sandbox

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Cause says why a child ended in the middle of a request.
type Cause string

// The causes. They are few, to be a metric's label.
const (
	// Timeout: the CPU time of one request, or, where that is not bounded, the call's
	// deadline.
	Timeout Cause = "time"
	// Starved: the call's deadline, while the request had processor time left: others, or a
	// process that stood still, have taken it.
	Starved Cause = "starved"
	// Memory: the child ran out of the memory that it may have.
	Memory Cause = "memory"
	// Crash: anything else, a fault of the decoder most likely.
	Crash Cause = "crash"
	// Closed: the parent ended it.
	Closed Cause = "closed"
)

// StoppedError is returned for a request that the child did not survive.
type StoppedError struct {
	Cause Cause
	// Detail is what the child said first, which may quote what it decoded: it is
	// for a debugger, not for a log.
	Detail string
}

// Error implements error. It never quotes the child.
func (e *StoppedError) Error() string {
	switch e.Cause {
	case Timeout:
		return "it was stopped for taking too long"
	case Starved:
		return "it was stopped before it had its processor time"
	case Memory:
		return "it was stopped for taking too much memory"
	case Closed:
		return "the process ends"
	case Crash:
	}
	return "the decoder crashed"
}

// Process is a child. Calls are made one after another; Kill may come at any time.
type Process struct {
	cmd    *exec.Cmd
	in     io.WriteCloser
	out    *bufio.Reader
	log    firstWords
	exited chan struct{}

	timedOut, killed atomic.Bool
}

// Start starts the command, without our environment: there are secrets in it.
func Start(command []string) (*Process, error) {
	if len(command) == 0 {
		return nil, errors.New("sandbox: no command to start")
	}
	p := &Process{cmd: exec.Command(command[0], command[1:]...), exited: make(chan struct{})} //nolint:noctx // our own program, which outlives any one call
	p.cmd.Env = []string{"GOTRACEBACK=none", "GOMAXPROCS=2", "MALLOC_ARENA_MAX=1"}
	p.cmd.Stderr = &p.log
	p.cmd.SysProcAttr = attributes()
	var err error
	if p.in, err = p.cmd.StdinPipe(); err != nil {
		return nil, fmt.Errorf("sandbox: %w", err)
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("sandbox: %w", err)
	}
	p.out = bufio.NewReader(out)
	started := make(chan error, 1)
	go p.run(started)
	if err := <-started; err != nil {
		return nil, fmt.Errorf("sandbox: start %s: %w", command[0], err)
	}
	return p, nil
}

// run starts the child on a thread that lives as long: the kernel's death signal
// goes by the thread that started a child, not by the process.
func (p *Process) run(started chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	err := p.cmd.Start()
	started <- err
	if err != nil {
		return
	}
	_ = p.cmd.Wait() // how it ended is asked for when it was needed
	close(p.exited)
}

// Call sends a request and gives the answer: its head is decoded into answer,
// and accept is asked for where the body goes, by its size, when the head is
// known. Without an answer after the time, the child is killed. Any error means
// that the child is of no use any more.
func (p *Process) Call(request any, body []byte, within time.Duration, answer any, accept func(size int64) ([]byte, error)) error {
	timer := time.AfterFunc(within, func() {
		p.timedOut.Store(true)
		p.kill()
	})
	defer timer.Stop()
	err := p.exchange(request, body, answer, accept)
	if err == nil {
		return nil
	}
	p.kill()
	<-p.exited
	if !brokenPipe(err) && !p.timedOut.Load() && !p.killed.Load() {
		return err
	}
	return &StoppedError{Cause: p.cause(), Detail: p.log.String()}
}

func (p *Process) exchange(request any, body []byte, answer any, accept func(int64) ([]byte, error)) error {
	if err := writeFrame(p.in, request, body); err != nil {
		return err
	}
	const anySize = 1 << 40 // accept bounds it
	size, err := readHead(p.out, answer, anySize)
	if err != nil {
		return err
	}
	into, err := accept(size)
	if err != nil {
		return err
	}
	if int64(len(into)) != size {
		return fmt.Errorf("%w: a body of %d bytes in place of %d", errFrame, size, len(into))
	}
	_, err = io.ReadFull(p.out, into)
	return err
}

func (p *Process) cause() Cause {
	switch end := p.log.String(); {
	case p.timedOut.Load():
		return lateCause(p.cmd.ProcessState)
	case p.killed.Load():
		return Closed
	case strings.Contains(end, "out of memory"), strings.Contains(end, "cannot allocate memory"),
		strings.Contains(end, "address space collisions"): // the race detector's word for it
		return Memory
	}
	return outerCause(p.cmd.ProcessState)
}

// Kill ends the child at once, also amid a call, and waits for it.
func (p *Process) Kill() {
	p.killed.Store(true)
	p.kill()
	<-p.exited
}

func (p *Process) kill() {
	_ = p.cmd.Process.Kill() // it may have ended
	_ = p.in.Close()
}

// Pid is the child's process id.
func (p *Process) Pid() int { return p.cmd.Process.Pid }

// Exited is closed once the child has ended.
func (p *Process) Exited() <-chan struct{} { return p.exited }

// firstWords keeps the beginning of what is written into it: the runtime says first
// why it ends.
type firstWords struct {
	mu   sync.Mutex
	text []byte
}

const keptWords = 2 << 10

// Write implements io.Writer.
func (f *firstWords) Write(b []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.text = append(f.text, b[:min(len(b), keptWords-len(f.text))]...)
	return len(b), nil
}

// String is what was kept.
func (f *firstWords) String() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return string(f.text)
}
