package egress

import (
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"

	"code.dny.dev/ssrf"
)

const maxAnswerHead = 32 << 10

// Options of a transport.
type Options struct {
	// Allowed lists addresses that are dialled though they are not public. Defaults to none.
	Allowed Allowed
	// RootCAs are the certificate authorities trusted. Defaults to the system's.
	RootCAs *x509.CertPool
	// Resolver resolves host names. Defaults to net.DefaultResolver.
	Resolver *net.Resolver
	// PerHost is how many idle connections to a host are kept. Defaults to 2.
	PerHost int
}

// Transport dials public and listed addresses only. Proxies of the environment are not
// used, since a proxy would dial where we cannot check. Use it as it is: an http.Client
// follows redirects, and its errors show the whole URL.
func Transport(o Options) *http.Transport {
	dialer := &net.Dialer{
		Resolver: o.Resolver,
		Control:  Guard(o.Allowed),
	}
	return &http.Transport{
		DialContext:            dialer.DialContext,
		TLSClientConfig:        &tls.Config{RootCAs: o.RootCAs, MinVersion: tls.VersionTLS12},
		ForceAttemptHTTP2:      true,
		DisableCompression:     true, // pictures gain nothing, answers to events are thrown away
		MaxIdleConns:           64,
		MaxIdleConnsPerHost:    o.PerHost,
		IdleConnTimeout:        90 * time.Second,
		MaxResponseHeaderBytes: maxAnswerHead,
	}
}

// Guard checks each address at the moment of dialling. Any port is fine: what
// must not be reached is known by its address, and receivers on 8443 are usual.
func Guard(allowed Allowed) func(network, address string, c syscall.RawConn) error {
	public := ssrf.New(ssrf.WithAnyPort())
	return func(network, address string, c syscall.RawConn) error {
		if to, err := netip.ParseAddrPort(address); err == nil && allowed.hasAddr(to) {
			return nil
		}
		return public.Safe(network, address, c)
	}
}
