package main_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"hakbeon/lab/synth"
)

// binary is bin/hakbeon, which "make build" makes.
func binary(t *testing.T) string {
	t.Helper()
	path, err := filepath.Abs("../../bin/hakbeon")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("%v: run make build", err)
	}
	return path
}

// process is a running hakbeon.
type process struct {
	cmd    *exec.Cmd
	out    bytes.Buffer
	stderr lockedBuffer
	done   chan error
}

type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// start runs hakbeon until it ends by itself, or with the test.
func start(t *testing.T, args ...string) *process { t.Helper(); return startWith(t, nil, args...) }

// startWith is start with more in its environment.
func startWith(t *testing.T, more []string, args ...string) *process {
	t.Helper()
	p := &process{cmd: exec.Command(binary(t), args...), done: make(chan error, 1)}
	p.cmd.Stdout, p.cmd.Stderr = &p.out, &p.stderr
	p.cmd.Dir = t.TempDir() // no .env of the developer's
	p.cmd.Env = append(append(bareEnv(), "HTTP_ADDR=127.0.0.1:0"), more...)
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { p.done <- p.cmd.Wait() }()
	t.Cleanup(func() {
		p.cmd.Process.Signal(syscall.SIGTERM)
		select {
		case <-p.done:
		case <-time.After(40 * time.Second):
			p.cmd.Process.Kill()
			t.Errorf("hakbeon %s did not end", args[0])
		}
		if t.Failed() {
			t.Logf("hakbeon %s said:\n%s", strings.Join(args, " "), tail(p.stderr.String(), 4000))
		}
	})
	return p
}

// outside are the variables that lead to somebody's real account.
var outside = regexp.MustCompile(`^(AWS|SQS|S3|STS|OPENAI)_`)

// bareEnv is the test's environment without what would lead a process to
// somebody's real account.
func bareEnv() []string {
	var env []string
	for _, kv := range os.Environ() {
		if !outside.MatchString(kv) {
			env = append(env, kv)
		}
	}
	return env
}

func tail(s string, n int) string { return s[max(0, len(s)-n):] }

// end waits for the process and returns what it printed and its exit code.
func (p *process) end(t *testing.T, within time.Duration) (string, int) {
	t.Helper()
	select {
	case <-p.done:
		p.done <- nil
		return p.out.String(), p.cmd.ProcessState.ExitCode()
	case <-time.After(within):
		t.Fatalf("%v: still running after %v", p.cmd.Args, within)
		return "", 0
	}
}

// kill ends the process as a power cut would.
func (p *process) kill(t *testing.T) {
	t.Helper()
	if err := p.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-p.done
	p.done <- nil
}

// local starts the embedded servers and returns their environment file.
func local(t *testing.T, args ...string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "env")
	p := start(t, append([]string{"local", "--env-file", file}, args...)...)
	await(t, 30*time.Second, "the embedded servers", func() bool {
		_, err := os.Stat(file)
		return err == nil && strings.Contains(p.stderr.String(), "ready:")
	})
	return file
}

func await(t *testing.T, within time.Duration, what string, met func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), within)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for !met() {
		select {
		case <-ctx.Done():
			t.Fatalf("waited %v for %s", within, what)
		case <-tick.C:
		}
	}
}

// drawExam draws an exam's sheets and roster into files of a folder. The sheets
// are drawn by bin/bench, which has no race detector to slow it down.
func drawExam(t *testing.T, seed uint64, spec synth.ExamSpec) (drawn *synth.Exam, sheets, roster string) {
	t.Helper()
	drawn, err := synth.NewExam(seed, spec)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	order, err := json.Marshal(map[string]any{"Seed": seed, "Spec": spec})
	if err != nil {
		t.Fatal(err)
	}
	draw := exec.CommandContext(t.Context(), filepath.Join(filepath.Dir(binary(t)), "bench"), "-draw", dir)
	draw.Stdin = bytes.NewReader(order)
	if out, err := draw.CombinedOutput(); err != nil {
		t.Fatalf("draw the exam: %v: run make build\n%s", err, out)
	}
	return drawn, filepath.Join(dir, "sheets"), filepath.Join(dir, "roster.xlsx")
}
