package sink_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"go.uber.org/goleak"

	"hakbeon/lab/devstack/sink"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var secret = "whsec_" + base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{7}, 32))

// bucket returns an Exists function for a bucket that holds the keys.
func bucket(keys ...string) func(context.Context, string) (bool, error) {
	return func(_ context.Context, key string) (bool, error) { return slices.Contains(keys, key), nil }
}

func newSink(t *testing.T, o sink.Options) *sink.Sink {
	t.Helper()
	if o.Secret == "" {
		o.Secret = secret
	}
	if o.Exists == nil {
		o.Exists = bucket()
	}
	s, err := sink.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// signed returns a delivery as a sender makes it.
func signed(t *testing.T, id string, at time.Time, body string) *http.Request {
	t.Helper()
	w, err := standardwebhooks.NewWebhook(secret)
	if err != nil {
		t.Fatal(err)
	}
	signature, err := w.Sign(id, at, []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/hook", strings.NewReader(body))
	r.Header.Set("webhook-id", id)
	r.Header.Set("webhook-timestamp", strconv.FormatInt(at.Unix(), 10))
	r.Header.Set("webhook-signature", signature)
	return r
}

func do(s http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

func deliver(t *testing.T, s http.Handler, id, body string) int {
	t.Helper()
	return do(s, signed(t, id, time.Now(), body)).Code
}

type page struct {
	Events []sink.Event
	Next   int64
	Oldest int64
}

func events(t *testing.T, s http.Handler, query string) page {
	t.Helper()
	w := do(s, httptest.NewRequest(http.MethodGet, "/events?"+query, nil))
	if w.Code != http.StatusOK {
		t.Fatalf("GET /events?%s: %d %s", query, w.Code, w.Body)
	}
	var p page
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
		t.Fatal(err)
	}
	return p
}

func behave(t *testing.T, s http.Handler, text string) int {
	t.Helper()
	return do(s, httptest.NewRequest(http.MethodPost, "/behave", strings.NewReader(text))).Code
}

func TestSignature(t *testing.T) {
	now := time.Now()
	tests := []struct {
		name     string
		at       time.Time
		change   func(*http.Request)
		status   int
		verified bool
		problem  string
	}{
		{"right", now, func(*http.Request) {}, 204, true, ""},
		{"second of two signatures", now, func(r *http.Request) {
			r.Header.Set("webhook-signature", "v1,AAAA "+r.Header.Get("webhook-signature"))
		}, 204, true, ""},
		{"four minutes old", now.Add(-4 * time.Minute), func(*http.Request) {}, 204, true, ""},
		{"six minutes old", now.Add(-6 * time.Minute), func(*http.Request) {}, 401, false, "too old"},
		{"six minutes ahead", now.Add(6 * time.Minute), func(*http.Request) {}, 401, false, "too new"},
		{"another id", now, func(r *http.Request) { r.Header.Set("webhook-id", "msg_2") }, 401, false, "no matching"},
		{"another time", now, func(r *http.Request) {
			r.Header.Set("webhook-timestamp", strconv.FormatInt(now.Unix()-1, 10))
		}, 401, false, "no matching"},
		{"unsigned", now, func(r *http.Request) { r.Header.Del("webhook-signature") }, 401, false, "missing required"},
		{"asymmetric", now, func(r *http.Request) {
			r.Header.Set("webhook-signature", strings.Replace(r.Header.Get("webhook-signature"), "v1,", "v1a,", 1))
		}, 401, false, "no matching"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := newSink(t, sink.Options{})
			r := signed(t, "msg_1", test.at, `{"type":"sheet.recognized"}`)
			test.change(r)
			if got := do(s, r).Code; got != test.status {
				t.Errorf("got status %d, want %d", got, test.status)
			}
			e := events(t, s, "").Events
			if len(e) != 1 || e[0].Verified != test.verified || !strings.Contains(e[0].Problem, test.problem) {
				t.Errorf("got events %+v, want one, verified %v, problem %q", e, test.verified, test.problem)
			}
		})
	}
}

func TestLedgerEntry(t *testing.T) {
	s := newSink(t, sink.Options{})
	body := `{"type": "sheet.failed",  "data": {"reason": "<image & key>", "이름": "학번"}}`
	before := time.Now()
	deliver(t, s, "msg_1", body)
	p := events(t, s, "")
	if len(p.Events) != 1 || p.Next != 1 || p.Oldest != 1 {
		t.Fatalf("got %+v, want one event", p)
	}
	e := p.Events[0]
	if e.Seq != 1 || e.ID != "msg_1" || e.Type != "sheet.failed" || e.Body != body || !e.SameBodyAsFirst {
		t.Errorf("got %+v", e)
	}
	if e.ReceivedAt.Before(before) || time.Since(e.ReceivedAt) < 0 {
		t.Errorf("received at %s, want now", e.ReceivedAt)
	}
}

func TestMissingObjects(t *testing.T) {
	tests := []struct {
		name, body string
		want       []string
	}{
		{"all there", `{"data":{"meta":{"s3_keys":{"original":"a","result":"학번 +%.json"}}}}`, []string{}},
		{"one is not", `{"data":{"meta":{"s3_keys":{"original":"a","header":"gone"}}}}`, []string{"gone"}},
		{"null promises nothing", `{"data":{"meta":{"s3_keys":{"original":null,"header":"a"}}}}`, []string{}},
		{"of a batch", `{"data":{"s3_keys":{"summary":"a","report":"gone.xlsx"}}}`, []string{"gone.xlsx"}},
		{"in both places", `{"data":{"s3_keys":{"summary":"gone 2"},"meta":{"s3_keys":{"result":"gone 1"}}}}`, []string{"gone 1", "gone 2"}},
		{"no keys", `{"data":{"meta":{}}}`, []string{}},
		{"not JSON", `data`, []string{}},
		{"keys are not an object", `{"data":{"meta":{"s3_keys":["gone"]}}}`, []string{}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := newSink(t, sink.Options{Exists: bucket("a", "학번 +%.json")})
			if got := deliver(t, s, "msg", test.body); got != 204 {
				t.Errorf("got status %d, want 204", got)
			}
			got := events(t, s, "").Events[0].Missing
			slices.Sort(got)
			if got == nil || !slices.Equal(got, test.want) {
				t.Errorf("missing: got %#v, want %#v", got, test.want)
			}
		})
	}
}

// The objects are looked for when the delivery arrives, not when the ledger
// is read.
func TestMissingIsAsOfArrival(t *testing.T) {
	there := false
	s := newSink(t, sink.Options{Exists: func(context.Context, string) (bool, error) { return there, nil }})
	body := `{"data":{"meta":{"s3_keys":{"original":"a"}}}}`
	deliver(t, s, "early", body)
	there = true
	deliver(t, s, "late", body)
	e := events(t, s, "").Events
	if len(e[0].Missing) != 1 || len(e[1].Missing) != 0 {
		t.Errorf("missing: got %v, then %v; want one, then none", e[0].Missing, e[1].Missing)
	}
}

func TestBucketCannotBeAsked(t *testing.T) {
	s := newSink(t, sink.Options{Exists: func(context.Context, string) (bool, error) { return false, errors.New("down") }})
	if got := deliver(t, s, "msg", `{"data":{"s3_keys":{"a":"a"}}}`); got != http.StatusServiceUnavailable {
		t.Errorf("got status %d, want 503", got)
	}
	if n := len(events(t, s, "").Events); n != 0 {
		t.Errorf("%d events are in the ledger, want none", n)
	}
}

func TestSameBodyAsFirst(t *testing.T) {
	s := newSink(t, sink.Options{})
	for _, d := range []struct{ id, body string }{{"a", "1"}, {"a", "1"}, {"b", "2"}, {"a", "2"}, {"a", "1"}} {
		deliver(t, s, d.id, d.body)
	}
	want := []bool{true, true, true, false, true}
	for i, e := range events(t, s, "").Events {
		if e.SameBodyAsFirst != want[i] {
			t.Errorf("delivery %d: got %v, want %v", i, e.SameBodyAsFirst, want[i])
		}
	}
}

// A forged delivery must not decide what the genuine one is compared with.
func TestForgedSetsNoPrecedent(t *testing.T) {
	s := newSink(t, sink.Options{})
	forged := signed(t, "a", time.Now(), "forged")
	forged.Header.Set("webhook-signature", "v1,AAAA")
	do(s, forged)
	deliver(t, s, "a", "genuine")
	if e := events(t, s, "").Events; !e[1].SameBodyAsFirst {
		t.Error("the genuine delivery was compared with the forged one")
	}
}

func TestBodyIsBounded(t *testing.T) {
	s := newSink(t, sink.Options{})
	if got := deliver(t, s, "a", strings.Repeat("x", 1<<20)); got != 204 {
		t.Errorf("1 MiB: got status %d, want 204", got)
	}
	if got := deliver(t, s, "b", strings.Repeat("x", 1<<20+1)); got != http.StatusRequestEntityTooLarge {
		t.Errorf("1 MiB and a byte: got status %d, want 413", got)
	}
	if n := len(events(t, s, "").Events); n != 1 {
		t.Errorf("%d events are in the ledger, want 1", n)
	}
}

func TestNewRefusesSecrets(t *testing.T) {
	for _, secret := range []string{"", "whsec_", "whsec_c2hvcnQ=", "whsec_" + strings.Repeat("!", 40)} {
		if _, err := sink.New(sink.Options{Secret: secret, Exists: bucket()}); err == nil {
			t.Errorf("secret %q was accepted", secret)
		}
	}
}

func TestUnknownPaths(t *testing.T) {
	s := newSink(t, sink.Options{})
	for _, r := range []struct{ method, path string }{{"GET", "/hook"}, {"POST", "/"}, {"POST", "/events"}, {"DELETE", "/behave"}} {
		if got := do(s, httptest.NewRequest(r.method, r.path, nil)).Code; got != 404 && got != 405 {
			t.Errorf("%s %s: got status %d, want 404 or 405", r.method, r.path, got)
		}
	}
}
