package sqslocal

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"
)

// keptQueue is a queue as Save writes it.
type keptQueue struct {
	Name       string            `json:"name"`
	Attributes map[string]string `json:"attributes"`
	Messages   []keptMessage     `json:"messages,omitempty"`
}

// keptMessage is a message as Save writes it. What was in flight is hidden until Due,
// as on SQS; its receipt handles are lost, as the next server has handles of its own.
type keptMessage struct {
	ID            string               `json:"id"`
	Body          string               `json:"body"`
	BodyMD5       string               `json:"body_md5"`
	Attributes    map[string]attribute `json:"attributes,omitempty"`
	AttributesMD5 string               `json:"attributes_md5,omitempty"`
	Group         string               `json:"group,omitempty"`
	Dedup         string               `json:"dedup,omitempty"`
	Source        string               `json:"source,omitempty"`
	Size          int                  `json:"size"`
	Sent          time.Time            `json:"sent"`
	FirstReceived time.Time            `json:"first_received,omitzero"`
	Receives      int                  `json:"receives,omitempty"`
	Attempts      int                  `json:"attempts,omitempty"`
	Delayed       bool                 `json:"delayed,omitempty"`
	Due           time.Time            `json:"due,omitzero"` // when it is to be seen; zero where it is
}

// Save writes all queues and their messages, to be read by Restore. What is sent
// meanwhile may be missing: call it after Close.
func (s *Server) Save(to io.Writer) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []keptQueue
	for _, name := range slices.Sorted(maps.Keys(s.queues)) {
		q := s.queues[name]
		kept := keptQueue{Name: name, Attributes: q.settings.text}
		for _, m := range slices.SortedFunc(maps.Values(q.messages), byOrder) {
			kept.Messages = append(kept.Messages, m.kept())
		}
		all = append(all, kept)
	}
	if err := json.NewEncoder(to).Encode(all); err != nil {
		return fmt.Errorf("save the queues: %w", err)
	}
	return nil
}

func byOrder(a, b *message) int { return int(a.order) - int(b.order) }

func (m *message) kept() keptMessage {
	k := keptMessage{
		ID: m.id, Body: m.body, BodyMD5: m.bodyMD5, Attributes: m.attrs, AttributesMD5: m.attrsMD5,
		Group: m.group, Dedup: m.dedup, Source: m.source, Size: m.size,
		Sent: m.sent, FirstReceived: m.firstReceived, Receives: m.receives, Attempts: m.attempts,
	}
	if m.state == delayed || m.state == inFlight {
		k.Delayed, k.Due = m.state == delayed, m.due
	}
	return k
}

// Restore puts back what Save wrote. Queues that are there already keep their
// attributes and take the messages; the others are made.
func (s *Server) Restore(from io.Reader) error {
	var all []keptQueue
	if err := json.NewDecoder(from).Decode(&all); err != nil {
		return fmt.Errorf("restore the queues: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	for _, kept := range all {
		q := s.queues[kept.Name]
		if q == nil {
			set, err := parseSettings(kept.Attributes)
			if err != nil {
				return fmt.Errorf("restore queue %s: %w", kept.Name, err)
			}
			q = newQueue(s, kept.Name, s.nextNumber(), set, now)
			s.queues[kept.Name] = q
		}
		for _, k := range kept.Messages {
			q.restore(k, now)
		}
		q.notify(now)
	}
	return nil
}

func (q *queue) restore(k keptMessage, now time.Time) {
	m := &message{
		key: q.server.nextNumber(), order: q.server.nextNumber(),
		id: k.ID, body: k.Body, bodyMD5: k.BodyMD5, attrs: k.Attributes, attrsMD5: k.AttributesMD5,
		group: k.Group, dedup: k.Dedup, source: k.Source, size: k.Size,
		sent: k.Sent, firstReceived: k.FirstReceived, receives: k.Receives, attempts: k.Attempts,
	}
	q.messages[m.key] = m
	q.sweepAt = now // some may be past their retention
	if q.fifo && now.Sub(m.sent) < dedupWindow {
		q.dedup.remember(q.dedupKey(m), m)
	}
	switch {
	case !k.Due.After(now):
		q.show(m)
	case k.Delayed:
		q.hide(m, delayed, k.Due)
	default:
		q.hide(m, inFlight, k.Due)
	}
}
