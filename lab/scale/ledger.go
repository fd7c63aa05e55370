package main

import (
	"context"
	"maps"
	"net/http"
	"strings"
	"sync"
	"time"

	"hakbeon/lab/faultproxy"
	"hakbeon/s3store/layout"
)

// ledger counts the workers' calls by kind, and notes what they say of batches' ends.
type ledger struct {
	mu      sync.Mutex
	calls   map[string]int
	batches map[layout.Batch]*course
}

// course is how far a batch has come.
type course struct {
	results int
	read    time.Time      // when the last first version of a result was written
	calls   map[string]int // until then
	summary time.Time
	told    time.Time // when the receiver was told of the end
	whole   chan struct{}
	ended   chan struct{}
	sheets  int
}

func newLedger() *ledger {
	return &ledger{calls: map[string]int{}, batches: map[layout.Batch]*course{}}
}

// expect begins to follow a batch.
func (l *ledger) expect(b layout.Batch, sheets int) *course {
	l.mu.Lock()
	defer l.mu.Unlock()
	c := &course{whole: make(chan struct{}), ended: make(chan struct{}), sheets: sheets}
	l.batches[b] = c
	return c
}

// counted is a copy of all calls.
func (l *ledger) counted() map[string]int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return maps.Clone(l.calls)
}

// s3 is told of each answer of S3.
func (l *ledger) s3(_ context.Context, c *faultproxy.Call, a *faultproxy.Answer) faultproxy.Fault {
	kind, key := s3Kind(c)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.calls[kind]++
	b, record, ok := ofBatch(key)
	at := l.batches[b]
	if !ok || at == nil || c.Method != http.MethodPut || a.Status != http.StatusOK {
		return faultproxy.None
	}
	switch {
	case strings.HasPrefix(record, "sheets/") && c.Header.Get("If-None-Match") != "":
		at.results++
		at.read = time.Now()
		if at.results == at.sheets {
			at.calls = maps.Clone(l.calls)
			close(at.whole)
		}
	case record == "summary.json" && at.summary.IsZero():
		at.summary = time.Now()
	}
	return faultproxy.None
}

// sqs is told of each answer of SQS.
func (l *ledger) sqs(_ context.Context, c *faultproxy.Call, _ *faultproxy.Answer) faultproxy.Fault {
	_, action, _ := strings.Cut(c.Header.Get("X-Amz-Target"), ".")
	l.mu.Lock()
	defer l.mu.Unlock()
	l.calls["SQS "+action]++
	return faultproxy.None
}

// completed is told of a batch.completed; true for the first.
func (l *ledger) completed(b layout.Batch) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if c := l.batches[b]; c != nil && c.told.IsZero() {
		c.told = time.Now()
		close(c.ended)
	}
}

// s3Kind says what a call of S3 does to which kind of object, and its key.
func s3Kind(c *faultproxy.Call) (kind, key string) {
	_, key, _ = strings.Cut(strings.TrimPrefix(c.URL.Path, "/"), "/")
	query := c.URL.Query()
	op := map[string]string{http.MethodGet: "GET", http.MethodHead: "HEAD", http.MethodPut: "PUT", http.MethodPost: "POST", http.MethodDelete: "DELETE"}[c.Method]
	switch {
	case query.Has("list-type"):
		op, key = "LIST", query.Get("prefix")
	case query.Has("delete"):
		op = "DELETE"
	case c.Header.Get("X-Amz-Copy-Source") != "":
		op = "COPY"
	}
	place, _, _ := strings.Cut(key, "/")
	if _, record, ok := ofBatch(key); ok {
		place, _, _ = strings.Cut(record, "/")
	}
	return op + " " + place, key
}

// ofBatch takes a key under results/ apart.
func ofBatch(key string) (b layout.Batch, record string, ok bool) {
	parts := strings.SplitN(key, "/", 4)
	if len(parts) < 4 || parts[0] != "results" {
		return b, "", false
	}
	return layout.Batch{ExamCode: parts[1], BatchID: parts[2]}, parts[3], true
}

// sum adds up the calls of a service in the difference of two counts.
func sum(before, after map[string]int, sqs bool) (n int) {
	for kind, count := range after {
		if strings.HasPrefix(kind, "SQS ") == sqs {
			n += count - before[kind]
		}
	}
	return n
}
