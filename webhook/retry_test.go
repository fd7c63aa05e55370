package webhook_test

import (
	"math"
	"math/rand/v2"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"hakbeon/webhook"
)

func always(x float64) func() float64 { return func() float64 { return x } }

func TestDelaySchedule(t *testing.T) {
	middle := []time.Duration{
		5 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute, 30 * time.Minute,
		time.Hour, 2 * time.Hour, 4 * time.Hour, 4 * time.Hour,
	}
	for i, want := range middle {
		got, ok := webhook.Delay(i+1, time.Minute, 0, always(0.5))
		if got != want || !ok {
			t.Errorf("attempt %d: got %v, %v, want %v", i+1, got, ok, want)
		}
		low, _ := webhook.Delay(i+1, time.Minute, 0, always(0))
		high, _ := webhook.Delay(i+1, time.Minute, 0, always(math.Nextafter(1, 0)))
		if low != want/2 || high > want*3/2 || high < want*14/10 {
			t.Errorf("attempt %d: between %v and %v, want %v to %v", i+1, low, high, want/2, want*3/2)
		}
	}
}

func TestDelayEdges(t *testing.T) {
	const three = webhook.GiveUpAfter
	tests := []struct {
		name              string
		attempt           int
		since, retryAfter time.Duration
		want              time.Duration
		ok                bool
	}{
		{"never attempted", 0, 0, 0, 5 * time.Second, true},
		{"negative attempt", -7, 0, 0, 5 * time.Second, true},
		{"very many attempts", math.MaxInt, 0, 0, 4 * time.Hour, true},
		{"clock went back", 1, -time.Hour, 0, 5 * time.Second, true},
		{"over", 3, three, 0, 0, false},
		{"long over", 3, 10 * three, 0, 0, false},
		{"last one at the end", 20, three - time.Minute, 0, time.Minute, true},
		{"receiver asks for more", 1, 0, time.Hour, time.Hour + 3*time.Minute, true},
		{"receiver asks for less", 6, 0, time.Second, time.Hour, true},
		{"receiver asks for too much", 1, 0, 1000 * time.Hour, 24*time.Hour + 72*time.Minute, true},
		{"receiver asks for a negative time", 1, 0, -time.Hour, 5 * time.Second, true},
		{"receiver asks for more than is left", 20, three - time.Minute, time.Hour, time.Minute, true},
	}
	for _, tt := range tests {
		got, ok := webhook.Delay(tt.attempt, tt.since, tt.retryAfter, always(0.5))
		if got != tt.want || ok != tt.ok {
			t.Errorf("%s: got %v, %v, want %v, %v", tt.name, got, ok, tt.want, tt.ok)
		}
	}
}

// A receiver that is down for three days sees its events at a decent rate, to
// the end and no longer.
func TestDelayOverThreeDays(t *testing.T) {
	for seed := range uint64(20) {
		synctest.Test(t, func(t *testing.T) {
			rnd := rand.New(rand.NewPCG(seed, 0))
			first := time.Now()
			attempts := 1
			for {
				wait, ok := webhook.Delay(attempts, time.Since(first), 0, rnd.Float64)
				if !ok {
					break
				}
				if wait <= 0 {
					t.Fatalf("attempt %d: waits %v", attempts, wait)
				}
				time.Sleep(wait)
				attempts++
			}
			if took := time.Since(first); took != webhook.GiveUpAfter {
				t.Errorf("gave up after %v, want %v", took, webhook.GiveUpAfter)
			}
			if attempts < 18 || attempts > 40 {
				t.Errorf("%d attempts in three days", attempts)
			}
		})
	}
}

func TestParseRetryAfter(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	tests := []struct {
		header string
		want   time.Duration
	}{
		{"", 0},
		{"0", 0},
		{"120", 2 * time.Minute},
		{" 120 ", 2 * time.Minute},
		{"86400", 24 * time.Hour},
		{"86401", 24 * time.Hour},
		{"99999999999999999999999", 24 * time.Hour},
		{"-5", 0},
		{"+5", 0},
		{"1.5", 0},
		{"1e3", 0},
		{"soon", 0},
		{"Sun, 01 Mar 2026 12:01:00 GMT", time.Minute},
		{"Sunday, 01-Mar-26 12:01:00 GMT", time.Minute},
		{"Sun Mar  1 12:01:00 2026", time.Minute},
		{"Sun, 01 Mar 2026 11:00:00 GMT", 0},
		{"Wed, 01 Mar 2056 12:00:00 GMT", 24 * time.Hour},
		{"Wed, 31 Dec 9999 23:59:59 GMT", 24 * time.Hour},
	}
	for _, tt := range tests {
		if got := webhook.ParseRetryAfter(tt.header, now); got != tt.want {
			t.Errorf("%q: got %v, want %v", tt.header, got, tt.want)
		}
	}
}

func FuzzParseRetryAfter(f *testing.F) {
	f.Add("120", int64(1_700_000_000))
	f.Add("Sun, 01 Mar 2026 12:01:00 GMT", int64(0))
	f.Fuzz(func(t *testing.T, header string, now int64) {
		got := webhook.ParseRetryAfter(header, unix(now))
		if got < 0 || got > 24*time.Hour {
			t.Fatalf("%q: got %v", header, got)
		}
		if at, err := http.ParseTime(header); err == nil && got > 0 && !at.After(unix(now)) {
			t.Fatalf("%q is past, got %v", header, got)
		}
		wait, ok := webhook.Delay(1, 0, got, rand.Float64)
		if !ok || wait < got {
			t.Fatalf("%q: asked for %v, waits %v", header, got, wait)
		}
	})
}
