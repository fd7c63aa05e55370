package sink_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"hakbeon/lab/devstack/sink"
)

func TestLedgerIsBounded(t *testing.T) {
	tests := []struct {
		name   string
		o      sink.Options
		oldest int64
	}{
		{"by number", sink.Options{MaxEvents: 3}, 8},
		{"by bytes", sink.Options{MaxBytes: 45}, 7},
		{"never the newest", sink.Options{MaxBytes: 1}, 10},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := newSink(t, test.o)
			for i := range 10 {
				deliver(t, s, fmt.Sprint("msg_", i), strings.Repeat("x", 10))
			}
			p := events(t, s, "after=2")
			if p.Oldest != test.oldest || p.Events[0].Seq != test.oldest || p.Next != 10 {
				t.Errorf("got oldest %d, first %d, next %d; want %d, the same, 10", p.Oldest, p.Events[0].Seq, p.Next, test.oldest)
			}
		})
	}
}

func TestPaging(t *testing.T) {
	s := newSink(t, sink.Options{})
	for i := range 5 {
		deliver(t, s, fmt.Sprint(i), "{}")
	}
	tests := []struct {
		query string
		ids   string
		next  int64
	}{
		{"", "01234", 5}, {"after=0", "01234", 5}, {"after=3", "34", 5}, {"after=5", "", 5}, {"after=9", "", 9},
		{"after=1&limit=2", "12", 3}, {"limit=0", "0", 1},
	}
	for _, test := range tests {
		p := events(t, s, test.query)
		var ids string
		for _, e := range p.Events {
			ids += e.ID
		}
		if ids != test.ids || p.Next != test.next {
			t.Errorf("%q: got %q, next %d; want %q, next %d", test.query, ids, p.Next, test.ids, test.next)
		}
	}
	for _, query := range []string{"after=x", "after=-1", "wait=x", "limit=1.5", "wait=99999999999"} {
		if got := do(s, httptest.NewRequest(http.MethodGet, "/events?"+query, nil)).Code; got != http.StatusBadRequest {
			t.Errorf("%q: got status %d, want 400", query, got)
		}
	}
}

func TestLongPoll(t *testing.T) {
	tests := []struct {
		name  string
		query string
		after time.Duration // when a delivery comes; 0 for never
		took  time.Duration
		n     int
	}{
		{"a delivery ends it", "wait=20", 3 * time.Second, 3 * time.Second, 1},
		{"nothing comes", "wait=20", 0, 20 * time.Second, 0},
		{"without a wait", "", 3 * time.Second, 0, 0},
		{"at most a minute", "wait=3600", 0, time.Minute, 0},
		{"only what is after it", "after=1&wait=10", 3 * time.Second, 10 * time.Second, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newSink(t, sink.Options{})
				began := time.Now()
				if test.after > 0 {
					r := signed(t, "a", began.Add(test.after), "{}")
					time.AfterFunc(test.after, func() { do(s, r) })
				}
				p := events(t, s, test.query)
				if took := time.Since(began); took != test.took || len(p.Events) != test.n {
					t.Errorf("got %d events after %s, want %d after %s", len(p.Events), took, test.n, test.took)
				}
				synctest.Wait()
				time.Sleep(test.after)
			})
		})
	}
}

func TestLongPollEndsWithTheClient(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSink(t, sink.Options{})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		do(s, httptest.NewRequest(http.MethodGet, "/events?wait=30", nil).WithContext(ctx))
		if took := time.Since(began); took != time.Second {
			t.Errorf("the poll took %s after its client had gone at 1 s", took)
		}
	})
}

func TestConcurrentDeliveries(t *testing.T) {
	s := newSink(t, sink.Options{})
	const senders, each = 8, 50
	requests := make([][]*http.Request, senders)
	for i := range requests {
		for j := range each {
			requests[i] = append(requests[i], signed(t, fmt.Sprintf("%d-%d", i, j), time.Now(), "{}"))
		}
	}
	var wg sync.WaitGroup
	for _, mine := range requests {
		wg.Go(func() {
			for _, r := range mine {
				do(s, r)
			}
		})
	}
	wg.Wait()
	seen := map[string]bool{}
	for i, e := range events(t, s, "").Events {
		if e.Seq != int64(i+1) || seen[e.ID] {
			t.Fatalf("event %d has number %d and id %s", i, e.Seq, e.ID)
		}
		seen[e.ID] = true
	}
	if len(seen) != senders*each {
		t.Errorf("%d events are in the ledger, want %d", len(seen), senders*each)
	}
}
