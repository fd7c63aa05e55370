package webhook_test

import (
	"encoding/json"
	"io"
	"net/http"
	"sync"
	"testing"
	"time"

	"hakbeon/webhook"
)

// A test event is one that a receiver takes as any other: signed, and never twice the
// same.
func TestPostTest(t *testing.T) {
	var mu sync.Mutex
	ids := map[string]bool{}
	s := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err == nil {
			err = webhook.Verify(secrets(t, oldSecret), r.Header, body, time.Now())
		}
		if err != nil {
			t.Error(err)
		}
		var event struct {
			Type string
			Data struct{ Success bool }
		}
		if err := json.Unmarshal(body, &event); err != nil || event.Type != webhook.EventTest || !event.Data.Success {
			t.Errorf("got %s, %v", body, err)
		}
		mu.Lock()
		defer mu.Unlock()
		ids[r.Header.Get(webhook.HeaderID)] = true
	})
	c := loopback(t)
	for range 2 {
		id, err := c.PostTest(t.Context(), s.URL)
		must(t, err)
		mu.Lock()
		if !ids[id] {
			t.Errorf("the receiver did not get %s", id)
		}
		mu.Unlock()
	}
	if len(ids) != 2 {
		t.Errorf("got %d ids of two events", len(ids))
	}
	if _, err := c.PostTest(t.Context(), "http://10.0.0.1/"); err == nil {
		t.Error("an address that deliveries refuse was taken")
	}
}
