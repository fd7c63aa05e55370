package egress

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"strings"

	"code.dny.dev/ssrf"
)

// Fault says what kept a transport from an answer. The values are few and fixed: they
// serve as labels of metrics.
type Fault string

// All faults.
const (
	FaultAddress Fault = "address_refused" // a private or otherwise special address
	FaultDNS     Fault = "dns"             // the name was not resolved
	FaultConnect Fault = "connect"         // no connection
	FaultTLS     Fault = "tls"             // no trust, or no TLS at all
	FaultTimeout Fault = "timeout"         // no answer in time
	FaultBroken  Fault = "broken_response" // the connection broke, or the answer was not HTTP
)

// FaultOf classifies an error of a transport. Only texts that are made on our side of the
// connection become a detail, which is "" if there is none.
func FaultOf(err error) (fault Fault, detail string) {
	var dns *net.DNSError
	var op *net.OpError
	var timeout net.Error
	switch {
	case errors.Is(err, ssrf.ErrProhibitedIP), errors.Is(err, ssrf.ErrProhibitedNetwork), errors.Is(err, ssrf.ErrInvalidHostPort):
		return FaultAddress, refusedAddress(err)
	case errors.As(err, &dns):
		return FaultDNS, dnsDetail(dns)
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return FaultTimeout, ""
	case isTLS(err):
		return FaultTLS, tlsDetail(err)
	case errors.As(err, &op) && op.Op == "dial":
		return FaultConnect, op.Err.Error()
	}
	return FaultBroken, ""
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

// tlsDetail leaves out what certificates say: it is the other side's text.
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
