package queue

import (
	"context"
	"strconv"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
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
	cancel   context.CancelCauseFunc

	mu      sync.Mutex
	expires time.Time     // until when it is hidden from others
	beat    chan struct{} // closed when the beat under way has its answer; nil if none is
	settled bool
	lost    bool
}

// Draining is closed when the consumer shuts down: who has not begun the real
// work on the message should return [ErrHandBack].
func (m *Message) Draining() <-chan struct{} { return m.draining }

func newMessage(in types.Message, received time.Time, hidden time.Duration, draining <-chan struct{}) *Message {
	m := &Message{
		ID: aws.ToString(in.MessageId), Body: aws.ToString(in.Body), receipt: aws.ToString(in.ReceiptHandle),
		Group:      in.Attributes[string(types.MessageSystemAttributeNameMessageGroupId)],
		Sent:       received,
		Receives:   1,
		Attributes: make(map[string]string, len(in.MessageAttributes)),
		received:   received, expires: received.Add(hidden), draining: draining,
	}
	if n, err := strconv.Atoi(in.Attributes[string(types.MessageSystemAttributeNameApproximateReceiveCount)]); err == nil {
		m.Receives = n
	}
	if ms, err := strconv.ParseInt(in.Attributes[string(types.MessageSystemAttributeNameSentTimestamp)], 10, 64); err == nil {
		m.Sent = time.UnixMilli(ms)
	}
	for name, value := range in.MessageAttributes {
		if value.StringValue != nil {
			m.Attributes[name] = *value.StringValue
		}
	}
	return m
}

// begin ties the handler's context to the message; false if it was lost while
// it waited.
func (m *Message) begin(cancel context.CancelCauseFunc) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.cancel = cancel
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
	m.mu.Lock()
	defer m.mu.Unlock()
	close(m.beat)
	m.beat = nil
	if err == nil {
		m.expires = expires
		return
	}
	if entryErr, ok := err.(*EntryError); ok && entryErr.stale() { //nolint:errorlint // made here, never wrapped
		m.lost = true
		m.cancel(errLost)
	}
}

// settle ends the beats and waits for one under way, so that it can't overwrite
// what is said of the message next. It reports whether the message is still ours.
func (m *Message) settle() bool {
	m.mu.Lock()
	m.settled = true
	beat := m.beat
	m.mu.Unlock()
	if beat != nil {
		<-beat
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return !m.lost
}
