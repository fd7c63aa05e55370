package sink_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"hakbeon/lab/devstack/sink"
)

func TestBehaviour(t *testing.T) {
	tests := []struct {
		name, behaviour string
		want            []int
	}{
		{"some failures", `{"status":503,"times":3}`, []int{503, 503, 503, 204, 204}},
		{"one by default", `{"status":410}`, []int{410, 204, 204}},
		{"until changed", `{"status":500,"times":-1}`, []int{500, 500, 500, 500}},
		{"back to normal", `{"status":0,"times":2}`, []int{204, 204, 204}},
		{"a redirect", `{"status":302,"location":"http://127.0.0.1:1/"}`, []int{302, 204}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := newSink(t, sink.Options{})
			if got := behave(t, s, test.behaviour); got != 204 {
				t.Fatalf("POST /behave: got status %d, want 204", got)
			}
			var got []int
			for range test.want {
				got = append(got, deliver(t, s, "a", "{}"))
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("got statuses %v, want %v", got, test.want)
			}
			var requests []sink.Request
			if err := json.Unmarshal(do(s, httptest.NewRequest(http.MethodGet, "/requests", nil)).Body.Bytes(), &requests); err != nil {
				t.Fatal(err)
			}
			for i, r := range requests {
				if r.ID != "a" || r.Status != test.want[i] || len(requests) != len(test.want) {
					t.Errorf("request %d of %d: got %+v, want status %d", i, len(requests), r, test.want[i])
				}
			}
			taken := 0
			for _, status := range got {
				if status == 204 {
					taken++
				}
			}
			if n := len(events(t, s, "").Events); n != taken {
				t.Errorf("%d events are in the ledger, want the %d that were taken", n, taken)
			}
		})
	}
}

func TestBehaviourHeaders(t *testing.T) {
	s := newSink(t, sink.Options{})
	behave(t, s, `{"status":307,"retry_after":2,"location":"http://127.0.0.1:1/"}`)
	h := do(s, signed(t, "a", time.Now(), "{}")).Header()
	if h.Get("Retry-After") != "2" || h.Get("Location") != "http://127.0.0.1:1/" {
		t.Errorf("got headers %v", h)
	}
}

func TestBehaviourIsReplaced(t *testing.T) {
	s := newSink(t, sink.Options{})
	behave(t, s, `{"status":500,"times":-1}`)
	deliver(t, s, "a", "{}")
	behave(t, s, `{}`)
	if got := deliver(t, s, "a", "{}"); got != 204 {
		t.Errorf("got status %d after the behaviour was taken back, want 204", got)
	}
}

func TestBehaviourShown(t *testing.T) {
	s := newSink(t, sink.Options{})
	behave(t, s, `{"status":503,"times":3}`)
	deliver(t, s, "a", "{}")
	deliver(t, s, "a", "{}")
	var got struct {
		Status, Times int
		Refused       int64
	}
	w := do(s, httptest.NewRequest(http.MethodGet, "/behave", nil))
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if got.Status != 503 || got.Times != 1 || got.Refused != 2 {
		t.Errorf("got %+v, want 503, once more, two refused", got)
	}
}

func TestBehaviourRefused(t *testing.T) {
	s := newSink(t, sink.Options{})
	for _, text := range []string{``, `[]`, `{"status":99}`, `{"status":600}`, `{"stauts":503}`, `{"times":"many"}`} {
		if got := behave(t, s, text); got != http.StatusBadRequest {
			t.Errorf("%s: got status %d, want 400", text, got)
		}
	}
}

func TestDelay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSink(t, sink.Options{})
		behave(t, s, `{"delay_ms":1500}`)
		began := time.Now()
		if got := deliver(t, s, "a", "{}"); got != 204 {
			t.Errorf("got status %d, want 204", got)
		}
		if took := time.Since(began); took != 1500*time.Millisecond {
			t.Errorf("the reply took %s, want 1.5 s", took)
		}
	})
}

// A reply may be lost after the delivery was taken: the sender sees an error,
// the ledger has the event.
func TestLoseReply(t *testing.T) {
	s := newSink(t, sink.Options{})
	server := httptest.NewServer(s)
	defer server.Close()
	behave(t, s, `{"lose_reply":true}`)
	for i, fails := range []bool{true, false} {
		r := signed(t, "a", time.Now(), "{}")
		r.RequestURI = ""
		r.URL.Scheme, r.URL.Host = "http", server.Listener.Addr().String()
		resp, err := server.Client().Do(r)
		if err == nil {
			resp.Body.Close()
		}
		if errors.Is(err, io.EOF) != fails {
			t.Errorf("delivery %d: got error %v, want one: %v", i, err, fails)
		}
	}
	if n := len(events(t, s, "").Events); n != 2 {
		t.Errorf("%d events are in the ledger, want 2", n)
	}
}
