package webhook_test

import (
	"encoding/base64"
	"errors"
	"strings"
	"testing"

	"hakbeon/webhook"
)

func key(n int) string {
	return "whsec_" + base64.StdEncoding.EncodeToString([]byte(strings.Repeat("k", n)))
}

func TestParseSecrets(t *testing.T) {
	tests := []struct {
		name, list string
		want       int
	}{
		{"one", oldSecret, 1},
		{"spaces", oldSecret + " " + newSecret, 2},
		{"commas and new lines", " " + oldSecret + ",\n" + newSecret + ",", 2},
		{"twice the same", oldSecret + " " + oldSecret, 1},
		{"shortest", key(24), 1},
		{"longest", key(64), 1},
	}
	for _, tt := range tests {
		s, err := webhook.ParseSecrets(tt.list)
		if err != nil || len(s) != tt.want {
			t.Errorf("%s: got %d secrets, %v, want %d", tt.name, len(s), err, tt.want)
		}
	}
}

func TestParseSecretsRefuses(t *testing.T) {
	const private = "cHJpdmF0ZS1wcml2YXRlLXByaXZhdGU="
	tests := []struct{ name, list, says string }{
		{"nothing", "", "none is given"},
		{"blank", " , ", "none is given"},
		{"empty key", "whsec_", "0 bytes"},
		{"short", key(23), "23 bytes"},
		{"long", key(65), "65 bytes"},
		{"no prefix", private, "prefix"},
		{"other prefix", "whpk_" + private, "prefix"},
		{"not base64", "whsec_" + private + "!", "base64"},
		{"second of two", oldSecret + " " + private, "secret 2 of 2"},
	}
	for _, tt := range tests {
		_, err := webhook.ParseSecrets(tt.list)
		if !errors.Is(err, webhook.ErrSecret) || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: got %v, want ErrSecret that says %q", tt.name, err, tt.says)
		}
		if err != nil {
			assertNoLeak(t, err.Error(), private, private[:12])
		}
	}
}

func TestSecretsAreNeverShown(t *testing.T) {
	raw, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(oldSecret, "whsec_"))
	must(t, err)
	s := secrets(t, oldSecret+" "+newSecret)
	assertNoLeak(t, s, oldSecret[6:], newSecret[6:], string(raw), "49, 242", "0x31, 0xf2", "31f2")
	assertNoLeak(t, s[0], oldSecret[6:], string(raw), "49, 242", "0x31, 0xf2", "31f2")
	assertNoLeak(t, webhook.Options{Secrets: s}.Secrets, oldSecret[6:], newSecret[6:])
}
