package webhook_test

import (
	"encoding/json"
	"regexp"
	"testing"
	"time"

	"hakbeon/webhook"
)

func TestBody(t *testing.T) {
	seoul := time.FixedZone("KST", 9*3600)
	ts := time.Date(2017, 12, 18, 9, 30, 0, 123_456_789, seoul)
	tests := []struct{ name, data, want string }{
		{"object", `{"b": 1, "a": "<학번>"}`, `{"b":1,"a":"<학번>"}`},
		{"white space", "\n{ }\n", `{}`},
		{"numbers as they are", `{"confidence": 0.99980}`, `{"confidence":0.99980}`},
		{"null", `null`, `null`},
	}
	for _, tt := range tests {
		got, err := webhook.Body("sheet.recognized", ts, json.RawMessage(tt.data))
		must(t, err)
		want := `{"type":"sheet.recognized","timestamp":"2017-12-18T00:30:00.123Z","data":` + tt.want + `}`
		if string(got) != want {
			t.Errorf("%s: got %s, want %s", tt.name, got, want)
		}
		again, err := webhook.Body("sheet.recognized", ts.UTC(), json.RawMessage(tt.data))
		must(t, err)
		if string(again) != want {
			t.Errorf("%s: the same instant in another zone: got %s", tt.name, again)
		}
	}
}

func TestBodyEscapesTheType(t *testing.T) {
	got, err := webhook.Body(`a"b`, unix(0), json.RawMessage(`1`))
	must(t, err)
	if !json.Valid(got) {
		t.Errorf("got %s", got)
	}
}

func TestBodyRefuses(t *testing.T) {
	for _, tt := range []struct{ name, eventType, data string }{
		{"no type", "", `{}`},
		{"no data", "x", ``},
		{"broken data", "x", `{"a":`},
		{"two values", "x", `{} {}`},
	} {
		if got, err := webhook.Body(tt.eventType, unix(0), json.RawMessage(tt.data)); err == nil {
			t.Errorf("%s: got %s, want an error", tt.name, got)
		}
	}
}

func TestEventID(t *testing.T) {
	id := webhook.EventID("batch", "sheet", "1", "sheet.recognized")
	// Receivers store ids: changing how they are made repeats old events.
	if want := "evt_4af945aa5cbe8ee82d246bad62087845"; id != want {
		t.Errorf("got %s, want %s", id, want)
	}
	if !regexp.MustCompile(`^evt_[0-9a-f]{32}$`).MatchString(id) {
		t.Errorf("got %s", id)
	}
	seen := map[string][]string{}
	for _, parts := range [][]string{nil, {""}, {"", ""}, {"ab"}, {"a", "b"}, {"", "ab"}, {"ab", ""}, {"b", "a"}} {
		id := webhook.EventID(parts...)
		if other, taken := seen[id]; taken {
			t.Errorf("%q and %q have the same id", parts, other)
		}
		seen[id] = parts
	}
}
