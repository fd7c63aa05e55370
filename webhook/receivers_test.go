package webhook_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"hakbeon/webhook"
)

const hook = "https://backend.example.com/hooks?token=secret"

func receivers(t testing.TB, o webhook.ReceiversOptions) *webhook.Receivers {
	t.Helper()
	r, err := webhook.NewReceivers(o)
	must(t, err)
	return r
}

// try asks for a delivery and reports its outcome; nil if it was admitted.
func try(t testing.TB, r *webhook.Receivers, url string, outcome error) *webhook.DeferredError {
	t.Helper()
	done, err := r.Admit(url)
	if err != nil {
		d, ok := errors.AsType[*webhook.DeferredError](err)
		if !ok || d.After <= 0 {
			t.Fatalf("got %v, want a time", err)
		}
		return d
	}
	done(outcome)
	return nil
}

var down = &webhook.Error{Reason: webhook.ReasonConnect}

func TestCircuit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := receivers(t, webhook.ReceiversOptions{Failures: 3, OpenFor: 10 * time.Second})
		state := func() string { return r.States()["https://backend.example.com"] }
		for range 3 {
			if d := try(t, r, hook, down); d != nil {
				t.Fatalf("put off while closed: %v", d)
			}
		}
		if d := try(t, r, hook, nil); d == nil || d.Cause != webhook.CauseCircuit || d.After < 10*time.Second || state() != "open" {
			t.Fatalf("got %v, %s; want it open for 10 s at least", d, state())
		}
		if d := try(t, r, "https://other.example.com/", nil); d != nil {
			t.Errorf("another receiver was put off: %v", d)
		}
		time.Sleep(10*time.Second + time.Millisecond)
		probe, err := r.Admit(hook)
		if err != nil || state() != "half-open" {
			t.Fatalf("got %v, %s; want one probe", err, state())
		}
		if d := try(t, r, hook, nil); d == nil {
			t.Error("two probes at once")
		}
		probe(down)
		if d := try(t, r, hook, nil); d == nil || state() != "open" {
			t.Errorf("got %v, %s after a probe that failed", d, state())
		}
		time.Sleep(10*time.Second + time.Millisecond)
		if d := try(t, r, hook, webhook.ErrNotTried); d != nil {
			t.Fatal(d)
		}
		if d := try(t, r, hook, nil); d != nil || state() != "closed" {
			t.Errorf("got %v, %s after a probe that got through", d, state())
		}
	})
}

// The longer a receiver is away, the more seldom its backlog asks; never less
// often than every eleven minutes.
func TestBacklogOfADeadReceiver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := receivers(t, webhook.ReceiversOptions{})
		begin := time.Now()
		asked, longest := 0, time.Duration(0)
		for time.Since(begin) < 72*time.Hour {
			d := try(t, r, hook, down)
			if d == nil {
				continue // a probe, by another delivery
			}
			asked++
			longest = max(longest, d.After)
			time.Sleep(d.After)
		}
		if asked > 72*60/4 || longest > 11*time.Minute {
			t.Errorf("asked %d times in three days, at most %v apart", asked, longest)
		}
	})
}

// What an outcome says of the receiver as a whole.
func TestWhatOpensACircuit(t *testing.T) {
	opens := map[webhook.Reason]bool{
		webhook.ReasonDNS: true, webhook.ReasonConnect: true, webhook.ReasonTLS: true, webhook.ReasonTimeout: true,
		webhook.ReasonBroken: true, webhook.ReasonTooMany: true, webhook.Reason5xx: true, webhook.ReasonOddStatus: true,
	}
	for _, reason := range webhook.Reasons() {
		r := receivers(t, webhook.ReceiversOptions{Failures: 2})
		for range 4 {
			try(t, r, hook, &webhook.Error{Reason: reason})
		}
		if got := try(t, r, hook, nil) != nil; got != opens[reason] {
			t.Errorf("%s: opens the circuit: %v, want %v", reason, got, opens[reason])
		}
	}
	r := receivers(t, webhook.ReceiversOptions{Failures: -1})
	for range 100 {
		if d := try(t, r, hook, down); d != nil {
			t.Fatal("put off although there is no circuit")
		}
	}
}

// A backlog of 1,000 is given to a receiver at its rate, and each delivery comes
// round about once.
func TestPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := receivers(t, webhook.ReceiversOptions{Rate: 20})
		begin := time.Now()
		due := map[time.Time]int{begin: 1000}
		delivered, asked := map[int]int{}, 0
		for total := 0; total < 1000; time.Sleep(time.Second) {
			now := time.Now()
			for at, n := range due {
				if at.After(now) {
					continue
				}
				delete(due, at)
				for range n {
					asked++
					d := try(t, r, hook, nil)
					if d == nil {
						total++
						delivered[int(now.Sub(begin)/time.Second)]++
						continue
					}
					if d.Cause != webhook.CauseRate {
						t.Fatal(d)
					}
					due[now.Add(d.After.Truncate(time.Second)+time.Second)]++
				}
			}
		}
		if took := time.Since(begin); took < 45*time.Second || took > 70*time.Second {
			t.Errorf("took %v, want about 50 s", took)
		}
		for second, n := range delivered {
			if n > 40 {
				t.Errorf("%d in second %d", n, second)
			}
		}
		if asked > 2500 {
			t.Errorf("1,000 deliveries asked %d times", asked)
		}
	})
}

// However many receivers there are, so many are known.
func TestTrackedReceiversAreBounded(t *testing.T) {
	r := receivers(t, webhook.ReceiversOptions{Tracked: 10})
	for i := range 1000 {
		try(t, r, fmt.Sprintf("https://h%d.example.com/path?token=%d", i, i), down)
	}
	states := r.States()
	if len(states) != 10 || states["https://h999.example.com"] != "closed" {
		t.Errorf("got %v", states)
	}
	try(t, r, "://", nil)
}

// With a real receiver on a socket: after its failures it is left alone, and one
// probe finds out that it is back.
func TestCircuitOnASocket(t *testing.T) {
	var got atomic.Int32
	var well atomic.Bool
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		got.Add(1)
		if !well.Load() {
			w.WriteHeader(http.StatusBadGateway)
		}
	}))
	defer server.Close()
	c := client(t, webhook.Options{Allowed: allowed(t, "127.0.0.1")})
	r := receivers(t, webhook.ReceiversOptions{Failures: 2, OpenFor: 200 * time.Millisecond})
	deliver := func() error {
		done, err := r.Admit(server.URL)
		if err != nil {
			return err
		}
		err = c.Post(t.Context(), server.URL, "evt_1", []byte("{}"))
		done(err)
		return err
	}
	for range 10 {
		if deliver() == nil {
			t.Error("a failing receiver took an event")
		}
	}
	if n := got.Load(); n != 2 {
		t.Errorf("the receiver was asked %d times, want 2", n)
	}
	well.Store(true)
	time.Sleep(250 * time.Millisecond)
	if err := deliver(); err != nil || got.Load() != 3 {
		t.Errorf("got %v after %d requests", err, got.Load())
	}
	if err := deliver(); err != nil {
		t.Error(err)
	}
}

// A delivery that waits for no turn takes one from those to come.
func TestFirstInTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := receivers(t, webhook.ReceiversOptions{Rate: 10})
		for range 20 {
			if d := try(t, r, hook, nil); d != nil {
				t.Fatal(d)
			}
		}
		for range 5 {
			done, err := r.AdmitFirst(hook)
			must(t, err)
			done(nil)
		}
		time.Sleep(450 * time.Millisecond)
		if d := try(t, r, hook, nil); d == nil {
			t.Error("five were taken ahead of their turn, and the next one did not wait for it")
		}
		time.Sleep(200 * time.Millisecond)
		if d := try(t, r, hook, nil); d != nil {
			t.Error(d)
		}
		for range 5 {
			if d := try(t, r, hook, down); d != nil {
				time.Sleep(time.Second)
			}
		}
		time.Sleep(time.Minute)
		for range 5 {
			try(t, r, hook, down)
		}
		if _, err := r.AdmitFirst(hook); err == nil {
			t.Error("admitted to a receiver whose circuit is open")
		}
	})
}
