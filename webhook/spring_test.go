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
	now := time.Now()
	first := signedRequest{id: "evt_1", secret: receiverSecret, at: now, body: sheetEvent(1, "A")}
	for deadline := now.Add(2 * time.Minute); ; time.Sleep(time.Second) {
		status, err := postSigned(t, url, first)
		if err == nil && status == 204 {
			break
		}
		if err == nil || time.Now().After(deadline) {
			t.Fatalf("the receiver did not take its first event: %d, %v", status, err)
		}
	}
	for _, tt := range []struct {
		name   string
		r      signedRequest
		status int
		want   string // the student that the receiver has then
	}{
		{"a newer version", signedRequest{id: "evt_2", secret: receiverSecret, at: now, body: sheetEvent(3, "C")}, 204, "C"},
		{"an older version", signedRequest{id: "evt_3", secret: receiverSecret, at: now, body: sheetEvent(2, "B")}, 204, "C"},
		{"the same again", signedRequest{id: "evt_2", secret: receiverSecret, at: now, body: sheetEvent(3, "C")}, 204, "C"},
		{"a repeat with another body", signedRequest{id: "evt_2", secret: receiverSecret, at: now, body: sheetEvent(9, "X")}, 204, "C"},
		{"both secrets", signedRequest{id: "evt_4", secret: otherSecret + "," + receiverSecret, at: now, body: sheetEvent(4, "D")}, 204, "D"},
		{"a batch's end", signedRequest{id: "evt_9", secret: receiverSecret, at: now, body: `{"type": "batch.completed", "data": {}}`}, 204, "D"},
		{"a stranger's", signedRequest{id: "evt_5", secret: "whsec_YmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmI=", at: now, body: sheetEvent(9, "X")}, 401, "D"},
		{"changed on the way", signedRequest{id: "evt_6", secret: receiverSecret, at: now, body: sheetEvent(9, "X"), tamper: true}, 401, "D"},
		{"too old", signedRequest{id: "evt_7", secret: receiverSecret, at: now.Add(-10 * time.Minute), body: sheetEvent(9, "X")}, 401, "D"},
	} {
		status, err := postSigned(t, url, tt.r)
		if err != nil || status != tt.status {
			t.Errorf("%s: got %d, %v, want %d", tt.name, status, err, tt.status)
		}
		if got, want := students(t, url), `["`+tt.want+`"]`; got != want {
			t.Errorf("%s: the receiver has %s, want %s", tt.name, got, want)
		}
	}
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

func postSigned(t *testing.T, url string, r signedRequest) (int, error) {
	t.Helper()
	timestamp, signature := r.headers(t)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url+"/hooks/recognition", strings.NewReader(r.body))
	if err != nil {
		return 0, err
	}
	req.Header.Set("webhook-id", r.id)
	req.Header.Set("webhook-timestamp", timestamp)
	req.Header.Set("webhook-signature", signature)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err
	}
	resp.Body.Close()
	return resp.StatusCode, nil
}

func students(t *testing.T, url string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/students", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
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
