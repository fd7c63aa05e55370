package webhook_test

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestSpringReceiver compiles the documented controller as it stands, runs it over
// a PostgreSQL with the tables that its comment tells of, and posts to it. Maven
// fetches some 100 MB the first time, so it runs only where HAKBEON_TEST_MVN says
// so: "make java-receiver".
func TestSpringReceiver(t *testing.T) {
	if os.Getenv("HAKBEON_TEST_MVN") == "" {
		t.Skip("NOT RUN: make java-receiver does")
	}
	if _, err := exec.LookPath("mvn"); err != nil {
		t.Skipf("NOT RUN: mvn is not on this machine: %v", err)
	}
	url := startSpring(t, buildSpring(t))
	tryReceiver(t, url, func(t *testing.T) string { return strings.Trim(students(t, url), `["]`) })
}

// buildSpring makes a jar of the example and returns its path.
func buildSpring(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("testdata/spring")); err != nil {
		t.Fatal(err)
	}
	example, err := filepath.Abs("../docs/examples/spring")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "mvn", "--quiet", "--batch-mode", "--no-transfer-progress", "package", "-Dexample="+example)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("mvn package: %v\n%s", err, out)
	}
	return filepath.Join(dir, "target", "hakbeon-receiver-1.jar")
}

// startSpring runs the jar on a free port and returns its address.
func startSpring(t *testing.T, jar string) string {
	t.Helper()
	source, err := os.ReadFile("../docs/examples/spring/WebhookController.java")
	if err != nil {
		t.Fatal(err)
	}
	tables := strings.Join(regexp.MustCompile(`CREATE TABLE .*;`).FindAllString(string(source), -1), " ")
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	listener.Close()
	_, port, _ := net.SplitHostPort(address)
	cmd := exec.Command("java", "-jar", jar, "--server.address=127.0.0.1", "--server.port="+port,
		"--webhook.secret="+otherSecret+","+receiverSecret, "--tables="+tables)
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	cmd.Dir = t.TempDir()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Signal(syscall.SIGTERM) // it stops its PostgreSQL
		cmd.Wait()
		if t.Failed() {
			t.Logf("the receiver said:\n%s", &said)
		}
	})
	return "http://" + address
}

func students(t *testing.T, url string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/students", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := withoutReuse.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}
