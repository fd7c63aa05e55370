package embedded

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// Sink is a client of the stack's webhook receiver.
type Sink struct {
	url    string
	client *http.Client
}

// Event is one delivery as the sink received it.
type Event struct {
	// Seq counts from 1 in the order of arrival.
	Seq int64 `json:"seq"`
	// ID is the webhook-id; repeats carry the same. Type is the body's type.
	ID   string `json:"id"`
	Type string `json:"type"`
	// ReceivedAt is the sink's clock.
	ReceivedAt time.Time `json:"received_at"`
	// Verified says that the signature was right and fresh; Problem, why not.
	Verified bool   `json:"verified"`
	Problem  string `json:"problem,omitempty"`
	// Missing names the S3 keys that the body promised and the bucket did not
	// hold at arrival. Never null.
	Missing []string `json:"missing"`
	// SameBodyAsFirst is false where an earlier delivery of this ID had another
	// body.
	SameBodyAsFirst bool `json:"same_body_as_first"`
	// Body is the delivery's body, byte for byte.
	Body string `json:"body"`
}

// Request is a delivery's request as the sink answered it, taken or not.
type Request struct {
	// ID is the webhook-id.
	ID string `json:"id"`
	// Status was answered; 0 where the connection was cut before.
	Status     int       `json:"status"`
	ReceivedAt time.Time `json:"received_at"`
}

// Behaviour is how the sink treats the next deliveries.
type Behaviour struct {
	// Status, if not 0, is answered and the delivery not taken; RetryAfter
	// (seconds) and Location go with it.
	Status     int    `json:"status,omitempty"`
	RetryAfter int    `json:"retry_after,omitempty"`
	Location   string `json:"location,omitempty"`
	// DelayMS is waited before the answer, in milliseconds.
	DelayMS int `json:"delay_ms,omitempty"`
	// LoseReply takes the delivery, then cuts the connection.
	LoseReply bool `json:"lose_reply,omitempty"`
	// Times is for how many deliveries; 0 means one, below 0 until changed.
	Times int `json:"times"`
}

// Sink returns a client of the stack's sink.
func (s *Stack) Sink() *Sink { return NewSink(s.Env["HAKBEON_SINK_URL"]) }

// NewSink returns a client of the sink at a base URL, HAKBEON_SINK_URL of a
// stack's env file.
func NewSink(url string) *Sink { return &Sink{url: url, client: httpClient()} }

// Events returns the events after a sequence number, oldest first, at most
// 1000, and the number to pass next time. If there are none it waits up to
// wait (whole seconds, at most 60) for one.
func (s *Sink) Events(ctx context.Context, after int64, wait time.Duration) ([]Event, int64, error) {
	q := url.Values{"after": {strconv.FormatInt(after, 10)}, "wait": {strconv.Itoa(int(wait / time.Second))}}
	var page struct {
		Events []Event `json:"events"`
		Next   int64   `json:"next"`
		Oldest int64   `json:"oldest"`
	}
	if err := s.call(ctx, http.MethodGet, "/events?"+q.Encode(), nil, &page); err != nil {
		return nil, after, err
	}
	if page.Oldest > after+1 {
		return nil, after, fmt.Errorf("sink: events %d to %d are no longer held", after+1, page.Oldest-1)
	}
	return page.Events, page.Next, nil
}

// Await reads events after a sequence number until one satisfies want, and
// returns it. The context bounds the wait.
func (s *Sink) Await(ctx context.Context, after int64, want func(Event) bool) (Event, error) {
	for {
		events, next, err := s.Events(ctx, after, 20*time.Second)
		if err != nil {
			return Event{}, err
		}
		for _, e := range events {
			if want(e) {
				return e, nil
			}
		}
		after = next
	}
}

// Behave sets how the next deliveries are treated.
func (s *Sink) Behave(ctx context.Context, b Behaviour) error {
	return s.call(ctx, http.MethodPost, "/behave", b, nil)
}

// Requests returns all requests that deliveries have made, in the order of their answers.
func (s *Sink) Requests(ctx context.Context) (all []Request, err error) {
	err = s.call(ctx, http.MethodGet, "/requests", nil, &all)
	return all, err
}

// Refused returns how many deliveries were answered with a Behaviour's status.
func (s *Sink) Refused(ctx context.Context) (int64, error) {
	var state struct {
		Refused int64 `json:"refused"`
	}
	err := s.call(ctx, http.MethodGet, "/behave", nil, &state)
	return state.Refused, err
}

// Pending returns for how many deliveries to come the last Behaviour is meant still.
func (s *Sink) Pending(ctx context.Context) (times int, err error) {
	var state Behaviour
	err = s.call(ctx, http.MethodGet, "/behave", nil, &state)
	return state.Times, err
}

// call sends in as JSON, if not nil, and reads the answer into out, if not nil.
func (s *Sink) call(ctx context.Context, method, path string, in, out any) error {
	var body io.Reader
	if in != nil {
		text, err := json.Marshal(in)
		if err != nil {
			return fmt.Errorf("sink: %w", err)
		}
		body = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(ctx, method, s.url+path, body)
	if err != nil {
		return fmt.Errorf("sink: %w", err)
	}
	resp, err := s.client.Do(req)
	if err != nil {
		return fmt.Errorf("sink: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode/100 != 2 {
		why, _ := io.ReadAll(io.LimitReader(resp.Body, 1<<10))
		return fmt.Errorf("sink: %s %s: %s: %s", method, path, resp.Status, bytes.TrimSpace(why))
	}
	if out == nil {
		return nil
	}
	if err := json.NewDecoder(resp.Body).Decode(out); err != nil {
		return fmt.Errorf("sink: read the answer: %w", err)
	}
	return nil
}
