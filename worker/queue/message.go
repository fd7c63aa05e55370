package queue

import (
	"context"
	"sync"
	"time"
)

// Message is a received message. Its exported fields are read-only.
type Message struct {
	ID         string
	Body       string
	Group      string
	Attributes map[string]string // string attributes of the sender
	Sent       time.Time         // when it was put on the queue; SQS's clock
	Receives   int               // how often it was received, this time included

	receipt  string
	received time.Time
	draining <-chan struct{}

	mu      sync.Mutex
	begun   time.Time
	cancel  context.CancelCauseFunc // ends the handler; nil before it begins
	expires time.Time               // until when it is hidden from others
	beat    chan struct{}           // closed when the beat under way has its answer; nil if none is
	settled bool
	lost    bool
}

// Draining is closed when the consumer shuts down: who has not begun the real
// work on the message should return [ErrHandBack].
func (m *Message) Draining() <-chan struct{} { return m.draining }

func newMessage(in Received, received, expires time.Time, draining <-chan struct{}) *Message {
	m := &Message{
		ID: in.ID, Body: in.Body, receipt: in.Receipt, Group: in.Group, Sent: in.Sent, Receives: max(in.Receives, 1),
		Attributes: in.Attributes, received: received, expires: expires, draining: draining,
	}
	if m.Sent.IsZero() {
		m.Sent = received
	}
	return m
}

// wish asks for the message to be hidden for d from now, as far as SQS goes: it
// refuses what reaches beyond 12 hours from the receive.
func (m *Message) wish(now time.Time, d time.Duration) Extension {
	return Extension{m.receipt, min(d, m.received.Add(maxVisibility-time.Minute).Sub(now))}
}

// begin ties the handler's context to the message; false if it was lost while
// it waited.
func (m *Message) begin(cancel context.CancelCauseFunc) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.cancel, m.begun = cancel, time.Now()
	return !m.lost
}

// startBeat claims the message for one beat; false if it needs none.
func (m *Message) startBeat(now time.Time, visibility time.Duration) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.settled || m.lost || m.beat != nil || m.expires.Sub(now) > visibility/2 {
		return false
	}
	m.beat = make(chan struct{})
	return true
}

// endBeat takes the beat's answer; a stale receipt ends the handler.
func (m *Message) endBeat(expires time.Time, err error) {
	if isStale(err) {
		m.lose()
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	close(m.beat)
	m.beat = nil
	if err == nil {
		m.expires = expires
	}
}

// lose says that the receipt is of no more use, and ends the handler.
func (m *Message) lose() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.lost = true
	if m.cancel != nil {
		m.cancel(errLost)
	}
}

// claim ends the beats; false if the message was settled before: a handler that
// was abandoned may end after all.
func (m *Message) claim() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	first := !m.settled
	m.settled = true
	return first
}

// ours waits for a beat that is under way, so that it can't overwrite what is
// said of the message next, and reports whether the receipt is still good.
func (m *Message) ours() bool {
	m.mu.Lock()
	beat := m.beat
	m.mu.Unlock()
	if beat != nil {
		<-beat
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return !m.lost
}
