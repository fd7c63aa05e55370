package page_test

import (
	"net/http"
	"strings"
	"testing"

	"hakbeon/s3store/layout"
)

// What one window shows the others are told, until it shows something else.
func TestClaims(t *testing.T) {
	s := serve(t)
	const one, two = "0123456789abcdef", "1123456789abcdef"
	s.store.sheet("b", one, 1, "")
	s.store.sheet("b", two, 1, "")
	events := s.events("/review/exams/e/b/events")
	events.next(t)
	claim := func(window, sheet string) {
		t.Helper()
		if status := s.post("/review/exams/e/b/claims", `{"window":"`+window+`","sheet":"`+sheet+`"}`, s.token()); status != http.StatusNoContent {
			t.Fatalf("got %d", status)
		}
	}
	claim("aaaaaaaa", one)
	if got := events.next(t); len(got.Claims[one]) != 1 || got.Claims[one][0] != "aaaaaaaa" || len(got.Sheets) != 0 {
		t.Errorf("one window: %+v", got)
	}
	claim("bbbbbbbb", two)
	if got := events.next(t); len(got.Claims) != 2 {
		t.Errorf("two windows: %+v", got)
	}
	claim("aaaaaaaa", "")
	if got := events.next(t); len(got.Claims) != 1 || got.Claims[two] == nil {
		t.Errorf("one of them has gone: %+v", got)
	}
	if late := s.events("/review/exams/e/b/events").next(t); len(late.Claims) != 1 {
		t.Errorf("who comes late is told: %+v", late)
	}
	for _, body := range []string{`{"window":"../../x","sheet":""}`, `{"window":"aaaaaaaa","sheet":"x"}`, `{`, `{"window":"aaaaaaaa","other":1}`, strings.Repeat(" ", 2000) + `{}`} {
		if status := s.post("/review/exams/e/b/claims", body, s.token()); status != http.StatusBadRequest {
			t.Errorf("%.40s: got %d", body, status)
		}
	}
	if status := s.post("/review/exams/e/deleted/claims", `{"window":"aaaaaaaa","sheet":""}`, s.token()); status != http.StatusNotFound {
		t.Errorf("of a batch that is gone: got %d", status)
	}
	if n := len(s.store.list(layout.Batch{ExamCode: "e", BatchID: "b"}.Claim(""))); n != 2 {
		t.Errorf("there are %d claims", n)
	}
}
