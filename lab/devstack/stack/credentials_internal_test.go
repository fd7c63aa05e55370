package stack

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"hakbeon/lab/sigv4"
)

// at returns an issuer whose clock stands still until it is moved.
func at(now *time.Time) *issuer {
	i := newIssuer("AKIAOWNER", "secret")
	i.now = func() time.Time { return *now }
	return i
}

func TestIssuerKnowsItsSessions(t *testing.T) {
	now := time.Date(2017, 12, 18, 9, 0, 0, 0, time.UTC)
	keys := at(&now)
	session, err := keys.issue(time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	if !session.Expiration.Equal(now.Add(time.Hour)) || len(session.SecretAccessKey) != 40 {
		t.Errorf("got expiration %s, secret of %d characters", session.Expiration, len(session.SecretAccessKey))
	}
	for _, ahead := range []time.Duration{0, 59 * time.Minute} {
		now = session.Expiration.Add(ahead - time.Hour)
		if got, err := keys.secretOf(session.AccessKeyID, session.SessionToken); err != nil || got != session.SecretAccessKey {
			t.Errorf("after %s: got error %v, and the right secret: %v", ahead, err, got == session.SecretAccessKey)
		}
	}
}

func TestIssuerRefuses(t *testing.T) {
	start := time.Date(2017, 12, 18, 9, 0, 0, 0, time.UTC)
	now := start
	keys := at(&now)
	session, err := keys.issue(time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	other, err := keys.issue(time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	body, mac, _ := strings.Cut(session.SessionToken, ".")
	later := base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, `{"a":%q,"e":%d}`, session.AccessKeyID, start.Add(24*time.Hour).Unix()))
	stranger, err := newIssuer("AKIAOWNER", "another secret").issue(time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, access, token string
		after               time.Duration
		want                error
	}{
		{"expired", session.AccessKeyID, session.SessionToken, time.Hour, errExpiredToken},
		{"another session's token", session.AccessKeyID, other.SessionToken, 0, errBadToken},
		{"a longer life", session.AccessKeyID, later + "." + mac, 0, errBadToken},
		{"no MAC", session.AccessKeyID, body, 0, errBadToken},
		{"an empty MAC", session.AccessKeyID, body + ".", 0, errBadToken},
		{"no token", session.AccessKeyID, "", 0, errBadToken},
		{"an earlier start's", stranger.AccessKeyID, stranger.SessionToken, 0, errBadToken},
		{"a token with the permanent key", "AKIAOWNER", session.SessionToken, 0, errBadToken},
		{"an unknown key", "AKIASTRANGER", "", 0, errUnknownKey},
		{"an empty key", "", "", 0, errUnknownKey},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			now = start.Add(test.after)
			if secret, err := keys.secretOf(test.access, test.token); !errors.Is(err, test.want) || secret != "" {
				t.Errorf("got secret %q, error %v, want %v", secret, err, test.want)
			}
		})
	}
}

func TestVerifyRefuses(t *testing.T) {
	now := time.Now()
	keys := at(&now)
	good := "AWS4-HMAC-SHA256 Credential=AKIAOWNER/20171218/local-1/sts/aws4_request, SignedHeaders=host;x-amz-date, Signature=" +
		strings.Repeat("0", 64)
	tests := []struct {
		name, authorization string
		date                time.Time
		want                error
		code                string
	}{
		{"no signature", "", now, sigv4.ErrUnsigned, "MissingAuthenticationToken"},
		{"another scheme", "Bearer x", now, sigv4.ErrUnsigned, "MissingAuthenticationToken"},
		{"a wrong signature", good, now, sigv4.ErrMismatch, "SignatureDoesNotMatch"},
		{"16 minutes old", good, now.Add(-16 * time.Minute), sigv4.ErrSkew, "SignatureDoesNotMatch"},
		{"16 minutes ahead", good, now.Add(16 * time.Minute), sigv4.ErrSkew, "SignatureDoesNotMatch"},
		{"an unknown key", strings.Replace(good, "AKIAOWNER", "AKIANONE", 1), now, errUnknownKey, "InvalidClientTokenId"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r, err := http.NewRequest(http.MethodPost, "http://127.0.0.1:1/", bytes.NewReader(nil))
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Authorization", test.authorization)
			r.Header.Set("X-Amz-Date", test.date.UTC().Format("20060102T150405Z"))
			err = keys.verify(r, nil)
			if !errors.Is(err, test.want) {
				t.Errorf("got error %v, want %v", err, test.want)
			}
			if got := describe(err).code; got != test.code {
				t.Errorf("got code %s, want %s", got, test.code)
			}
		})
	}
}
