package sqslocal

import (
	"time"
)

// queue is one queue's state. The server's mutex guards all of it.
//
// Time passes only when someone looks: every operation first calls advance,
// which brings due messages back, and at last calls notify, which passes what is
// deliverable to a waiting poll and sets the alarm for the next due message.
type queue struct {
	server   *Server
	name     string
	arn      string
	fifo     bool
	serial   uint64 // names the queue in receipt handles
	created  time.Time
	modified time.Time
	purged   time.Time
	settings settings
	tags     map[string]string

	messages map[uint64]*message // every message, by key
	groups   map[string]*group
	turns    line[*group] // groups that may be served
	hidden   schedule     // delayed and in-flight messages
	inFlight int
	delayed  int
	dedup    dedup
	sweepAt  time.Time // no message expires before

	polls []*poll
	alarm *time.Timer
}

func newQueue(s *Server, name string, serial uint64, set settings, now time.Time) *queue {
	q := &queue{
		server: s, name: name, arn: s.arn(name), fifo: isFIFO(name), serial: serial,
		created: now, modified: now, settings: set, tags: map[string]string{},
	}
	q.clear()
	return q
}

// clear forgets all messages.
func (q *queue) clear() {
	q.messages = map[uint64]*message{}
	q.groups = map[string]*group{}
	q.turns, q.hidden = line[*group]{}, schedule{}
	q.inFlight, q.delayed = 0, 0
}

// visible is the number of messages that are neither delayed nor in flight.
func (q *queue) visible() int { return len(q.messages) - q.inFlight - q.delayed }

// add stores a message that arrives, by sending or from another queue.
func (q *queue) add(m *message, now time.Time, delay time.Duration) {
	m.key = q.server.nextNumber()
	m.attempts, m.delivery = 0, 0
	q.messages[m.key] = m
	if expires := m.sent.Add(q.settings.retention); expires.Before(q.sweepAt) || q.sweepAt.IsZero() {
		q.sweepAt = expires
	}
	if delay > 0 {
		q.hide(m, delayed, now.Add(delay))
		return
	}
	q.show(m)
}

// hide takes a message out of sight until due.
func (q *queue) hide(m *message, as state, due time.Time) {
	m.state, m.due = as, due
	q.hidden.add(m)
	if as == delayed {
		q.delayed++
		return
	}
	q.inFlight++
	q.groupOf(m.group).inFlight++
}

// unhide undoes hide and leaves the message's next state to the caller.
func (q *queue) unhide(m *message) {
	q.hidden.remove(m)
	if m.state == delayed {
		q.delayed--
		return
	}
	q.inFlight--
	q.groupOf(m.group).inFlight--
}

// show makes a message deliverable.
func (q *queue) show(m *message) {
	m.state = ready
	g := q.groupOf(m.group)
	g.put(m, q.fifo)
	q.giveTurn(g)
}

// drop removes a message for good, whatever its state.
func (q *queue) drop(m *message) {
	if m.state == delayed || m.state == inFlight {
		q.unhide(m)
		q.giveTurn(q.groupOf(m.group))
	}
	m.state = gone
	delete(q.messages, m.key)
}

// advance brings the queue up to now.
func (q *queue) advance(now time.Time) {
	q.sweep(now)
	for q.hidden.len() > 0 && !q.hidden.next().After(now) {
		m := q.hidden.items[0]
		q.unhide(m)
		q.show(m)
	}
}

// sweep drops messages past their retention, at most once a second since it
// looks at every message.
func (q *queue) sweep(now time.Time) {
	if q.sweepAt.IsZero() || now.Before(q.sweepAt) {
		return
	}
	q.sweepAt = time.Time{}
	for _, m := range q.messages {
		expires := m.sent.Add(q.settings.retention)
		if !expires.After(now) {
			q.drop(m)
		} else if q.sweepAt.IsZero() || expires.Before(q.sweepAt) {
			q.sweepAt = expires
		}
	}
	if soon := now.Add(time.Second); !q.sweepAt.IsZero() && q.sweepAt.Before(soon) {
		q.sweepAt = soon
	}
}
