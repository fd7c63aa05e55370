package sqslocal

import "time"

// full tells whether no more messages may be in flight.
func (q *queue) full() bool { return q.inFlight >= q.server.options.MaxInFlight }

// take delivers up to n messages and hides them for visibility. From a
// standard queue it takes one of each group in turn, from a FIFO queue as many of
// a group as it can, in order.
func (q *queue) take(now time.Time, n int, visibility time.Duration) []*message {
	n = min(n, q.server.options.MaxInFlight-q.inFlight)
	var taken []*message
	for len(taken) < n && q.turns.len() > 0 {
		g := q.turns.pop()
		g.inTurn = false
		share := 1
		if q.fifo {
			share = n - len(taken)
		}
		for range share {
			m := q.takeFrom(g, now)
			if m == nil {
				break
			}
			q.deliver(m, now, visibility)
			taken = append(taken, m)
		}
		q.giveTurn(g)
	}
	return taken
}

// takeFrom takes the group's next message that is still to be delivered here:
// expired ones go, and those received too often move to the dead-letter queue.
func (q *queue) takeFrom(g *group, now time.Time) *message {
	pick := func(int) int { return 0 }
	if !q.fifo {
		pick = q.server.chance.reorder
	}
	for {
		m := g.take(pick)
		switch {
		case m == nil:
			return nil
		case !m.sent.Add(q.settings.retention).After(now):
			q.drop(m)
		case !q.redrive(m, now):
			return m
		}
	}
}

// deliver marks m as received. The number of the delivery makes all earlier
// receipt handles stale.
func (q *queue) deliver(m *message, now time.Time, visibility time.Duration) {
	if m.receives == 0 {
		m.firstReceived = now
	}
	m.receives++
	m.attempts++
	m.delivery++
	m.receivedAt = now
	q.hide(m, inFlight, now.Add(visibility+q.server.chance.late()))
	if !q.fifo && !m.twin && q.server.chance.duplicate() {
		q.addTwin(m)
	}
}

// addTwin stores a second copy, as SQS may have on another of its servers:
// the same message with receipt handles of its own, not deleted with the first.
func (q *queue) addTwin(m *message) {
	twin := *m
	twin.twin = true
	twin.key = q.server.nextNumber()
	q.messages[twin.key] = &twin
	q.show(&twin)
}

// redrive moves a message that was received too often to the dead-letter queue.
// As on SQS this happens when it would be received once more. Without the
// dead-letter queue the message stays.
func (q *queue) redrive(m *message, now time.Time) bool {
	policy := q.settings.redrive
	if policy == nil || m.attempts < policy.maxReceives {
		return false
	}
	target := q.server.queueByARN(policy.target)
	if target == nil || target == q {
		return false
	}
	moved := *m
	q.drop(m)
	moved.source = q.arn
	if target.fifo {
		moved.sent = now
		moved.order = q.server.nextNumber()
	}
	target.advance(now)
	target.add(&moved, now, target.settings.delay)
	target.notify(now)
	return true
}
