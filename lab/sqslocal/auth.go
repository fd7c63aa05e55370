package sqslocal

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	algorithm  = "AWS4-HMAC-SHA256"
	amzDate    = "20060102T150405Z"
	maxSkew    = 15 * time.Minute
	scopeParts = 5 // key, day, region, service, "aws4_request"
)

// signature is the Authorization header of a signed request.
type signature struct {
	scope   []string // key, day, region, service, "aws4_request"
	headers []string // the names of the headers that are signed
	value   string   // hexadecimal
}

// authenticate checks who signed the request and, if the server knows the
// secret, that the signature is right.
func (s *Server) authenticate(r *http.Request, body []byte) error {
	if s.options.AccessKey == "" {
		return nil
	}
	sig, ok := parseAuthorization(r.Header.Get("Authorization"))
	switch {
	case !ok:
		return coralError(http.StatusForbidden, "MissingAuthenticationTokenException", "MissingAuthenticationToken",
			"Request is missing Authentication Token")
	case sig.scope[0] != s.options.AccessKey:
		return coralError(http.StatusForbidden, "UnrecognizedClientException", "InvalidClientTokenId",
			"The security token included in the request is invalid.")
	case s.options.SecretKey == "":
		return nil
	}
	date := r.Header.Get("X-Amz-Date")
	at, err := time.Parse(amzDate, date)
	if err != nil || time.Since(at).Abs() > maxSkew {
		return badSignature("Signature expired or not yet current: " + date)
	}
	want := sig.compute(s.options.SecretKey, date, canonicalRequest(r, sig.headers, body))
	if !hmac.Equal([]byte(want), []byte(sig.value)) {
		return badSignature("The request signature we calculated does not match the signature you provided. " +
			"Check your AWS Secret Access Key and signing method.")
	}
	return nil
}

func badSignature(reason string) error {
	return coralError(http.StatusForbidden, "InvalidSignatureException", "SignatureDoesNotMatch", "%s", reason)
}

// parseAuthorization reads "AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…".
func parseAuthorization(header string) (signature, bool) {
	rest, ok := strings.CutPrefix(header, algorithm+" ")
	if !ok {
		return signature{}, false
	}
	var sig signature
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
	return sig, len(sig.scope) == scopeParts && sig.value != ""
}

// compute is the signature by AWS Signature Version 4.
func (sig signature) compute(secret, date, request string) string {
	toSign := strings.Join([]string{algorithm, date, strings.Join(sig.scope[1:], "/"), hexSHA256([]byte(request))}, "\n")
	key := []byte("AWS4" + secret)
	for _, part := range sig.scope[1:] {
		key = hmacSHA256(key, part)
	}
	return hex.EncodeToString(hmacSHA256(key, toSign))
}

// canonicalRequest is the text that is signed. Calls of SQS have no query.
func canonicalRequest(r *http.Request, headers []string, body []byte) string {
	var b strings.Builder
	path := cmp.Or(r.URL.EscapedPath(), "/")
	b.WriteString(r.Method + "\n" + path + "\n" + r.URL.RawQuery + "\n")
	for _, name := range headers {
		b.WriteString(name + ":" + headerValue(r, name) + "\n")
	}
	b.WriteString("\n" + strings.Join(headers, ";") + "\n" + hexSHA256(body))
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

func hmacSHA256(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

func hexSHA256(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
