package sandbox_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"hakbeon/recognizer/imagefile/sandbox"
)

const child = "serve-tests"

func TestMain(m *testing.M) {
	if len(os.Args) > 2 && os.Args[1] == child {
		limits := sandbox.Limits{Memory: 256 << 20, MaxBody: 1 << 20, Folder: os.Args[2]}
		if err := sandbox.Serve(os.Stdin, os.Stdout, limits, handle); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}

// handle does in the child what the request names.
func handle(request, body []byte, allow sandbox.Allow) (any, [][]byte) {
	var do, folder string
	if err := json.Unmarshal(request, &do); err != nil {
		return err.Error(), nil
	}
	do, folder, _ = strings.Cut(do, " ")
	err := map[string]func() error{
		"echo":     func() error { return nil },
		"exit":     func() error { os.Exit(3); return nil },
		"spin":     func() error { return spin(allow) },
		"eat":      func() error { return eat(allow) },
		"dial":     func() error { return second(net.Dial("tcp", "127.0.0.1:9")) },
		"run":      func() error { return exec.Command("/bin/true").Run() },
		"kill":     func() error { return syscall.Kill(os.Getppid(), 0) },
		"read":     func() error { return second(os.ReadFile("/etc/hostname")) },
		"environ":  func() error { return second(os.ReadFile(fmt.Sprintf("/proc/%d/environ", os.Getppid()))) },
		"secrets":  secrets,
		"keep":     func() error { return os.WriteFile(filepath.Join(folder, "kept"), body, 0o600) },
		"readback": func() error { return second(os.ReadFile(filepath.Join(folder, "kept"))) },
	}[do]()
	if err != nil {
		return err.Error(), nil
	}
	return "done", [][]byte{body, []byte("!")}
}

func second[T any](_ T, err error) error { return err }

func secrets() error {
	if v := os.Getenv("SANDBOX_TEST_SECRET"); v != "" {
		return errors.New("it has our environment")
	}
	return nil
}

// spin does not end.
func spin(allow sandbox.Allow) error {
	if err := allow(64<<20, time.Second); err != nil {
		return err
	}
	for { //nolint:staticcheck // it is to use up its CPU time
	}
}

func eat(allow sandbox.Allow) error {
	if err := allow(16<<20, time.Minute); err != nil {
		return err
	}
	b := make([]byte, 512<<20)
	for i := range b {
		b[i] = 1
	}
	runtime.KeepAlive(b)
	return nil
}

func start(t *testing.T, folder string) *sandbox.Process {
	t.Helper()
	t.Setenv("SANDBOX_TEST_SECRET", "x")
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p, err := sandbox.Start([]string{program, child, folder})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Kill)
	return p
}

func call(p *sandbox.Process, do string, within time.Duration) (answer, body string, err error) {
	var got []byte
	err = p.Call(do, []byte("body"), within, &answer, func(size int64) ([]byte, error) {
		got = make([]byte, size)
		return got, nil
	})
	return answer, string(got), err
}

func TestCalls(t *testing.T) {
	p := start(t, t.TempDir())
	for range 3 {
		answer, body, err := call(p, "echo", time.Minute)
		if answer != "done" || body != "body!" || err != nil {
			t.Fatalf("got %q, %q, %v", answer, body, err)
		}
	}
}

func TestSignalsAreTheParents(t *testing.T) {
	p := start(t, t.TempDir())
	if _, _, err := call(p, "echo", time.Minute); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(p.Pid(), syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if _, _, err := call(p, "echo", time.Minute); err != nil {
		t.Errorf("after SIGTERM: %v", err)
	}
}

func TestStops(t *testing.T) {
	for do, want := range map[string]sandbox.Cause{"spin": sandbox.Starved, "eat": sandbox.Memory, "exit": sandbox.Crash} {
		t.Run(do, func(t *testing.T) {
			p := start(t, t.TempDir())
			within := time.Minute
			if do == "spin" {
				within = 300 * time.Millisecond
			}
			_, _, err := call(p, do, within)
			stop, ok := errors.AsType[*sandbox.StoppedError](err)
			if !ok || stop.Cause != want {
				t.Fatalf("got %#v, want a stop for %s", err, want)
			}
			select {
			case <-p.Exited():
			default:
				t.Error("the child lives")
			}
		})
	}
}

// TestCPUIsLimited has the child end by itself where its parent does not look.
func TestCPUIsLimited(t *testing.T) {
	p := start(t, t.TempDir())
	since := time.Now()
	_, _, err := call(p, "spin", 2*time.Minute)
	if took := time.Since(since); took > time.Minute {
		t.Errorf("it took %v", took)
	}
	if stop, ok := errors.AsType[*sandbox.StoppedError](err); !ok || stop.Cause != sandbox.Timeout {
		t.Fatalf("got %#v, want a stop for %s", err, sandbox.Timeout)
	}
}

func TestKillAmidACall(t *testing.T) {
	p := start(t, t.TempDir())
	time.AfterFunc(100*time.Millisecond, p.Kill)
	_, _, err := call(p, "spin", time.Minute)
	if stop, ok := errors.AsType[*sandbox.StoppedError](err); !ok || stop.Cause != sandbox.Closed {
		t.Fatalf("got %#v, want a stop for %s", err, sandbox.Closed)
	}
}

func TestConfined(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux confines the child")
	}
	folder := t.TempDir()
	p := start(t, folder)
	for do, refused := range map[string]bool{
		"dial": true, "run": true, "kill": true, "read": true, "environ": true,
		"secrets": false, "keep " + folder: false,
	} {
		answer, _, err := call(p, do, time.Minute)
		if err != nil {
			t.Fatalf("%s: %v", do, err)
		}
		if denied := answer != "done"; denied != refused {
			t.Errorf("%s: answered %q", do, answer)
		}
	}
	if answer, _, err := call(p, "readback "+folder, time.Minute); answer != "done" || err != nil {
		t.Errorf("its own folder: %q, %v", answer, err)
	}
}
