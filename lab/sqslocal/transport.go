package sqslocal

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"syscall"
)

// Transport is an http.RoundTripper that calls the server without a socket: for
// an SDK client in a testing/synctest bubble, where only this makes virtual time
// go on. Give it to a client as &http.Client{Transport: server.Transport()}. A
// connection that the server breaks off is the error syscall.ECONNRESET.
func (s *Server) Transport() http.RoundTripper { return transport{s} }

type transport struct{ server *Server }

// RoundTrip implements http.RoundTripper.
func (t transport) RoundTrip(r *http.Request) (response *http.Response, err error) {
	inbound := r.Clone(r.Context())
	if inbound.Host == "" {
		inbound.Host = r.URL.Host
	}
	if inbound.Body == nil {
		inbound.Body = http.NoBody
	}
	defer inbound.Body.Close()
	defer func() {
		if cause := recover(); isAbort(cause) {
			response, err = nil, fmt.Errorf("round trip in process: %w", syscall.ECONNRESET)
		} else if cause != nil {
			panic(cause)
		}
	}()
	rec := &recorder{header: http.Header{}}
	t.server.ServeHTTP(rec, inbound)
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	return &http.Response{
		Status: http.StatusText(rec.status), StatusCode: rec.status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: rec.header, Body: io.NopCloser(&rec.body), ContentLength: int64(rec.body.Len()), Request: r,
	}, nil
}

// isAbort tells whether a handler panicked to break the connection off.
func isAbort(cause any) bool {
	err, ok := cause.(error)
	return ok && errors.Is(err, http.ErrAbortHandler)
}

// recorder is a ResponseWriter that keeps everything.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

// Header implements http.ResponseWriter.
func (r *recorder) Header() http.Header { return r.header }

// WriteHeader implements http.ResponseWriter.
func (r *recorder) WriteHeader(status int) { r.status = status }

// Write implements http.ResponseWriter.
func (r *recorder) Write(b []byte) (int, error) { return r.body.Write(b) }
