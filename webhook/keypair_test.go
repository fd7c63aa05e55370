package webhook_test

import (
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"hakbeon/webhook"
)

func newPair(t *testing.T) (private, public string) {
	t.Helper()
	private, public, err := webhook.NewSigningKey()
	must(t, err)
	return private, public
}

func first[T any](a, _ T) T { return a }

func signingKeys(t *testing.T, list string) webhook.Secrets {
	t.Helper()
	keys, err := webhook.ParseSigningKeys(list)
	must(t, err)
	return keys
}

func receiverKeys(t *testing.T, list string) webhook.Secrets {
	t.Helper()
	keys, err := webhook.ParseReceiverKeys(list)
	must(t, err)
	return keys
}

// A key pair of RFC 8032 (7.1, test 1) signs what the Standard Webhooks specification says,
// as another implementation verifies it: whether it is given as its seed or as a whole.
func TestSignByKeyPair(t *testing.T) {
	seed := []byte{0x9d, 0x61, 0xb1, 0x9d, 0xef, 0xfd, 0x5a, 0x60, 0xba, 0x84, 0x4a, 0xf4, 0x92, 0xec, 0x2c, 0xc4, 0x44, 0x49, 0xc5, 0x69, 0x7b, 0x32, 0x69, 0x19, 0x70, 0x3b, 0xac, 0x03, 0x1c, 0xae, 0x7f, 0x60}
	public, err := base64.StdEncoding.DecodeString("11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=")
	must(t, err)
	for _, raw := range [][]byte{seed, append(slices.Clone(seed), public...)} {
		keys := signingKeys(t, "whsk_"+base64.StdEncoding.EncodeToString(raw))
		if got := keys.PublicKeys(); len(got) != 1 || got[0] != "whpk_"+base64.StdEncoding.EncodeToString(public) {
			t.Errorf("got the public keys %q", got)
		}
		encoded, ok := strings.CutPrefix(keys.Sign("msg_1", unix(1614265330), []byte(`{"a":1}`)), "v1a,")
		signature, err := base64.StdEncoding.DecodeString(encoded)
		if !ok || err != nil || !ed25519.Verify(public, []byte(`msg_1.1614265330.{"a":1}`), signature) {
			t.Errorf("got %q, %v", encoded, err)
		}
	}
}

// A receiver verifies by what it shares, by the public key, or by either; the one is never
// taken for the other.
func TestVerifyByKeyPair(t *testing.T) {
	private, public := newPair(t)
	next, nextPublic := newPair(t)
	_, stranger := newPair(t)
	now := time.Now()
	both := append(secrets(t, oldSecret), signingKeys(t, private+","+next)...)
	header := signed(both, "evt_1", now, "{}")
	if got := strings.Fields(header.Get(webhook.HeaderSignature)); len(got) != 3 || !strings.HasPrefix(got[0], "v1,") || !strings.HasPrefix(got[2], "v1a,") {
		t.Errorf("got the signatures %q", got)
	}
	for keys, want := range map[string]error{
		oldSecret: nil, public: nil, nextPublic: nil, stranger + " " + public: nil, oldSecret + "," + public: nil, newSecret + "," + nextPublic: nil,
		stranger: webhook.ErrSignature, newSecret: webhook.ErrSignature, newSecret + "," + stranger: webhook.ErrSignature,
	} {
		if err := webhook.Verify(receiverKeys(t, keys), header, []byte("{}"), now); !errors.Is(err, want) {
			t.Errorf("%s: got %v, want %v", keys, err, want)
		}
		if err := webhook.Verify(receiverKeys(t, keys), header, []byte("{ }"), now); !errors.Is(err, webhook.ErrSignature) {
			t.Errorf("%s, changed: got %v", keys, err)
		}
	}
	header = signed(signingKeys(t, private), "evt_1", now, "{}")
	if err := webhook.Verify(receiverKeys(t, public), header, []byte("{}"), now.Add(time.Hour)); !errors.Is(err, webhook.ErrTimestamp) {
		t.Errorf("an old one: got %v", err)
	}
	// The public key is no secret: what is signed with it as if it were proves nothing.
	forged := "whsec_" + strings.TrimPrefix(public, "whpk_")
	header = signed(secrets(t, forged), "evt_1", now, "{}")
	for _, version := range []string{"v1,", "v1a,"} {
		h := http.Header{}
		for name := range header {
			h.Set(name, strings.Replace(header.Get(name), "v1,", version, 1))
		}
		if err := webhook.Verify(receiverKeys(t, public), h, []byte("{}"), now); err == nil {
			t.Errorf("%s signed with the public key: it was taken", version)
		}
	}
	if err := webhook.Verify(webhook.Secrets{{}}, header, []byte("{}"), now); err == nil {
		t.Error("no key verifies")
	}
}

func TestKeysThatAreNone(t *testing.T) {
	private, public := newPair(t)
	half := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("k", 64)))
	for _, tt := range []struct {
		list string
		is   error
		says string
	}{
		{oldSecret, webhook.ErrSigningKey, "prefix"},
		{public, webhook.ErrSigningKey, "prefix"},
		{"whsk_!" + half, webhook.ErrSigningKey, "base64"},
		{"whsk_" + half, webhook.ErrSigningKey, "halves"},
		{private + "," + "whsk_" + base64.StdEncoding.EncodeToString(make([]byte, 33)), webhook.ErrSigningKey, "signing key 2 of 2"},
	} {
		_, err := webhook.ParseSigningKeys(tt.list)
		if !errors.Is(err, tt.is) || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("got %v, want %v that says %q", err, tt.is, tt.says)
		}
		if err != nil {
			assertNoLeak(t, err.Error(), private[5:], half[:20])
		}
	}
	for _, list := range []string{"", private, "whpk_", "whpk_" + half, "whpk_!!"} {
		if keys, err := webhook.ParseReceiverKeys(list); err == nil {
			t.Errorf("a receiver takes %v", keys)
		}
	}
	if keys, err := webhook.ParseSigningKeys(""); err != nil || len(keys) != 0 {
		t.Errorf("no signing key: got %v, %v", keys, err)
	}
	if keys := signingKeys(t, private+" "+private); len(keys) != 1 || fmt.Sprintf("%v %+v %s", keys, keys, keys[0]) != "[whsk_***] [whsk_***] whsk_***" {
		t.Errorf("got %d keys, %v", len(keys), keys)
	}
	if _, err := webhook.New(webhook.Options{Secrets: receiverKeys(t, public)}); !errors.Is(err, webhook.ErrSecret) {
		t.Errorf("a sender with a public key alone: got %v", err)
	}
}
