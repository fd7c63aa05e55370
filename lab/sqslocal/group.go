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
