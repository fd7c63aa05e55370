// Package sigv4 checks requests that are signed by AWS Signature Version 4, for stand-ins
// of services that are called by POST without a query, as SQS and STS are.
package sigv4

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// What is wrong with a signature.
var (
	ErrUnsigned = errors.New("request is not signed")
	ErrMismatch = errors.New("signature does not match")
	ErrSkew     = errors.New("request is signed for another time")
)

const (
	algorithm  = "AWS4-HMAC-SHA256"
	amzDate    = "20060102T150405Z"
	maxSkew    = 15 * time.Minute // as AWS has it
	scopeParts = 5                // key, day, region, service, "aws4_request"
)

// Signature is the Authorization header of a signed request.
type Signature struct {
	Access  string   // whose key it is
	scope   []string // day, region, service, "aws4_request"
	headers []string // the names of the headers that are signed
	value   string   // hexadecimal
}

// Parse reads "AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…". ErrUnsigned
// if a request has no such header.
func Parse(r *http.Request) (Signature, error) {
	rest, ok := strings.CutPrefix(r.Header.Get("Authorization"), algorithm+" ")
	if !ok {
		return Signature{}, ErrUnsigned
	}
	var sig Signature
	for part := range strings.SplitSeq(rest, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		switch name {
		case "Credential":
			sig.scope = strings.Split(value, "/")
		case "SignedHeaders":
			sig.headers = strings.Split(value, ";")
		case "Signature":
			sig.value = value
		}
	}
	if len(sig.scope) != scopeParts || sig.value == "" {
		return Signature{}, ErrUnsigned
	}
	sig.Access, sig.scope = sig.scope[0], sig.scope[1:]
	return sig, nil
}

// Check holds the signature against the request, of which body is the whole body, signed
// again with the secret. ErrSkew if the request's time is off by more than 15 minutes,
// ErrMismatch if it was changed or signed with another secret.
func (s Signature) Check(r *http.Request, body []byte, secret string, now time.Time) error {
	date := r.Header.Get("X-Amz-Date")
	at, err := time.Parse(amzDate, date)
	if err != nil || now.Sub(at).Abs() > maxSkew {
		return ErrSkew
	}
	request := hexSHA256([]byte(s.canonical(r, body)))
	toSign := strings.Join([]string{algorithm, date, strings.Join(s.scope, "/"), request}, "\n")
	want := hex.EncodeToString(mac(Key(secret, s.scope...), toSign))
	if !hmac.Equal([]byte(want), []byte(s.value)) {
		return ErrMismatch
	}
	return nil
}

// Key is the key that requests of a scope are signed with: day, region, service and
// "aws4_request".
func Key(secret string, scope ...string) []byte {
	key := []byte("AWS4" + secret)
	for _, part := range scope {
		key = mac(key, part)
	}
	return key
}

// canonical is the text that is signed.
func (s Signature) canonical(r *http.Request, body []byte) string {
	var b strings.Builder
	b.WriteString(r.Method + "\n" + cmp.Or(r.URL.EscapedPath(), "/") + "\n" + r.URL.RawQuery + "\n")
	for _, name := range s.headers {
		b.WriteString(name + ":" + headerValue(r, name) + "\n")
	}
	b.WriteString("\n" + strings.Join(s.headers, ";") + "\n" + hexSHA256(body))
	return b.String()
}

// headerValue finds also what net/http keeps outside of the headers.
func headerValue(r *http.Request, name string) string {
	switch name {
	case "host":
		return r.Host
	case "content-length":
		if v := r.Header.Get(name); v != "" {
			return v
		}
		return strconv.FormatInt(r.ContentLength, 10)
	}
	return strings.Join(strings.Fields(strings.Join(r.Header.Values(name), ",")), " ")
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

func hexSHA256(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
