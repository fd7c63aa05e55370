package faultproxy_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"hakbeon/lab/faultproxy"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// server counts the calls that reach it and says "hello, BODY".
func server(t *testing.T) (url string, calls *atomic.Int64) {
	calls = &atomic.Int64{}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		calls.Add(1)
		body, _ := io.ReadAll(r.Body)
		w.Header().Set("X-Seen", r.Host+" "+r.URL.RequestURI())
		w.WriteHeader(http.StatusAccepted)
		io.WriteString(w, "hello, "+string(body))
	}))
	t.Cleanup(s.Close)
	return s.URL, calls
}

func proxy(t *testing.T, o faultproxy.Options) *faultproxy.Proxy {
	p, err := faultproxy.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

// post makes one call on a connection of its own.
func post(t *testing.T, url, body string) (*http.Response, string, error) {
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Host = "signed.example"
	resp, err := (&http.Client{Transport: transport}).Do(req)
	if err != nil {
		return nil, "", err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	return resp, string(text), err
}

func TestFaults(t *testing.T) {
	tests := []struct {
		fault    faultproxy.Fault
		status   int // 0: no answer
		says     string
		calls    int64
		whole    bool
		answered bool // the fault is chosen after the answer
	}{
		{fault: faultproxy.None, status: 202, says: "hello, you", calls: 1, whole: true},
		{fault: faultproxy.Reset, calls: 0},
		{fault: faultproxy.Error500, status: 500, says: "InternalError", calls: 0, whole: true},
		{fault: faultproxy.SlowDown, status: 503, says: "SlowDown", calls: 0, whole: true},
		{fault: faultproxy.Twice, status: 202, says: "hello, you", calls: 2, whole: true},
		{fault: faultproxy.Lost, calls: 1},
		{fault: faultproxy.Lost, calls: 1, answered: true},
		{fault: faultproxy.Truncate, status: 202, says: "hello", calls: 1},
		{fault: faultproxy.Truncate, status: 202, says: "hello", calls: 1, answered: true},
	}
	for _, test := range tests {
		t.Run(string(test.fault), func(t *testing.T) {
			url, calls := server(t)
			o := faultproxy.Options{Target: url, Refusal: faultproxy.S3Refusal}
			if test.answered {
				o.Answered = func(context.Context, *faultproxy.Call, *faultproxy.Answer) faultproxy.Fault { return test.fault }
			} else {
				o.Request = func(context.Context, *faultproxy.Call) faultproxy.Fault { return test.fault }
			}
			p := proxy(t, o)
			resp, text, err := post(t, p.URL()+"/a%2Fb/c?d=e", "you")
			if (resp != nil) != (test.status > 0) || (err == nil) != test.whole || !strings.Contains(text, test.says) {
				t.Errorf("got %v, %q, %v; want status %d and %q", resp, text, err, test.status, test.says)
			}
			if resp != nil && resp.StatusCode != test.status {
				t.Errorf("got status %d, want %d", resp.StatusCode, test.status)
			}
			if resp == nil && !errors.Is(err, syscall.ECONNRESET) && !errors.Is(err, io.EOF) {
				t.Errorf("got %v, want a reset", err)
			}
			if got := calls.Load(); got != test.calls {
				t.Errorf("%d calls reached the server, want %d", got, test.calls)
			}
			if got := p.Counts()[test.fault]; test.fault != faultproxy.None && got != 1 {
				t.Errorf("counted %d, want 1", got)
			}
		})
	}
}

func TestPassesOnAsSigned(t *testing.T) {
	url, _ := server(t)
	resp, _, err := post(t, proxy(t, faultproxy.Options{Target: url}).URL()+"/a%2Fb/c?d=e%20f", "")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := resp.Header.Get("X-Seen"), "signed.example /a%2Fb/c?d=e%20f"; got != want {
		t.Errorf("the server saw %q, want %q", got, want)
	}
}

// A call that is held reaches the server although its client has gone meanwhile.
func TestLateCall(t *testing.T) {
	url, calls := server(t)
	held, arrived := make(chan struct{}), make(chan struct{})
	p := proxy(t, faultproxy.Options{
		Target: url, Client: func() any { return "the client" },
		Request: func(ctx context.Context, c *faultproxy.Call) faultproxy.Fault {
			if c.Client != "the client" {
				t.Errorf("client %v", c.Client)
			}
			close(held)
			<-ctx.Done() // the client has gone
			return faultproxy.Lost
		},
		Answered: func(context.Context, *faultproxy.Call, *faultproxy.Answer) faultproxy.Fault { return faultproxy.None },
	})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		defer close(arrived)
		req, err := http.NewRequestWithContext(ctx, http.MethodPut, p.URL()+"/x", strings.NewReader("late"))
		if err != nil {
			t.Error(err)
			return
		}
		if resp, err := http.DefaultClient.Do(req); err == nil {
			resp.Body.Close()
			t.Error("got an answer, want none")
		}
	}()
	<-held
	cancel()
	<-arrived
	for end := time.Now().Add(10 * time.Second); calls.Load() == 0 && time.Now().Before(end); {
		time.Sleep(time.Millisecond)
	}
	if calls.Load() != 1 {
		t.Errorf("%d calls reached the server, want 1", calls.Load())
	}
}

func TestSQSRefusal(t *testing.T) {
	for status, code := range map[int]string{500: "InternalFailure", 503: "ServiceUnavailable"} {
		a := faultproxy.SQSRefusal(status)
		if a.Status != status || !strings.Contains(string(a.Body), "#"+code) {
			t.Errorf("%d: got %d %s", status, a.Status, a.Body)
		}
	}
}
