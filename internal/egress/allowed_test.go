package egress_test

import (
	"strings"
	"testing"

	"hakbeon/internal/egress"
)

func TestParseAllowedRefuses(t *testing.T) {
	for _, list := range []string{
		"*", "*.example.com", "https://example.com", "example.com/path", "example.com:0", "example.com:65536", "example.com:",
		"a..b", "example com", "fe80::1%eth0", "10.0.0.0/33", "ok.example.com,#", ":80", "user@example.com",
	} {
		if _, err := egress.ParseAllowed(list); err == nil {
			t.Errorf("%q was taken", list)
		}
	}
}

func TestParseAllowedNamesTheBadEntry(t *testing.T) {
	_, err := egress.ParseAllowed("good.example.com, *.bad.example.com")
	if err == nil || !strings.Contains(err.Error(), `"*.bad.example.com"`) {
		t.Errorf("got %v", err)
	}
}
