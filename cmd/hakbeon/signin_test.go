package main_test

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// TestSignsInAtAProvider is a manager, and a stranger, who sign in at a provider of
// OpenID Connect that others have written and that is certified: the example server of
// zitadel/oidc. It keeps names and mail addresses for its userinfo endpoint.
func TestSignsInAtAProvider(t *testing.T) {
	chrome := findChrome(t)
	page, issuer := freePort(t), freePort(t)
	address := "http://127.0.0.1:" + page
	env := local(t)
	openid(t, issuer, address+"/review/oidc/callback")
	appendTo(t, env, "API_KEY="+reviewKey+"\nSESSION_SECRET="+strings.Repeat("only for a test ", 3)+
		"\nOIDC_ISSUER=http://localhost:"+issuer+"/\nOIDC_CLIENT_ID=web\nOIDC_CLIENT_SECRET=secret\nOIDC_MANAGERS=prof@example.com\nOIDC_REDIRECT_URL="+address+"/review/oidc/callback\n")
	if out, code := start(t, "doctor", "--env-file", env).end(t, time.Minute); !strings.Contains(out, "OIDC_ISSUER") {
		t.Errorf("doctor ended with %d:\n%s", code, out)
	}
	httpOf(t, startWith(t, []string{"HTTP_ADDR=127.0.0.1:" + page}, "web", "--env-file", env))

	signIn := func(name string) *window {
		w := newBrowser(t, chrome, address).window("ko-KR")
		w.run(chromedp.Navigate(address+"/exams"), chromedp.WaitVisible(`main a[href*="oidc/begin"]`))
		w.shot("signin")
		w.click(`main a[href*="oidc/begin"]`)
		w.run(chromedp.WaitVisible("#username"), chromedp.SendKeys("#username", name), chromedp.SendKeys("#password", "wrong"+kb.Enter))
		w.until("the provider's refusal", func() bool { return strings.Contains(w.text("form"), "wrong") })
		w.run(chromedp.SendKeys("#username", name), chromedp.SendKeys("#password", "very secure"+kb.Enter))
		return w
	}
	manager := signIn("prof")
	manager.run(chromedp.WaitVisible("#drop"))
	if who := manager.text(".who"); who != "하나 이" {
		t.Errorf("the page calls them %q", who)
	}
	manager.run(chromedp.WaitVisible(`a[href="people"]`))

	stranger := signIn("stranger")
	stranger.run(chromedp.WaitVisible("[role=alert]"))
	stranger.shot("stranger")
	if text := stranger.text("main"); !strings.Contains(text, "시험") || strings.Contains(stranger.eval("document.cookie"), "session") {
		t.Errorf("the stranger is told %q", text)
	}
	stranger.run(chromedp.Navigate(address+"/exams"), chromedp.WaitVisible(`main a[href*="oidc/begin"]`))
}

// openid runs the provider at a port of localhost until the test's end, with two people.
func openid(t *testing.T, port, redirect string) {
	t.Helper()
	type user struct {
		ID, Username, Password, FirstName, LastName, Email, PreferredLanguage string
		EmailVerified                                                         bool
	}
	users, err := json.Marshal(map[string]user{
		"1": {ID: "1", Username: "prof", Password: "very secure", FirstName: "하나", LastName: "이", Email: "Prof@example.com", EmailVerified: true, PreferredLanguage: "ko"},
		"2": {ID: "2", Username: "stranger", Password: "very secure", FirstName: "누구", LastName: "김", Email: "prof@example.com", PreferredLanguage: "ko"},
	})
	mustDo(t, err)
	file := filepath.Join(t.TempDir(), "users.json")
	mustDo(t, os.WriteFile(file, users, 0o600))
	server := exec.Command(filepath.Join(filepath.Dir(binary(t)), "openid")) //nolint:gosec // made by make build
	server.Env = append(os.Environ(), "PORT="+port, "USERS_FILE="+file, "REDIRECT_URI="+redirect)
	mustDo(t, server.Start())
	t.Cleanup(func() { _, _ = server.Process.Kill(), server.Wait() })
	await(t, time.Minute, "the provider", func() bool {
		answer, err := http.Get(fmt.Sprintf("http://localhost:%s/.well-known/openid-configuration", port))
		if err == nil {
			mustDo(t, answer.Body.Close())
		}
		return err == nil && answer.StatusCode == http.StatusOK
	})
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	mustDo(t, err)
	mustDo(t, l.Close())
	_, port, err := net.SplitHostPort(l.Addr().String())
	mustDo(t, err)
	return port
}
