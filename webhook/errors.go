package webhook

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"hakbeon/internal/egress"
)

// Reason says why a delivery failed. The values are few and fixed: they serve
// as labels of metrics.
type Reason string

// All reasons.
const (
	ReasonBadURL    Reason = "bad_url"      // not an absolute http(s) URL
	ReasonInsecure  Reason = "insecure_url" // http to a host that is not listed
	ReasonAddress          = Reason(egress.FaultAddress)
	ReasonDNS              = Reason(egress.FaultDNS)
	ReasonConnect          = Reason(egress.FaultConnect)
	ReasonTLS              = Reason(egress.FaultTLS)
	ReasonTimeout          = Reason(egress.FaultTimeout)
	ReasonCanceled  Reason = "canceled" // the caller gave up; says nothing of the receiver
	ReasonBroken           = Reason(egress.FaultBroken)
	ReasonRedirect  Reason = "redirect" // 3xx; never followed
	ReasonGone      Reason = "gone"     // 410
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
	fault, detail := egress.FaultOf(err)
	e := &Error{target: target, Reason: Reason(fault), detail: detail}
	switch {
	case fault != egress.FaultAddress && errors.Is(ctx.Err(), context.Canceled):
		e.Reason, e.detail, e.cause = ReasonCanceled, "", context.Canceled
	case fault == egress.FaultTimeout:
		e.cause = context.DeadlineExceeded
	}
	return e
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
