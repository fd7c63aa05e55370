package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"time"

	"hakbeon/exam"
	"hakbeon/lab/embedded"
)

// hooks follows the webhooks as the receiver gets them.
type hooks struct {
	d     *Demo
	total int

	seen     map[string]bool
	latest   map[string]int // highest version received, by sheet
	problems []string
	ended    time.Time
}

// follow shows each webhook until the batch's event and every sheet's final
// version have come.
func (h *hooks) follow(ctx context.Context) error {
	var after int64
	final := map[string]bool{}
	for h.ended.IsZero() || len(final) < h.total {
		if !h.ended.IsZero() && time.Since(h.ended) > settleWithin {
			return fmt.Errorf("%d sheets have no final webhook %v after the batch's", h.total-len(final), settleWithin)
		}
		events, next, err := h.d.Sink.Events(ctx, after, 2*time.Second)
		if err != nil {
			return fmt.Errorf("ask the webhook receiver: %w", err)
		}
		after = next
		for _, e := range events {
			if err := h.take(e, final); err != nil {
				return err
			}
		}
	}
	return nil
}

func (h *hooks) take(e embedded.Event, final map[string]bool) error {
	var body struct {
		Data exam.Result `json:"data"`
	}
	if err := json.Unmarshal([]byte(e.Body), &body); err != nil {
		return fmt.Errorf("webhook %s: %w", e.ID, err)
	}
	if !e.Verified || len(e.Missing) > 0 || !e.SameBodyAsFirst {
		h.problems = append(h.problems, fmt.Sprintf("webhook %s: verified %v, missing objects %v, same body %v", e.ID, e.Verified, e.Missing, e.SameBodyAsFirst))
	}
	repeat := h.seen[e.ID]
	h.seen[e.ID] = true
	if e.Type == exam.EventCompleted {
		if !repeat {
			h.ended = time.Now()
			h.d.sayf("webhook  %-19s %s\n", e.Type, e.ID)
		}
		return nil
	}
	r := body.Data
	h.latest[r.Sheet] = max(h.latest[r.Sheet], r.Version)
	if r.Final {
		final[r.Sheet] = true
	}
	h.d.sayf("webhook  %-19s %-8s v%d  %-10s %.4f  %s\n", e.Type, r.Filename, r.Version, or(r.Student(), "-"), r.Confidence, strings.TrimPrefix(r.Meta.Reason, "success"))
	h.d.Progress("reading", len(h.latest), h.total)
	return nil
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// serial makes a function that may be called from many goroutines.
func serial(f func()) func() {
	var mu sync.Mutex
	return func() {
		mu.Lock()
		defer mu.Unlock()
		f()
	}
}
