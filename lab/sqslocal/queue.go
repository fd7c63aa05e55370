package sqslocal

import "time"

// queue is one queue's state. The server's mutex guards all of it.
//
// Time passes only when someone looks: every operation first calls advance,
// which brings due messages back, and at last calls notify, which passes what is
// deliverable to a waiting poll and sets the alarm for the next due message.
type queue struct {
	server   *Server
	name     string
	arn      string
	serial   uint64 // names the queue in receipt handles
	created  time.Time
	modified time.Time
	settings settings
	stock
	dedup   dedup
	sweepAt time.Time // no message expires before

	polls []*poll
	alarm *time.Timer
}

func newQueue(s *Server, name string, serial uint64, set settings, now time.Time) *queue {
	return &queue{
		server: s, name: name, arn: s.arn(name), serial: serial,
		created: now, modified: now, settings: set, stock: newStock(isFIFO(name)),
	}
}

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
