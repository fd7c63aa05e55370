package sqslocal

import "sort"

// group holds the ready messages of one MessageGroupId. Queues of both kinds
// serve their groups in turn: a FIFO queue because a group is blocked
// while a message of it is in flight, a standard queue so that a large group
// does not starve a small one.
type group struct {
	id       string
	waiting  line[*message]
	inFlight int
	inTurn   bool // is in the queue's turns
}

// groupOf finds or makes a group.
func (q *queue) groupOf(id string) *group {
	g := q.groups[id]
	if g == nil {
		g = &group{id: id}
		q.groups[id] = g
	}
	return g
}

// put adds a ready message: at the end, or on a FIFO queue at its place in
// the order of arrival, since it may come back from flight.
func (g *group) put(m *message, fifo bool) {
	at := g.waiting.len()
	if fifo {
		at = sort.Search(at, func(i int) bool { return g.waiting.at(i).order > m.order })
	}
	g.waiting.insert(at, m)
}

// take removes a ready message, the first or (to reorder) any, and is nil
// if there is none. What was deleted meanwhile is skipped.
func (g *group) take(pick func(n int) int) *message {
	for g.waiting.len() > 0 {
		g.waiting.swap(pick(g.waiting.len()))
		if m := g.waiting.pop(); m.state == ready {
			return m
		}
	}
	return nil
}

// giveTurn lets the group be served if it has messages and isn't blocked, and
// forgets a group that has nothing left.
func (q *queue) giveTurn(g *group) {
	switch {
	case g.inTurn:
	case g.waiting.len() > 0 && (!q.fifo || g.inFlight == 0):
		g.inTurn = true
		q.turns.push(g)
	case g.waiting.len() == 0 && g.inFlight == 0:
		delete(q.groups, g.id)
	}
}
