// Package fleet runs worker processes and treats them as the world does: starts,
// kills and freezes them, and looks at what they take of the machine. It is for
// tests of the built binary.
package fleet

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Options say how to start a worker.
type Options struct {
	// Binary is the hakbeon binary. Defaults to what Find finds.
	Binary string
	// Env is the worker's environment, put over ours without AWS's and our own
	// variables.
	Env map[string]string
	// Log takes what the worker writes to stderr. Defaults to nowhere.
	Log io.Writer
}

// Process is a worker process.
type Process struct {
	cmd    *exec.Cmd
	log    *log
	exited chan struct{}
	err    error
}

// ErrNotBuilt means that no hakbeon binary was found.
var ErrNotBuilt = errors.New("hakbeon binary not found beside this program or in bin/ of this or a parent directory: run make build")

// Find returns the path of bin/hakbeon: beside the running program, or in bin/ of
// the working directory or the nearest parent that has one.
func Find() (string, error) {
	var places []string
	if self, err := os.Executable(); err == nil {
		places = append(places, filepath.Join(filepath.Dir(self), "hakbeon"))
	}
	for dir, err := os.Getwd(); err == nil; dir = filepath.Dir(dir) {
		places = append(places, filepath.Join(dir, "bin", "hakbeon"))
		if dir == filepath.Dir(dir) {
			break
		}
	}
	for _, path := range places {
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
			return path, nil
		}
	}
	return "", ErrNotBuilt
}

// Start runs "hakbeon worker". The process ends with ours, however ours ends.
func Start(o Options) (*Process, error) {
	if o.Binary == "" {
		var err error
		if o.Binary, err = Find(); err != nil {
			return nil, err
		}
	}
	if o.Log == nil {
		o.Log = io.Discard
	}
	p := &Process{log: &log{to: o.Log, address: make(chan string, 1)}, exited: make(chan struct{})}
	p.cmd = exec.Command(o.Binary, "worker", "--env-file", os.DevNull) //nolint:noctx // Kill and Stop end it
	p.cmd.Env = environment(o.Env)
	p.cmd.Stderr, p.cmd.SysProcAttr = p.log, attributes()
	started := make(chan error)
	go p.run(started)
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start %s: %w", o.Binary, err)
	}
	return p, nil
}

// run keeps to one thread: the kernel ends a child with the thread that started it.
func (p *Process) run(started chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	err := p.cmd.Start()
	started <- err
	if err == nil {
		p.err = p.cmd.Wait()
		close(p.exited)
	}
}

func environment(over map[string]string) []string {
	env := []string{"HTTP_ADDR=127.0.0.1:0"}
	for _, kv := range os.Environ() {
		name, _, _ := strings.Cut(kv, "=")
		if !strings.HasPrefix(name, "AWS_") && !strings.HasPrefix(name, "SQS_") && !strings.HasPrefix(name, "S3_") &&
			!strings.HasPrefix(name, "WEBHOOK_") && name != "HTTP_ADDR" && name != "API_KEY" {
			env = append(env, kv)
		}
	}
	for name, value := range over {
		env = append(env, name+"="+value)
	}
	return env
}

// Pid is the process's id.
func (p *Process) Pid() int { return p.cmd.Process.Pid }

// Done is closed once the process has ended.
func (p *Process) Done() <-chan struct{} { return p.exited }

// Kill ends the process as a power cut would, and waits until it is gone.
func (p *Process) Kill() error {
	err := p.cmd.Process.Kill()
	<-p.exited
	if errors.Is(err, os.ErrProcessDone) {
		return nil
	}
	return err
}

// Freeze stops the process where it is, until Thaw.
func (p *Process) Freeze() error { return p.cmd.Process.Signal(syscall.SIGSTOP) }

// Thaw lets it go on as if nothing had been.
func (p *Process) Thaw() error { return p.cmd.Process.Signal(syscall.SIGCONT) }

// Stop asks the process to drain and waits. One that has not ended by then is
// killed, which is an error.
func (p *Process) Stop(within time.Duration) error {
	_ = p.cmd.Process.Signal(syscall.SIGTERM) // it may have ended
	select {
	case <-p.exited:
		return p.err
	case <-time.After(within):
		return errors.Join(fmt.Errorf("worker %d did not drain within %v", p.Pid(), within), p.Kill())
	}
}

// State is what the process used of the machine, once it has ended.
func (p *Process) State() *os.ProcessState { return p.cmd.ProcessState }

// HTTP is the address that the worker serves /metrics on, once it has said so.
func (p *Process) HTTP(ctx context.Context) (string, error) {
	select {
	case address := <-p.log.address:
		p.log.address <- address
		return address, nil
	case <-p.exited:
		return "", fmt.Errorf("worker %d ended: %w", p.Pid(), p.err)
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// log passes the worker's log on, and finds in it where it listens.
type log struct {
	to      io.Writer
	address chan string // holds the address, once it is known

	mu    sync.Mutex
	start []byte // the log until the address was found
	found bool
}

// Write implements io.Writer.
func (l *log) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.found {
		l.start = append(l.start, b...)
		l.find()
	}
	return l.to.Write(b)
}

const maxStart = 64 << 10

func (l *log) find() {
	const mark = `"msg":"worker started"`
	for line := range bytes.Lines(l.start) {
		if !bytes.Contains(line, []byte(mark)) || !bytes.HasSuffix(line, []byte("\n")) {
			continue
		}
		if _, rest, ok := bytes.Cut(line, []byte(`"http":"`)); ok {
			address, _, _ := bytes.Cut(rest, []byte(`"`))
			l.address <- string(address)
			l.found, l.start = true, nil
			return
		}
	}
	l.found = len(l.start) > maxStart
}
