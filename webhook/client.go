package webhook

import (
	"bytes"
	"cmp"
	"context"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"time"

	"go.opentelemetry.io/otel/propagation"

	"hakbeon/internal/egress"
)

const (
	maxAnswer  = 4 << 10     // bytes read of an answer, only to reuse the connection
	answerTime = time.Second // spent on that at most
)

// Options of a Client.
type Options struct {
	// Secrets sign every request: shared ones, and private keys beside them. At least one
	// is required.
	Secrets Secrets
	// Allowed lists hosts and addresses exempt from the address check. Defaults
	// to none.
	Allowed egress.Allowed
	// Timeout bounds one attempt, from the name's resolution to the answer's
	// head. Defaults to 15 s.
	Timeout time.Duration
	// Now is the time that requests are signed with. Defaults to time.Now.
	Now func() time.Time
	// UserAgent is sent with every request. Defaults to "hakbeon-webhook".
	UserAgent string
	// RootCAs are the certificate authorities trusted. Defaults to the system's.
	RootCAs *x509.CertPool
	// Resolver resolves host names. Defaults to net.DefaultResolver.
	Resolver *net.Resolver
}

// Client posts signed events. It is safe for concurrent use and reuses
// connections; proxies of the environment are not used, since a proxy would
// dial where we cannot check.
type Client struct {
	secrets   Secrets
	allowed   egress.Allowed
	timeout   time.Duration
	now       func() time.Time
	userAgent string
	resolver  *net.Resolver
	transport *http.Transport // not an http.Client: that one follows redirects
}

// New makes a Client. It fails with ErrSecret if there is no secret.
func New(o Options) (*Client, error) {
	if len(o.Secrets) == 0 {
		return nil, fmt.Errorf("webhook client: %w: none is given", ErrSecret)
	}
	for _, s := range o.Secrets {
		if !s.signs() {
			return nil, fmt.Errorf("webhook client: %w: use ParseSecrets", ErrSecret)
		}
	}
	if o.Timeout <= 0 {
		o.Timeout = 15 * time.Second
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.UserAgent == "" {
		o.UserAgent = "hakbeon-webhook"
	}
	return &Client{
		secrets:   o.Secrets,
		allowed:   o.Allowed,
		timeout:   o.Timeout,
		now:       o.Now,
		userAgent: o.UserAgent,
		resolver:  cmp.Or(o.Resolver, net.DefaultResolver),
		transport: egress.Transport(egress.Options{
			Allowed: o.Allowed, RootCAs: o.RootCAs, Resolver: o.Resolver, PerHost: 32, // as many as a worker delivers at once
		}),
	}, nil
}

// Close ends idle connections.
func (c *Client) Close() { c.transport.CloseIdleConnections() }

// Post is [Client.Attempt] for who need not know how the receiver said yes.
func (c *Client) Post(ctx context.Context, url, id string, body []byte) error {
	_, err := c.Attempt(ctx, url, id, body)
	return err
}

// Attempt makes one attempt to deliver body under the event's id and returns the status
// with which the receiver took it, which is 2xx. Any other outcome is an *Error; the
// context's end is ReasonCanceled or ReasonTimeout. An id that cannot be a header's value
// is an error of the caller, and not an *Error.
func (c *Client) Attempt(ctx context.Context, url, id string, body []byte) (status int, err error) {
	if !validID(id) {
		return 0, fmt.Errorf("webhook: event id %q must be 1 to %d printable characters without a dot", id, maxID)
	}
	u, bad := checkTarget(url, c.allowed)
	if bad != nil {
		return 0, bad
	}
	timed, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(timed, http.MethodPost, u.String(), bytes.NewReader(body))
	if err != nil {
		return 0, &Error{Reason: ReasonBadURL, target: egress.Redact(u)}
	}
	c.setHeaders(req, id, body)
	resp, err := c.transport.RoundTrip(req) //nolint:bodyclose // discard closes it
	if err != nil {
		return 0, fromTransport(ctx, egress.Redact(u), err)
	}
	discard(resp.Body, cancel)
	if failed := fromStatus(egress.Redact(u), resp, c.now()); failed != nil {
		return 0, failed
	}
	return resp.StatusCode, nil
}

// Check says, without posting, what Post would refuse of the URL: what it is, and
// where its name leads now. It returns nil if one address of the name may be dialled,
// else the *Error that Post would return; [ReasonDNS] and [ReasonTimeout] may pass by
// themselves, see [Error.Refused].
func (c *Client) Check(ctx context.Context, url string) error {
	u, bad := checkTarget(url, c.allowed)
	if bad != nil {
		return bad
	}
	timed, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	found, err := c.resolver.LookupNetIP(timed, "ip", u.Hostname())
	if err != nil {
		return fromTransport(ctx, egress.Redact(u), err)
	}
	_, port, _ := egress.Parse(url, maxURL) // checkTarget has parsed it
	check := egress.Guard(c.allowed)
	for _, ip := range found {
		to := netip.AddrPortFrom(ip.Unmap(), port)
		network := "tcp6"
		if to.Addr().Is4() {
			network = "tcp4"
		}
		if err = check(network, to.String(), nil); err == nil {
			return nil
		}
		err = &net.OpError{Op: "dial", Net: network, Addr: net.TCPAddrFromAddrPort(to), Err: err}
	}
	return fromTransport(ctx, egress.Redact(u), err)
}

func (c *Client) setHeaders(req *http.Request, id string, body []byte) {
	now := c.now()
	if user := req.URL.User; user != nil {
		password, _ := user.Password()
		req.SetBasicAuth(user.Username(), password)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", c.userAgent)
	req.Header.Set(HeaderID, id)
	req.Header.Set(HeaderTimestamp, strconv.FormatInt(now.Unix(), 10))
	req.Header.Set(HeaderSignature, c.secrets.Sign(id, now, body))
	// The caller's trace, if it has one, goes on at the receiver's.
	propagation.TraceContext{}.Inject(req.Context(), propagation.HeaderCarrier(req.Header))
}

// discard reads a short answer to its end, so that the connection can be used
// again; a long or slow one costs its connection.
func discard(body io.ReadCloser, cancel context.CancelFunc) {
	timer := time.AfterFunc(answerTime, cancel)
	defer timer.Stop()
	_, _ = io.CopyN(io.Discard, body, maxAnswer)
	_ = body.Close()
}
