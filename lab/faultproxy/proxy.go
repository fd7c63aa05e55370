// Package faultproxy stands between a client and an HTTP server and does to their
// calls what networks and overloaded services do: it delays, resets, refuses,
// cuts off, repeats, and loses answers. Who runs it decides call by call, and may
// hold a call for as long as it wants: to the client that is a pause at a known
// point.
//
// It is for tests: calls and answers are held in memory whole.
package faultproxy

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"
)

// Fault is what is done to a call.
type Fault string

// The faults. Delays are made by holding the call in a hook.
const (
	None     Fault = ""
	Reset    Fault = "reset"     // the connection is reset, nothing reaches the server
	Error500 Fault = "500"       // the answer is an internal error, nothing reaches the server
	SlowDown Fault = "503"       // the answer is to slow down, nothing reaches the server
	Truncate Fault = "truncated" // carried out, and the answer breaks off in its middle
	Twice    Fault = "twice"     // carried out twice, as by a client that tries again
	Lost     Fault = "lost"      // carried out, and the connection is reset before the answer
)

// Call is a request that has come in whole.
type Call struct {
	Method string
	URL    *url.URL
	Header http.Header
	Body   []byte
	// Client is what Options.Client said when the connection was made.
	Client any
}

// Answer is what the server said.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// Options configure a Proxy. Fields without a default are required.
type Options struct {
	// Target is the server's address, such as "http://127.0.0.1:9000".
	Target string
	// Refusal makes the answers of Error500 and SlowDown. Defaults to plain text.
	Refusal func(status int) Answer
	// Request is asked before a call is passed on; its context ends when the client
	// has gone. Defaults to no faults.
	Request func(context.Context, *Call) Fault
	// Answered is asked before an answer is passed back: of the faults only
	// [Lost], [Reset] and [Truncate] make sense. Defaults to no faults.
	Answered func(context.Context, *Call, *Answer) Fault
	// Client is called for each new connection. Defaults to nothing.
	Client func() any
}

// Proxy is a running proxy.
type Proxy struct {
	opts   Options
	target *url.URL
	client *http.Client
	server *http.Server
	addr   string
	done   chan struct{}

	mu     sync.Mutex
	counts map[Fault]int
}

type clientKey struct{}

// maxBody bounds what is held of a call and of an answer.
const maxBody = 64 << 20

// Start listens on a free port of the loopback interface until Close.
func Start(opts Options) (*Proxy, error) {
	target, err := url.Parse(opts.Target)
	if err != nil {
		return nil, fmt.Errorf("fault proxy: %w", err)
	}
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("fault proxy: %w", err)
	}
	p := &Proxy{
		opts: opts.withDefaults(), target: target, addr: listener.Addr().String(), counts: map[Fault]int{}, done: make(chan struct{}),
		client: &http.Client{
			Transport:     &http.Transport{MaxIdleConnsPerHost: 256, DisableCompression: true},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
	p.server = &http.Server{
		Handler: http.HandlerFunc(p.serve), ReadHeaderTimeout: 10 * time.Second,
		ConnContext: func(ctx context.Context, _ net.Conn) context.Context {
			return context.WithValue(ctx, clientKey{}, p.opts.Client())
		},
	}
	go func() {
		defer close(p.done)
		_ = p.server.Serve(listener) // Close ends it
	}()
	return p, nil
}

func (o Options) withDefaults() Options {
	if o.Refusal == nil {
		o.Refusal = func(status int) Answer {
			return Answer{Status: status, Header: http.Header{"Content-Type": {"text/plain"}}, Body: []byte(http.StatusText(status))}
		}
	}
	if o.Request == nil {
		o.Request = func(context.Context, *Call) Fault { return None }
	}
	if o.Answered == nil {
		o.Answered = func(context.Context, *Call, *Answer) Fault { return None }
	}
	if o.Client == nil {
		o.Client = func() any { return nil }
	}
	return o
}

// URL is the proxy's own address.
func (p *Proxy) URL() string { return "http://" + p.addr }

// Addr is its host and port.
func (p *Proxy) Addr() string { return p.addr }

// Counts tells how often each fault was done.
func (p *Proxy) Counts() map[Fault]int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return maps.Clone(p.counts)
}

// Close breaks all connections off. Calls that a hook holds go on being held.
func (p *Proxy) Close() {
	_ = p.server.Close() // nobody is left to tell
	<-p.done
	p.client.CloseIdleConnections()
}

func (p *Proxy) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
	if err != nil {
		p.cut(w)
		return
	}
	call := &Call{Method: r.Method, URL: r.URL, Header: r.Header, Body: body, Client: r.Context().Value(clientKey{})}
	fault := p.count(p.opts.Request(r.Context(), call))
	switch fault {
	case Reset:
		p.cut(w)
		return
	case Error500:
		p.write(w, p.opts.Refusal(http.StatusInternalServerError))
		return
	case SlowDown:
		p.write(w, p.opts.Refusal(http.StatusServiceUnavailable))
		return
	}
	answer, err := p.carryOut(r, call, fault)
	if err != nil {
		p.cut(w)
		return
	}
	if fault == None || fault == Twice {
		if later := p.count(p.opts.Answered(r.Context(), call, answer)); later != None {
			fault = later
		}
	}
	p.pass(w, r, fault, answer)
}

// carryOut passes the call on: twice, or although its client may have gone, if the
// fault says so.
func (p *Proxy) carryOut(r *http.Request, call *Call, fault Fault) (*Answer, error) {
	ctx := r.Context()
	if fault == Lost || fault == Truncate {
		ctx = context.WithoutCancel(ctx)
	}
	if fault == Twice {
		if _, err := p.forward(ctx, r, call); err != nil {
			return nil, err
		}
	}
	return p.forward(ctx, r, call)
}

func (p *Proxy) forward(ctx context.Context, r *http.Request, call *Call) (*Answer, error) {
	out, err := http.NewRequestWithContext(ctx, call.Method, p.opts.Target+r.URL.RequestURI(), bytes.NewReader(call.Body)) //nolint:gosec // the target is the test's own server
	if err != nil {
		return nil, fmt.Errorf("pass on: %w", err)
	}
	out.URL.RawPath, out.URL.Path = r.URL.RawPath, r.URL.Path
	out.Header = call.Header.Clone()
	out.Header.Del("Connection")
	out.Host = r.Host             // it is signed
	resp, err := p.client.Do(out) //nolint:gosec // the target is the test's own server
	if err != nil {
		return nil, fmt.Errorf("pass on: %w", err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBody))
	if err != nil {
		return nil, fmt.Errorf("read the answer: %w", err)
	}
	return &Answer{Status: resp.StatusCode, Header: resp.Header, Body: body}, nil
}

// pass gives the answer to the client, or what the fault leaves of it.
func (p *Proxy) pass(w http.ResponseWriter, r *http.Request, fault Fault, a *Answer) {
	switch {
	case fault == Lost, fault == Reset, fault == Truncate && len(a.Body) < 2:
		p.cut(w)
	case fault == Truncate:
		a.Header.Set("Content-Length", strconv.Itoa(len(a.Body)))
		maps.Copy(w.Header(), a.Header)
		w.WriteHeader(a.Status)
		_, _ = w.Write(a.Body[:len(a.Body)/2])    //nolint:gosec // the answer is passed on as it came, to a test's client
		_ = http.NewResponseController(w).Flush() // as above
		panic(http.ErrAbortHandler)
	default:
		if r.Method != http.MethodHead && a.Status != http.StatusNoContent && a.Status != http.StatusNotModified {
			a.Header.Set("Content-Length", strconv.Itoa(len(a.Body)))
		}
		p.write(w, *a)
	}
}

func (p *Proxy) write(w http.ResponseWriter, a Answer) {
	maps.Copy(w.Header(), a.Header)
	w.WriteHeader(a.Status)
	_, _ = w.Write(a.Body) // the client may have gone
}

// cut resets the connection.
func (p *Proxy) cut(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if errors.Is(err, http.ErrNotSupported) || err != nil {
		panic(http.ErrAbortHandler)
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // a reset rather than an end
	}
	_ = conn.Close()
}

func (p *Proxy) count(f Fault) Fault {
	if f != None {
		p.mu.Lock()
		p.counts[f]++
		p.mu.Unlock()
	}
	return f
}
