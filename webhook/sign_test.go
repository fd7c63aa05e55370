package webhook_test

import (
	"encoding/base64"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"hakbeon/webhook"
)

// signed returns the headers that a sender with these secrets would set.
func signed(s webhook.Secrets, id string, ts time.Time, body string) http.Header {
	h := http.Header{}
	h.Set(webhook.HeaderID, id)
	h.Set(webhook.HeaderTimestamp, strconv.FormatInt(ts.Unix(), 10))
	h.Set(webhook.HeaderSignature, s.Sign(id, ts, []byte(body)))
	return h
}

// The example of the Standard Webhooks specification's own test suite.
func TestSignKnownAnswer(t *testing.T) {
	const body = `{"test": 2432232314}`
	got := secrets(t, oldSecret).Sign("msg_p5jXN8AQM9LWM0D4loKWxJek", unix(1614265330), []byte(body))
	if want := "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestOfficialLibraryAcceptsOurs(t *testing.T) {
	now := time.Now()
	rotating := secrets(t, newSecret+" "+oldSecret)
	for _, body := range []string{`{"type":"sheet.recognized"}`, "", "{\"이름\":\"\u00e9\"}\n", strings.Repeat("x", 20_000)} {
		for _, known := range []string{oldSecret, newSecret} {
			official, err := standardwebhooks.NewWebhook(known)
			must(t, err)
			if err := official.Verify([]byte(body), signed(rotating, "evt_1", now, body)); err != nil {
				t.Errorf("a receiver with one of two secrets, body of %d bytes: %v", len(body), err)
			}
		}
	}
}

func TestWeAcceptOfficialLibrary(t *testing.T) {
	official, err := standardwebhooks.NewWebhook(oldSecret)
	must(t, err)
	now := time.Now()
	signature, err := official.Sign("msg_1", now, []byte(`{}`))
	must(t, err)
	h := signed(nil, "msg_1", now, "")
	h.Set(webhook.HeaderSignature, signature)
	if err := webhook.Verify(secrets(t, newSecret+" "+oldSecret), h, []byte(`{}`), now); err != nil {
		t.Error(err)
	}
}

func TestVerifyWhileRotating(t *testing.T) {
	now := time.Now()
	one, two, both := secrets(t, oldSecret), secrets(t, newSecret), secrets(t, newSecret+","+oldSecret)
	tests := []struct {
		name             string
		sender, receiver webhook.Secrets
		want             error
	}{
		{"same", one, one, nil},
		{"sender has both", both, one, nil},
		{"receiver has both", one, both, nil},
		{"both have both", both, both, nil},
		{"sender is still old", one, two, webhook.ErrSignature},
		{"receiver has none", one, nil, webhook.ErrSignature},
	}
	for _, tt := range tests {
		err := webhook.Verify(tt.receiver, signed(tt.sender, "evt_1", now, "{}"), []byte("{}"), now)
		if !errors.Is(err, tt.want) {
			t.Errorf("%s: got %v, want %v", tt.name, err, tt.want)
		}
	}
}

func TestVerifyHeaders(t *testing.T) {
	now := time.Now()
	s := secrets(t, oldSecret)
	good := s.Sign("evt_1", now, []byte("{}"))
	wrong := "v1," + base64.StdEncoding.EncodeToString(make([]byte, 32))
	tests := []struct {
		name, header, value string
		want                error
	}{
		{"untouched", webhook.HeaderID, "evt_1", nil},
		{"other id", webhook.HeaderID, "evt_2", webhook.ErrSignature},
		{"no id", webhook.HeaderID, "", webhook.ErrHeaders},
		{"dotted id", webhook.HeaderID, "evt.1", webhook.ErrHeaders},
		{"control byte in id", webhook.HeaderID, "evt\x01", webhook.ErrHeaders},
		{"long id", webhook.HeaderID, strings.Repeat("e", 257), webhook.ErrHeaders},
		{"no timestamp", webhook.HeaderTimestamp, "", webhook.ErrHeaders},
		{"timestamp in words", webhook.HeaderTimestamp, "now", webhook.ErrHeaders},
		{"signed timestamp", webhook.HeaderTimestamp, "+" + strconv.FormatInt(now.Unix(), 10), webhook.ErrHeaders},
		{"negative timestamp", webhook.HeaderTimestamp, "-1", webhook.ErrHeaders},
		{"fraction", webhook.HeaderTimestamp, "1614265330.5", webhook.ErrHeaders},
		{"other timestamp", webhook.HeaderTimestamp, strconv.FormatInt(now.Unix()-1, 10), webhook.ErrSignature},
		{"far timestamp", webhook.HeaderTimestamp, "9223372036854775807", webhook.ErrTimestamp},
		{"no signature", webhook.HeaderSignature, "", webhook.ErrHeaders},
		{"other version", webhook.HeaderSignature, strings.Replace(good, "v1,", "v2,", 1), webhook.ErrHeaders},
		{"no version", webhook.HeaderSignature, good[3:], webhook.ErrHeaders},
		{"not base64", webhook.HeaderSignature, "v1,***", webhook.ErrHeaders},
		{"short", webhook.HeaderSignature, "v1,AAAA", webhook.ErrHeaders},
		{"wrong", webhook.HeaderSignature, wrong, webhook.ErrSignature},
		{"among others", webhook.HeaderSignature, "v1a,AAAA " + wrong + " " + good, nil},
		{"behind very many", webhook.HeaderSignature, strings.Repeat(wrong+" ", 32) + good, webhook.ErrSignature},
	}
	for _, tt := range tests {
		h := signed(s, "evt_1", now, "{}")
		h.Set(tt.header, tt.value)
		if err := webhook.Verify(s, h, []byte("{}"), now); !errors.Is(err, tt.want) {
			t.Errorf("%s: got %v, want %v", tt.name, err, tt.want)
		}
	}
	if err := webhook.Verify(s, signed(s, "evt_1", now, "{}"), []byte("{} "), now); !errors.Is(err, webhook.ErrSignature) {
		t.Errorf("other body: got %v, want ErrSignature", err)
	}
}

func TestVerifyTolerance(t *testing.T) {
	s, sent := secrets(t, oldSecret), unix(1_700_000_000)
	h := signed(s, "evt_1", sent, "{}")
	tests := []struct {
		after time.Duration
		want  error
	}{
		{0, nil},
		{webhook.Tolerance, nil},
		{webhook.Tolerance + time.Second, webhook.ErrTimestamp},
		{-webhook.Tolerance, nil},
		{-webhook.Tolerance - time.Second, webhook.ErrTimestamp},
	}
	for _, tt := range tests {
		if err := webhook.Verify(s, h, []byte("{}"), sent.Add(tt.after)); !errors.Is(err, tt.want) {
			t.Errorf("%v after: got %v, want %v", tt.after, err, tt.want)
		}
	}
}

func FuzzVerify(f *testing.F) {
	s, err := webhook.ParseSecrets(oldSecret)
	must(f, err)
	now := unix(1_700_000_000)
	f.Add("evt_1", "1700000000", s.Sign("evt_1", now, []byte("{}")))
	f.Add("a.b", "-0", "v1, v1,= v2,AAAA")
	f.Fuzz(func(t *testing.T, id, timestamp, signature string) {
		h := http.Header{
			webhook.HeaderID:        {id},
			webhook.HeaderTimestamp: {timestamp},
			webhook.HeaderSignature: {signature},
		}
		if err := webhook.Verify(s, h, []byte("{}"), now); err != nil {
			return
		}
		if !strings.Contains(signature, s.Sign(id, now, []byte("{}"))) {
			t.Fatalf("accepted id %q, timestamp %q, signature %q", id, timestamp, signature)
		}
	})
}
