package sqslocal

import "time"

// stock is a queue's messages, by where they are.
type stock struct {
	fifo     bool
	messages map[uint64]*message // every message, by key
	groups   map[string]*group
	turns    line[*group] // groups that may be served
	hidden   schedule     // delayed and in-flight messages
	inFlight int
	delayed  int
}

func newStock(fifo bool) stock {
	return stock{fifo: fifo, messages: map[uint64]*message{}, groups: map[string]*group{}}
}

// visible is the number of messages that are neither delayed nor in flight.
func (s *stock) visible() int { return len(s.messages) - s.inFlight - s.delayed }

// hide takes a message out of sight until due.
func (s *stock) hide(m *message, as state, due time.Time) {
	m.state, m.due = as, due
	s.hidden.add(m)
	if as == delayed {
		s.delayed++
		return
	}
	s.inFlight++
	s.groupOf(m.group).inFlight++
}

// unhide undoes hide and leaves the message's next state to the caller.
func (s *stock) unhide(m *message) {
	s.hidden.remove(m)
	if m.state == delayed {
		s.delayed--
		return
	}
	s.inFlight--
	s.groupOf(m.group).inFlight--
}

// show makes a message deliverable.
func (s *stock) show(m *message) {
	m.state = ready
	g := s.groupOf(m.group)
	g.put(m, s.fifo)
	s.giveTurn(g)
}

// drop removes a message for good, whatever its state.
func (s *stock) drop(m *message) {
	if m.state == delayed || m.state == inFlight {
		s.unhide(m)
		s.giveTurn(s.groupOf(m.group))
	}
	m.state = gone
	delete(s.messages, m.key)
}

// groupOf finds or makes a group.
func (s *stock) groupOf(id string) *group {
	g := s.groups[id]
	if g == nil {
		g = &group{id: id}
		s.groups[id] = g
	}
	return g
}

// giveTurn lets the group be served if it has messages and isn't blocked, and
// forgets a group that has nothing left.
func (s *stock) giveTurn(g *group) {
	switch {
	case g.inTurn:
	case g.waiting.len() > 0 && (!s.fifo || g.inFlight == 0):
		g.inTurn = true
		s.turns.push(g)
	case g.waiting.len() == 0 && g.inFlight == 0:
		delete(s.groups, g.id)
	}
}
