package webhook

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"code.dny.dev/ssrf"
)

// Reason says why a delivery failed. The values are few and fixed: they serve
// as labels of metrics.
type Reason string

// All reasons.
const (
	ReasonBadURL    Reason = "bad_url"         // not an absolute http(s) URL
	ReasonInsecure  Reason = "insecure_url"    // http to a host that is not listed
	ReasonAddress   Reason = "address_refused" // a private or otherwise special address
	ReasonDNS       Reason = "dns"             // the name was not resolved
	ReasonConnect   Reason = "connect"         // no connection
	ReasonTLS       Reason = "tls"             // no trust, or no TLS at all
	ReasonTimeout   Reason = "timeout"         // no answer in time
	ReasonCanceled  Reason = "canceled"        // the caller gave up; says nothing of the receiver
	ReasonBroken    Reason = "broken_response" // the connection broke, or the answer was not HTTP
	ReasonRedirect  Reason = "redirect"        // 3xx; never followed
	ReasonGone      Reason = "gone"            // 410
	ReasonTooMany   Reason = "status_429"
	Reason4xx       Reason = "status_4xx" // other than 410 and 429
	Reason5xx       Reason = "status_5xx"
	ReasonOddStatus Reason = "status_other"
)

// Reasons lists every Reason, for metrics to start at zero.
func Reasons() []Reason {
	return []Reason{
		ReasonBadURL, ReasonInsecure, ReasonAddress, ReasonDNS, ReasonConnect, ReasonTLS, ReasonTimeout, ReasonCanceled,
		ReasonBroken, ReasonRedirect, ReasonGone, ReasonTooMany, Reason4xx, Reason5xx, ReasonOddStatus,
	}
}

// Error is a delivery that failed. Its text never holds path, query or user
// information of the URL, nor anything that the receiver answered.
type Error struct {
	// Reason is one of Reasons().
	Reason Reason
	// Status is the HTTP status, 0 if there was no answer.
	Status int
	// RetryAfter is how long the receiver asked us to wait, at most 24 h; 0 if
	// it did not.
	RetryAfter time.Duration
	// Gone means that the receiver wants no more (410). Everything else is
	// worth another attempt.
	Gone bool

	target string // scheme and host
	detail string
	cause  error // for errors.Is; its text is not ours to show
}

func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("webhook")
	if e.target != "" {
		b.WriteString(" to " + e.target)
	}
	b.WriteString(": " + string(e.Reason))
	if e.Status != 0 {
		fmt.Fprintf(&b, " (HTTP %d)", e.Status)
	}
	if e.detail != "" {
		b.WriteString(": " + e.detail)
	}
	return b.String()
}

// Refused means that we refuse the URL ourselves: nothing was sent, and nothing will
// be until the URL, the allowed hosts or the name's addresses are changed.
func (e *Error) Refused() bool {
	return e.Reason == ReasonBadURL || e.Reason == ReasonInsecure || e.Reason == ReasonAddress
}

// Unwrap gives context.Canceled or context.DeadlineExceeded where that was the
// cause, else nil.
func (e *Error) Unwrap() error { return e.cause }

// fromTransport classifies an error of the transport. Only texts that are made
// on our side of the connection become a detail.
func fromTransport(ctx context.Context, target string, err error) *Error {
	e := &Error{target: target, Reason: ReasonBroken}
	var dns *net.DNSError
	var op *net.OpError
	var timeout net.Error
	switch {
	case errors.Is(err, ssrf.ErrProhibitedIP), errors.Is(err, ssrf.ErrProhibitedNetwork), errors.Is(err, ssrf.ErrInvalidHostPort):
		e.Reason, e.detail = ReasonAddress, refusedAddress(err)
	case errors.Is(ctx.Err(), context.Canceled):
		e.Reason, e.cause = ReasonCanceled, context.Canceled
	case errors.As(err, &dns):
		e.Reason, e.detail = ReasonDNS, dnsDetail(dns)
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		e.Reason, e.cause = ReasonTimeout, context.DeadlineExceeded
	case isTLS(err):
		e.Reason, e.detail = ReasonTLS, tlsDetail(err)
	case errors.As(err, &op) && op.Op == "dial":
		e.Reason, e.detail = ReasonConnect, op.Err.Error()
	}
	return e
}

func refusedAddress(err error) string {
	var op *net.OpError
	if errors.As(err, &op) && op.Addr != nil {
		return op.Addr.String() + " is not a public address; list it as allowed if it is meant"
	}
	return "not a public address"
}

func dnsDetail(err *net.DNSError) string {
	switch {
	case err.IsNotFound:
		return "no such host"
	case err.IsTimeout:
		return "the name server did not answer"
	}
	return "the name server failed"
}

func isTLS(err error) bool {
	var cert *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	var op *net.OpError
	return errors.As(err, &cert) || errors.As(err, &record) || errors.Is(err, http.ErrSchemeMismatch) ||
		errors.As(err, &op) && (op.Op == "remote error" || op.Op == "local error") ||
		strings.Contains(err.Error(), "tls: ")
}

// tlsDetail leaves out what certificates say: it is the receiver's text.
func tlsDetail(err error) string {
	var cert *tls.CertificateVerificationError
	switch {
	case errors.As(err, &cert):
		return "the certificate is not trusted for this host"
	case errors.Is(err, http.ErrSchemeMismatch):
		return "the receiver does not speak TLS"
	}
	return "the handshake failed"
}

// fromStatus classifies an answer; nil for 2xx.
func fromStatus(target string, resp *http.Response, now time.Time) *Error {
	status := resp.StatusCode
	if status >= 200 && status <= 299 {
		return nil
	}
	return &Error{
		Reason:     statusReason(status),
		Status:     status,
		RetryAfter: ParseRetryAfter(resp.Header.Get("Retry-After"), now),
		Gone:       status == http.StatusGone,
		target:     target,
	}
}

func statusReason(status int) Reason {
	switch {
	case status == http.StatusGone:
		return ReasonGone
	case status == http.StatusTooManyRequests:
		return ReasonTooMany
	case status >= 300 && status <= 399:
		return ReasonRedirect
	case status >= 400 && status <= 499:
		return Reason4xx
	case status >= 500 && status <= 599:
		return Reason5xx
	}
	return ReasonOddStatus
}
