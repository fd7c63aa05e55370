// Package embedded runs the development stack (S3, SQS, STS and a webhook
// sink) as a child process, so that a demo or a test needs nothing but this
// repository. The stack lives in the devstack binary, which "make build" puts
// beside ours; it dies with the process that started it.
package embedded

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"time"

	"github.com/joho/godotenv"
)

// Options say how to start a stack. The zero value works.
type Options struct {
	// Dir holds the stack's data; made if missing. Defaults to a temporary
	// directory that Stop removes.
	Dir string
	// EnvFile is where the stack writes its environment. An existing file is
	// replaced. Defaults to "env" in Dir.
	EnvFile string
	// Binary is the devstack binary. Defaults to what Find finds.
	Binary string
	// Args are further flags for the binary, such as "--fifo".
	Args []string
	// Delay is waited before each call of S3 and SQS, as if they were far away.
	// Defaults to none.
	Delay time.Duration
	// Stderr receives the stack's log. Defaults to nowhere; its end is in the
	// errors of Start either way.
	Stderr io.Writer
	// Timeout bounds the start. Defaults to 30 s.
	Timeout time.Duration
	// StopTimeout is how long Stop waits before it kills. Defaults to 5 s.
	StopTimeout time.Duration
}

// Stack is a running stack.
type Stack struct {
	// Env is the environment to use the stack, as in its env file.
	Env map[string]string

	cmd     *exec.Cmd
	stdin   io.Closer
	log     *tail
	exited  chan struct{}
	exitErr error
	tempDir string
	patient time.Duration
	stop    sync.Once
	stopErr error
}

// Start runs the stack and returns once it is ready to be used. The context
// bounds the start only; end the stack with Stop.
func Start(ctx context.Context, o Options) (_ *Stack, err error) {
	s := &Stack{exited: make(chan struct{}), patient: o.StopTimeout}
	if s.patient <= 0 {
		s.patient = 5 * time.Second
	}
	if o.Timeout <= 0 {
		o.Timeout = 30 * time.Second
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.removeTemp())
		}
	}()
	if err := s.place(&o); err != nil {
		return nil, err
	}
	if err := s.spawn(o); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, o.Timeout)
	defer cancel()
	if err := s.awaitEnv(ctx, o.EnvFile); err != nil {
		// The reason to report is why it did not start, not how it then ended.
		_ = s.Stop()
		return nil, err
	}
	return s, nil
}

// place settles the binary and the paths, and removes an env file of an
// earlier run, which would look like a stack that is ready.
func (s *Stack) place(o *Options) (err error) {
	if o.Binary == "" {
		if o.Binary, err = Find(); err != nil {
			return err
		}
	}
	if o.Dir == "" {
		if o.Dir, err = os.MkdirTemp("", "hakbeon-"); err != nil {
			return fmt.Errorf("make a directory for the stack: %w", err)
		}
		s.tempDir = o.Dir
	}
	if o.EnvFile == "" {
		o.EnvFile = filepath.Join(o.Dir, "env")
	}
	if err := os.Remove(o.EnvFile); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("remove the old env file: %w", err)
	}
	return nil
}

// spawn starts the child. Its standard input is a pipe that we hold and never
// write to: when we die, however we die, it ends, and the child goes.
func (s *Stack) spawn(o Options) error {
	args := append([]string{"--dir", o.Dir, "--env-file", o.EnvFile, "--watch-stdin", "--delay", o.Delay.String()}, o.Args...)
	s.log = &tail{to: o.Stderr}
	s.cmd = exec.Command(o.Binary, args...) //nolint:noctx // Stop ends it, not the context of the start
	s.cmd.Stdout, s.cmd.Stderr = s.log, s.log
	s.cmd.SysProcAttr = childAttributes()
	stdin, err := s.cmd.StdinPipe()
	if err != nil {
		return fmt.Errorf("start %s: %w", o.Binary, err)
	}
	s.stdin = stdin
	started := make(chan error)
	go s.run(started)
	if err := <-started; err != nil {
		return fmt.Errorf("start %s: %w", o.Binary, err)
	}
	return nil
}

// awaitEnv polls for the file, which the child puts in place in one step.
func (s *Stack) awaitEnv(ctx context.Context, path string) error {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		env, err := godotenv.Read(path)
		if err == nil {
			s.Env = env
			return nil
		}
		if !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("read the stack's env file: %w", err)
		}
		select {
		case <-s.exited:
			return fmt.Errorf("the stack ended before it was ready: %w: %s", s.exitErr, s.log)
		case <-ctx.Done():
			return fmt.Errorf("the stack did not become ready: %w: %s", ctx.Err(), s.log)
		case <-tick.C:
		}
	}
}

// Done is closed once the child has ended, by Stop or by itself.
func (s *Stack) Done() <-chan struct{} { return s.exited }

// Pid is the child's process id.
func (s *Stack) Pid() int { return s.cmd.Process.Pid }

// Stop ends the stack: it asks, waits, then kills. It returns the child's
// failure if it ended badly. Further calls return the same.
func (s *Stack) Stop() error {
	s.stop.Do(func() {
		s.stdin.Close()
		select {
		case <-s.exited:
			s.stopErr = s.exitErr
		case <-time.After(s.patient):
			_ = s.cmd.Process.Kill() // it has just ended if this fails
			<-s.exited
			s.stopErr = fmt.Errorf("the stack did not stop within %s and was killed: %s", s.patient, s.log)
		}
		s.stopErr = errors.Join(s.stopErr, s.removeTemp())
	})
	return s.stopErr
}

func (s *Stack) removeTemp() error {
	if s.tempDir == "" {
		return nil
	}
	return os.RemoveAll(s.tempDir)
}
