package sqslocal

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"
)

const (
	contentType = "application/x-amz-json-1.0"
	targetStart = "AmazonSQS."
	// maxRequest is a full batch with every byte of it escaped in JSON.
	maxRequest = 6*maxMessage + 64<<10
)

// call is what an operation knows of its request beside the input.
type call struct {
	ctx  context.Context
	base string // scheme and host of the queue URLs to answer with
}

func (c *call) url(name string) string { return c.base + queuePath(name) }

// operation decodes its input from JSON and returns its output, or nil.
type operation func(s *Server, c *call, body []byte) (any, error)

// op makes an operation of a function of typed input.
func op[In any](f func(s *Server, c *call, in *In) (any, error)) operation {
	return func(s *Server, c *call, body []byte) (any, error) {
		in := new(In)
		if err := json.Unmarshal(body, in); err != nil {
			return nil, unreadable(err.Error())
		}
		return f(s, c, in)
	}
}

// operations are all that the server can do, by name.
func operations() map[string]operation {
	return map[string]operation{
		"CreateQueue":                  op(opCreateQueue),
		"DeleteQueue":                  op(opDeleteQueue),
		"ListQueues":                   op(opListQueues),
		"GetQueueUrl":                  op(opGetQueueURL),
		"GetQueueAttributes":           op(opGetQueueAttributes),
		"SetQueueAttributes":           op(opSetQueueAttributes),
		"SendMessage":                  op(opSendMessage),
		"SendMessageBatch":             op(opSendMessageBatch),
		"ReceiveMessage":               op(opReceiveMessage),
		"DeleteMessage":                op(opDeleteMessage),
		"DeleteMessageBatch":           op(opDeleteMessageBatch),
		"ChangeMessageVisibility":      op(opChangeVisibility),
		"ChangeMessageVisibilityBatch": op(opChangeVisibilityBatch),
	}
}

// ServeHTTP answers one call of the AWS JSON 1.0 protocol.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRequest))
	name := strings.TrimPrefix(r.Header.Get("X-Amz-Target"), targetStart)
	fault := s.chance.call(name)
	s.pause(r.Context(), fault.wait)
	switch {
	case fault.reset:
		hangUp(w)
		return
	case fault.status == http.StatusInternalServerError:
		err = internalError("The request failed on purpose.")
	case fault.status != 0, s.isClosed():
		err = serviceUnavailable()
	case err != nil:
		err = tooLarge(err)
	}
	var out any
	if err == nil {
		out, err = s.perform(r, name, body)
	}
	switch {
	case err != nil:
		writeError(w, asAPIError(err))
	case fault.lost:
		hangUp(w)
	default:
		writeJSON(w, http.StatusOK, out)
	}
}

// perform checks the request and carries it out.
func (s *Server) perform(r *http.Request, name string, body []byte) (any, error) {
	if err := s.authenticate(r, body); err != nil {
		return nil, err
	}
	operation, ok := s.operations[name]
	switch {
	case r.Method != http.MethodPost || !ok:
		return nil, coralError(http.StatusBadRequest, "UnknownOperationException", "InvalidAction",
			"no operation %q: this server speaks the AWS JSON 1.0 protocol only", name)
	case !utf8.Valid(body):
		return nil, unreadable("the request is not valid UTF-8")
	}
	c := &call{ctx: r.Context(), base: "http://" + r.Host}
	if r.TLS != nil {
		c.base = "https://" + r.Host
	}
	return operation(s, c, body)
}

// tooLarge explains why a request's body could not be read.
func tooLarge(err error) error {
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return coralError(http.StatusRequestEntityTooLarge, "RequestEntityTooLargeException",
			"RequestEntityTooLarge", "the request is longer than %d bytes", maxRequest)
	}
	return unreadable(fmt.Sprintf("read the request: %v", err))
}

// writeJSON answers with v; nil is an answer without content.
func writeJSON(w http.ResponseWriter, status int, v any) {
	var b bytes.Buffer
	if v != nil {
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		if err := e.Encode(v); err != nil {
			panic(err) // our own types always encode
		}
	}
	h := w.Header()
	h.Set("Content-Type", contentType)
	h.Set("X-Amzn-Requestid", newID())
	h.Set("Content-Length", strconv.Itoa(b.Len()))
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes())
}

func writeError(w http.ResponseWriter, e *apiError) {
	w.Header().Set("X-Amzn-Query-Error", e.code+";"+e.fault())
	writeJSON(w, e.status, map[string]string{"__type": e.shape, "message": e.message})
}

// hangUp breaks the connection off without an answer, with a TCP reset where
// there is TCP.
func hangUp(w http.ResponseWriter) {
	hijacker, ok := w.(http.Hijacker)
	if !ok {
		panic(http.ErrAbortHandler)
	}
	conn, _, err := hijacker.Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}
