package fleet_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"hakbeon/lab/fleet"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreTopFunction("net/http.(*persistConn).writeLoop"), goleak.IgnoreAnyFunction("net/http.(*persistConn).readLoop"))
}

// stub is a program that says what a worker says when it starts, and then does what
// the script says; HELLO in it is where it says so, else its beginning.
func stub(t *testing.T, address, script string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "stub")
	hello := fmt.Sprintf(`echo '{"msg":"worker started","http":"%s"}' >&2`, address)
	if !strings.Contains(script, "HELLO") {
		script = "HELLO; " + script
	}
	text := "#!/bin/sh\n" + strings.Replace(script, "HELLO", hello, 1) + "\n"
	if err := os.WriteFile(path, []byte(text), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

func start(t *testing.T, o fleet.Options) *fleet.Process {
	t.Helper()
	p, err := fleet.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Kill() })
	return p
}

const wait = "while :; do sleep 0.05; done"

func within(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func TestStopAndKill(t *testing.T) {
	tame := start(t, fleet.Options{Binary: stub(t, "here:1", "trap 'exit 0' TERM; HELLO; "+wait)})
	if address, err := tame.HTTP(within(t)); err != nil || address != "here:1" {
		t.Errorf("address %q, %v", address, err)
	}
	if err := tame.Stop(20 * time.Second); err != nil {
		t.Errorf("stop: %v", err)
	}
	deaf := start(t, fleet.Options{Binary: stub(t, "here:1", "trap '' TERM; HELLO; "+wait)})
	if _, err := deaf.HTTP(within(t)); err != nil {
		t.Fatal(err)
	}
	if err := deaf.Stop(100 * time.Millisecond); err == nil || !strings.Contains(err.Error(), "did not drain") {
		t.Errorf("stop of one that does not listen: %v", err)
	}
	select {
	case <-deaf.Done():
	default:
		t.Error("it was not killed")
	}
	if err := deaf.Kill(); err != nil {
		t.Errorf("kill of one that has ended: %v", err)
	}
}

// A process that is frozen does nothing until it is thawed.
func TestFreeze(t *testing.T) {
	mark := filepath.Join(t.TempDir(), "mark")
	p := start(t, fleet.Options{Binary: stub(t, "x", "while :; do touch "+mark+"; sleep 0.02; done")})
	there := func() bool { _, err := os.Stat(mark); return err == nil }
	eventually(t, there)
	if err := p.Freeze(); err != nil {
		t.Fatal(err)
	}
	time.Sleep(300 * time.Millisecond) // the child of the shell may be at it still
	os.Remove(mark)
	time.Sleep(300 * time.Millisecond)
	if there() {
		t.Error("it went on while it was frozen")
	}
	if err := p.Thaw(); err != nil {
		t.Fatal(err)
	}
	eventually(t, there)
}

func eventually(t *testing.T, met func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !met(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("waited 20 s")
		}
	}
}

func TestUsage(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, "# HELP go_goroutines\ngo_goroutines_other 3\ngo_goroutines 17\n")
	}))
	defer server.Close()
	p := start(t, fleet.Options{Binary: stub(t, strings.TrimPrefix(server.URL, "http://"), wait)})
	var u fleet.Usage
	eventually(t, func() bool { // a process that has only begun has hardly any memory
		var err error
		if u, err = p.Usage(within(t)); err != nil {
			t.Fatal(err)
		}
		return u.Resident >= 1<<16
	})
	if u.Goroutines != 17 || u.Files < 3 {
		t.Errorf("got %+v", u)
	}
	if _, err := p.Metric(within(t), "nothing"); err == nil {
		t.Error("a metric that is not there: got no error")
	}
	http.DefaultClient.CloseIdleConnections()
}

// A worker sees the stack's environment and nobody's real account.
func TestEnvironment(t *testing.T) {
	t.Setenv("AWS_PROFILE", "real")
	t.Setenv("S3_BUCKET", "real")
	var said strings.Builder
	p := start(t, fleet.Options{Binary: stub(t, "x", "env >&2"), Env: map[string]string{"S3_BUCKET": "ours"}, Log: &said})
	<-p.Done()
	if s := said.String(); strings.Contains(s, "real") || !strings.Contains(s, "S3_BUCKET=ours") || !strings.Contains(s, "HTTP_ADDR=127.0.0.1:0") {
		t.Errorf("environment:\n%s", s)
	}
}

func TestDiesAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "stub")
	if err := os.WriteFile(path, []byte("#!/bin/sh\nexit 3\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	p := start(t, fleet.Options{Binary: path})
	if _, err := p.HTTP(within(t)); err == nil || !strings.Contains(err.Error(), "ended") {
		t.Errorf("got %v, want that it ended", err)
	}
	if _, err := fleet.Start(fleet.Options{Binary: path + "-not-there"}); err == nil {
		t.Error("a binary that is not there: got no error")
	}
}
