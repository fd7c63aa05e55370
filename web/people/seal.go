package people

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Purpose is what a sealed text is for: one that was sealed for another is none.
type Purpose string

// The purposes of this package; who seals something else names its own.
const (
	ForInvitation Purpose = "invitation"
	ForSession    Purpose = "session"
)

// ShortestSecret is how many characters a secret has at least.
const ShortestSecret = 32

// version stands at the beginning of every sealed text, and in its mac.
const version = "1"

// maxSealed bounds a text that is opened.
const maxSealed = 8 << 10

// ErrSeal is the error of a text that was not sealed by us, or not for this.
var ErrSeal = errors.New("not a text that was sealed here")

// Secrets seal texts with the first of them, and open what any of them has sealed.
type Secrets []string

// ParseSecrets reads secrets that are separated by commas, the newest first: each has 32
// characters at least. An error does not quote one.
func ParseSecrets(text string) (Secrets, error) {
	var secrets Secrets
	for one := range strings.SplitSeq(text, ",") {
		one = strings.TrimSpace(one)
		if one == "" {
			continue
		}
		if n := utf8.RuneCountInString(one); n < ShortestSecret {
			return nil, fmt.Errorf("secret %d has %d characters: take at least %d, such as from openssl rand -hex 32", len(secrets)+1, n, ShortestSecret)
		}
		secrets = append(secrets, one)
	}
	return secrets, nil
}

// Seal writes a value as a text that only we can have written: letters, digits, "-", "_"
// and two dots. It hides nothing. The error is one of JSON, or that there is no secret.
func (s Secrets) Seal(purpose Purpose, value any) (string, error) {
	if len(s) == 0 {
		return "", errors.New("there is no secret to seal with: set SESSION_SECRET")
	}
	body, err := json.Marshal(value)
	if err != nil {
		return "", fmt.Errorf("seal: %w", err)
	}
	text := version + "." + base64.RawURLEncoding.EncodeToString(body)
	return text + "." + s.mac(0, purpose, text), nil
}

// Open reads a sealed text into value. The error is ErrSeal, whatever is wrong.
func (s Secrets) Open(purpose Purpose, sealed string, value any) error {
	at := strings.LastIndexByte(sealed, '.')
	if len(sealed) > maxSealed || at < 0 || !strings.HasPrefix(sealed, version+".") {
		return ErrSeal
	}
	text, given := sealed[:at], sealed[at+1:]
	known := false
	for i := range s {
		known = hmac.Equal([]byte(given), []byte(s.mac(i, purpose, text))) || known
	}
	if !known {
		return ErrSeal
	}
	body, err := base64.RawURLEncoding.Strict().DecodeString(strings.TrimPrefix(text, version+"."))
	if err != nil || json.Unmarshal(body, value) != nil {
		return ErrSeal
	}
	return nil
}

// Mac is a text that follows from another by the newest secret, for a purpose.
func (s Secrets) Mac(purpose Purpose, text string) string { return s.mac(0, purpose, text) }

func (s Secrets) mac(i int, purpose Purpose, text string) string {
	key, err := hkdf.Key(sha256.New, []byte(s[i]), nil, "hakbeon "+string(purpose), sha256.Size)
	if err != nil {
		panic(err) // only of a length that is too large
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(text))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}
