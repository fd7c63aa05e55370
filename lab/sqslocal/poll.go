package sqslocal

import (
	"context"
	"slices"
	"time"
)

// poll is a receive that waits. Its channel is closed when it is its turn.
type poll struct{ turn chan struct{} }

// notify hands what is deliverable to the poll that waits longest. Whoever was
// woken calls notify again after taking its share, so that the rest goes on to
// the next, and when leaving without.
func (q *queue) notify(now time.Time) {
	if len(q.polls) > 0 && q.turns.len() > 0 && !q.full() {
		close(q.polls[0].turn)
		q.polls = slices.Delete(q.polls, 0, 1)
	}
	q.setAlarm(now)
}

// setAlarm arranges a look at the queue when the next hidden message is due. It is
// needed only while someone waits.
func (q *queue) setAlarm(now time.Time) {
	if len(q.polls) == 0 || q.hidden.len() == 0 {
		return
	}
	wait := max(0, q.hidden.next().Sub(now))
	if q.alarm == nil {
		q.alarm = time.AfterFunc(wait, q.ring)
		return
	}
	q.alarm.Reset(wait)
}

// ring is the alarm going off.
func (q *queue) ring() {
	q.server.mu.Lock()
	defer q.server.mu.Unlock()
	now := time.Now()
	q.advance(now)
	q.notify(now)
}

// join makes a poll wait.
func (q *queue) join() *poll {
	p := &poll{turn: make(chan struct{})}
	q.polls = append(q.polls, p)
	return p
}

// leave ends the poll's wait. A turn that it had but won't use goes to the next.
func (q *queue) leave(p *poll) {
	q.server.mu.Lock()
	defer q.server.mu.Unlock()
	if i := slices.Index(q.polls, p); i >= 0 {
		q.polls = slices.Delete(q.polls, i, i+1)
	}
	q.notify(time.Now())
}

// shut ends all waiting; the queue was deleted or the server closed.
func (q *queue) shut() {
	for _, p := range q.polls {
		close(p.turn)
	}
	q.polls = nil
	if q.alarm != nil {
		q.alarm.Stop()
	}
}

// await blocks until it is the poll's turn (true), or until the wait or the
// client's interest ends (false); then the poll must leave.
func (p *poll) await(ctx context.Context, timeout <-chan time.Time) bool {
	select {
	case <-p.turn:
		return ctx.Err() == nil
	case <-timeout:
		return false
	case <-ctx.Done():
		return false
	}
}
