package webhook_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
	"golang.org/x/net/dns/dnsmessage"

	"hakbeon/internal/egress"
	"hakbeon/webhook"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// Two secrets of the required size: base64 of 24 and of 32 bytes.
const (
	oldSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	newSecret = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func secrets(t testing.TB, list string) webhook.Secrets {
	t.Helper()
	s, err := webhook.ParseSecrets(list)
	must(t, err)
	return s
}

func allowed(t testing.TB, list string) egress.Allowed {
	t.Helper()
	a, err := egress.ParseAllowed(list)
	must(t, err)
	return a
}

// client makes a Client that signs with oldSecret, and closes it at the end.
func client(t testing.TB, o webhook.Options) *webhook.Client {
	t.Helper()
	if o.Secrets == nil {
		o.Secrets = secrets(t, oldSecret)
	}
	c, err := webhook.New(o)
	must(t, err)
	t.Cleanup(c.Close)
	return c
}

// loopback is a client that may dial the test's own servers.
func loopback(t testing.TB) *webhook.Client {
	return client(t, webhook.Options{Allowed: allowed(t, "127.0.0.1")})
}

func serve(t testing.TB, h http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := unstarted(t, h)
	s.Start()
	return s
}

// unstarted is a quiet server, to be started by the test.
func unstarted(t testing.TB, h http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewUnstartedServer(h)
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	t.Cleanup(s.Close)
	return s
}

// post makes an attempt and requires that it fails with an *Error.
func post(t testing.TB, c *webhook.Client, url string) *webhook.Error {
	t.Helper()
	err := c.Post(t.Context(), url, "evt_1", []byte(`{}`))
	var failed *webhook.Error
	if !errors.As(err, &failed) {
		t.Fatalf("post to %s: got %v, want an *Error", url, err)
	}
	return failed
}

// assertNoLeak prints a value in every way that a log might.
func assertNoLeak(t testing.TB, value any, private ...string) {
	t.Helper()
	encoded, err := json.Marshal(value)
	must(t, err)
	for _, printed := range []string{
		fmt.Sprint(value), fmt.Sprintf("%+v", value), fmt.Sprintf("%#v", value),
		fmt.Sprintf("%q", value), fmt.Sprintf("%x", value), string(encoded),
	} {
		for _, p := range private {
			if strings.Contains(printed, p) {
				t.Errorf("%q is shown in %q", p, printed)
			}
		}
	}
}

// nameServer answers every query for an A record with the next of the given
// addresses, the last for ever; without any, it says that there is no such name.
func nameServer(t testing.TB, answers ...string) *net.Resolver {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	must(t, err)
	var wg sync.WaitGroup
	wg.Go(func() { answerQueries(conn, answers) })
	t.Cleanup(func() {
		conn.Close()
		wg.Wait()
	})
	return &net.Resolver{
		PreferGo: true,
		Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "udp", conn.LocalAddr().String())
		},
	}
}

func answerQueries(conn net.PacketConn, answers []string) {
	buf := make([]byte, 1500)
	for {
		n, from, err := conn.ReadFrom(buf)
		if err != nil {
			return
		}
		var m dnsmessage.Message
		if m.Unpack(buf[:n]) != nil || len(m.Questions) == 0 {
			continue
		}
		m.Response, m.Authoritative, m.Additionals = true, true, nil
		q := m.Questions[0]
		switch {
		case len(answers) == 0:
			m.RCode = dnsmessage.RCodeNameError
		case q.Type == dnsmessage.TypeA:
			m.Answers = []dnsmessage.Resource{{
				Header: dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class},
				Body:   &dnsmessage.AResource{A: [4]byte(net.ParseIP(answers[0]).To4())},
			}}
			answers = answers[min(1, len(answers)-1):]
		}
		if packed, err := m.Pack(); err == nil {
			_, _ = conn.WriteTo(packed, from)
		}
	}
}

func unix(seconds int64) time.Time { return time.Unix(seconds, 0) }
