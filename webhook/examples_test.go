package webhook_test

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"hakbeon/webhook"
)

const (
	receiverSecret = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
	otherSecret    = "whsec_YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWE="
)

// signedRequest is what a receiver is shown.
type signedRequest struct {
	id, secret string
	at         time.Time
	body       string
	tamper     bool
	pair       string // a private key that signs in the secret's place
}

func (r signedRequest) headers(t *testing.T) (timestamp, signature string) {
	t.Helper()
	parse := webhook.ParseSecrets
	if r.pair != "" {
		parse, r.secret = webhook.ParseSigningKeys, r.pair
	}
	secrets, err := parse(r.secret)
	if err != nil {
		t.Fatal(err)
	}
	signed := r.body
	if r.tamper {
		signed += " "
	}
	return strconv.FormatInt(r.at.Unix(), 10), secrets.Sign(r.id, r.at, []byte(signed))
}

func sheetEvent(version int, student string) string {
	return fmt.Sprintf(`{"type": "sheet.recognized", "data": {"sheet": "0123456789abcdef", "version": %d, "student_id": %q, "final": false}}`, version, student)
}

// TestPythonReceiver runs the documented receiver on a socket.
func TestPythonReceiver(t *testing.T) {
	python := pythonWith(t, "fastapi, uvicorn, cryptography")
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	listener.Close()
	database := filepath.Join(t.TempDir(), "webhooks.db")
	_, port, _ := net.SplitHostPort(address)
	cmd := exec.Command(python, "-m", "uvicorn", "webhook_fastapi:app", "--port", port, "--log-level", "warning")
	cmd.Dir = "../docs/examples"
	private, public := newPair(t)
	cmd.Env = append(os.Environ(), "WEBHOOK_SECRET="+otherSecret+","+receiverSecret, "WEBHOOK_PUBLIC_KEY="+public, "WEBHOOK_DB="+database, "PYTHONDONTWRITEBYTECODE=1")
	var said bytes.Buffer
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	query := "import sqlite3,sys; print(sqlite3.connect(sys.argv[1]).execute('SELECT student_id FROM sheets').fetchall())"
	defer func() {
		for key, want := range map[string]int{private: 204, first(newPair(t)): 401} {
			if status, err := postSigned(t, "http://"+address, signedRequest{id: "evt_pair", pair: key, at: time.Now(), body: sheetEvent(1, "A")}); err != nil || status != want {
				t.Errorf("signed by a key pair: got %d, %v, want %d", status, err, want)
			}
		}
	}()
	tryReceiver(t, "http://"+address, func(t *testing.T) string {
		t.Helper()
		out, err := exec.CommandContext(t.Context(), python, "-c", query, database).CombinedOutput()
		if err != nil {
			t.Errorf("read what the receiver has: %v", err)
		}
		return strings.Trim(strings.TrimSpace(string(out)), "[(',)]")
	})
	if t.Failed() {
		t.Logf("the receiver said:\n%s", &said)
	}
}

// receiverPatience is how long a receiver may take to start.
const receiverPatience = 2 * time.Minute

// tryReceiver posts to a documented receiver, once it listens, what the worker and
// what others may send. student is whose sheet the receiver thinks it is.
func tryReceiver(t *testing.T, url string, student func(*testing.T) string) {
	t.Helper()
	now := time.Now()
	first := signedRequest{id: "evt_1", secret: receiverSecret, at: now, body: sheetEvent(1, "A")}
	for deadline := now.Add(receiverPatience); ; time.Sleep(100 * time.Millisecond) {
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
		{"from the future", signedRequest{id: "evt_8", secret: receiverSecret, at: now.Add(10 * time.Minute), body: sheetEvent(9, "X")}, 401, "D"},
	} {
		status, err := postSigned(t, url, tt.r)
		if err != nil || status != tt.status {
			t.Errorf("%s: got %d, %v, want %d", tt.name, status, err, tt.status)
		}
		if got := student(t); got != tt.want {
			t.Errorf("%s: the receiver has %s, want %s", tt.name, got, tt.want)
		}
	}
}

// withoutReuse leaves no connection behind for goleak to find.
var withoutReuse = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}

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
	resp, err := withoutReuse.Do(req)
	if err != nil {
		return 0, err
	}
	resp.Body.Close()
	return resp.StatusCode, nil
}

func pythonWith(t *testing.T, modules string) string {
	t.Helper()
	for _, program := range []string{filepath.Join(os.Getenv("HAKBEON_TEST_VENV"), "bin", "python3"), "python3"} {
		if exec.Command(program, "-c", "import "+modules).Run() == nil {
			return program
		}
	}
	t.Skipf("NOT RUN: no python3 with %s on this machine", modules)
	return ""
}

// TestJavaVerifier compiles the part of the Spring example that needs no Spring,
// and shows it requests.
func TestJavaVerifier(t *testing.T) {
	for _, tool := range []string{"javac", "java"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("NOT RUN: %s is not on this machine: %v", tool, err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	classes := t.TempDir()
	const examples = "../docs/examples/spring/"
	out, err := exec.CommandContext(ctx, "javac", "-Xlint:all", "-Werror", "-encoding", "UTF-8", "-d", classes,
		examples+"WebhookVerifier.java", examples+"WebhookVerifierCheck.java").CombinedOutput()
	if err != nil {
		t.Fatalf("javac: %v\n%s", err, out)
	}
	now := time.Now()
	private, public := newPair(t)
	another, _ := newPair(t)
	for name, tt := range map[string]struct {
		r    signedRequest
		want string
	}{
		"valid":         {signedRequest{id: "evt_1", secret: otherSecret + "," + receiverSecret, at: now, body: "{}"}, "valid"},
		"a stranger's":  {signedRequest{id: "evt_1", secret: otherSecret, at: now, body: "{}"}, "invalid"},
		"changed":       {signedRequest{id: "evt_1", secret: receiverSecret, at: now, body: "{}", tamper: true}, "invalid"},
		"too old":       {signedRequest{id: "evt_1", secret: receiverSecret, at: now.Add(-10 * time.Minute), body: "{}"}, "invalid"},
		"by its pair":   {signedRequest{id: "evt_1", pair: private, at: now, body: "{}"}, "valid"},
		"by another":    {signedRequest{id: "evt_1", pair: another, at: now, body: "{}"}, "invalid"},
		"pair, changed": {signedRequest{id: "evt_1", pair: private, at: now, body: "{}", tamper: true}, "invalid"},
	} {
		timestamp, signature := tt.r.headers(t)
		cmd := exec.CommandContext(ctx, "java", "-cp", classes, "com.example.hakbeon.WebhookVerifierCheck", receiverSecret+","+public, tt.r.id, timestamp, signature)
		cmd.Stdin = strings.NewReader(tt.r.body)
		if out, err := cmd.CombinedOutput(); err != nil || strings.TrimSpace(string(out)) != tt.want {
			t.Errorf("%s: got %s, %v, want %s", name, out, err, tt.want)
		}
	}
}
