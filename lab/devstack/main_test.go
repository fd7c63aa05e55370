package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestRunRefuses(t *testing.T) {
	tests := []struct {
		name string
		args []string
		code int
		want string
	}{
		{"help", []string{"--help"}, 0, "-env-file"},
		{"unknown flag", []string{"--nope"}, 2, "not defined: -nope"},
		{"wrong duration", []string{"--visibility", "30"}, 2, "visibility"},
		{"wrong faults", []string{"--faults", `{"Lots":1}`}, 2, "Lots"},
		{"no directory", nil, 1, "give one with --dir"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var stderr bytes.Buffer
			code := run(t.Context(), test.args, strings.NewReader(""), &stderr)
			if code != test.code || !strings.Contains(stderr.String(), test.want) {
				t.Errorf("got status %d, want %d; log: %s", code, test.code, &stderr)
			}
		})
	}
}

// waitFor waits for the file that says that all is ready.
func waitFor(t *testing.T, path string) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		if _, err := os.Stat(path); err == nil {
			return
		}
	}
	t.Fatalf("%s did not appear", path)
}

func TestRunUntil(t *testing.T) {
	tests := []struct {
		name string
		args []string
		end  func(stdin io.Closer, cancel context.CancelFunc)
	}{
		{"standard input ends", []string{"--watch-stdin"}, func(stdin io.Closer, _ context.CancelFunc) { stdin.Close() }},
		{"signal", nil, func(_ io.Closer, cancel context.CancelFunc) { cancel() }},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			dir := t.TempDir()
			env := filepath.Join(dir, "stack.env")
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			stdin, hold := io.Pipe()
			ended := make(chan int, 1)
			go func() {
				ended <- run(ctx, append([]string{"--dir", dir, "--env-file", env}, test.args...), stdin, io.Discard)
			}()
			waitFor(t, env)
			test.end(hold, cancel)
			select {
			case code := <-ended:
				if code != 0 {
					t.Errorf("got status %d, want 0", code)
				}
			case <-time.After(2 * time.Second):
				t.Error("still running after 2 s")
			}
		})
	}
}
