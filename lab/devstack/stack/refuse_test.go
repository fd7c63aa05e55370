package stack_test

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hakbeon/lab/devstack/stack"
)

func TestStartRefuses(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name string
		o    stack.Options
		want string
	}{
		{"no directory", stack.Options{}, "--dir"},
		{"no extended attributes", stack.Options{Dir: "/proc"}, "choose a directory on ext4"},
		{"a file", stack.Options{Dir: file}, "not a directory"},
		{"port is taken", stack.Options{Dir: t.TempDir(), Port: taken.Addr().(*net.TCPAddr).Port}, "address already in use"},
		{"env file is a directory", stack.Options{Dir: t.TempDir(), EnvFile: "/proc"}, "env file"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			began := time.Now()
			_, err := stack.Start(t.Context(), test.o)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got error %v, want one with %q", err, test.want)
			}
			if took := time.Since(began); took > 2*time.Second {
				t.Errorf("refusing took %s", took)
			}
		})
	}
}

func TestStartIsCancelled(t *testing.T) {
	t.Chdir(t.TempDir())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := stack.Start(ctx, stack.Options{Dir: t.TempDir()}); !errors.Is(err, context.Canceled) {
		t.Errorf("got error %v, want %v", err, context.Canceled)
	}
}

func TestEnvFileRefusesValues(t *testing.T) {
	for _, secret := range []string{"with space", "with$dollar", "with#hash", `with"quote`, "with\nline"} {
		t.Chdir(t.TempDir())
		s, err := stack.Start(t.Context(), stack.Options{Dir: t.TempDir(), SecretKey: secret})
		if err == nil {
			s.Close()
			t.Errorf("secret %q was accepted", secret)
		}
	}
}
