package sink

import (
	"crypto/sha256"
	"sync"

	"hakbeon/lab/embedded"
)

// Event is one delivery as it arrived.
type Event = embedded.Event

// ledger holds the latest events, bounded by number and by bytes of bodies.
type ledger struct {
	maxEvents int
	maxBytes  int64

	mu     sync.Mutex
	events []Event
	next   int64
	bytes  int64
	first  map[string]firstBody
	grown  chan struct{}
}

// firstBody is the body that an ID came with when it came first.
type firstBody struct {
	seq int64
	sum [sha256.Size]byte
}

func newLedger(maxEvents int, maxBytes int64) *ledger {
	return &ledger{
		maxEvents: maxEvents, maxBytes: maxBytes, next: 1,
		first: map[string]firstBody{}, grown: make(chan struct{}),
	}
}

// add numbers the event, compares it with the first of its ID, and wakes
// whoever waits. An unverified event sets no precedent: anyone can send one.
func (l *ledger) add(e Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	e.Seq = l.next
	l.next++
	sum := sha256.Sum256([]byte(e.Body))
	first, seen := l.first[e.ID]
	e.SameBodyAsFirst = !seen || first.sum == sum
	if !seen && e.Verified {
		l.first[e.ID] = firstBody{seq: e.Seq, sum: sum}
	}
	l.events = append(l.events, e)
	l.bytes += int64(len(e.Body))
	l.evict()
	close(l.grown)
	l.grown = make(chan struct{})
}

// evict drops the oldest events beyond the bounds, but never the newest.
func (l *ledger) evict() {
	for len(l.events) > 1 && (len(l.events) > l.maxEvents || l.bytes > l.maxBytes) {
		old := l.events[0]
		l.bytes -= int64(len(old.Body))
		if l.first[old.ID].seq == old.Seq {
			delete(l.first, old.ID)
		}
		l.events[0] = Event{}
		l.events = l.events[1:]
	}
}

// after returns events with a higher sequence number, up to limit of them and
// about maxBytes of bodies, and a channel that is closed when there are more.
func (l *ledger) after(seq int64, limit int, maxBytes int) ([]Event, <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	from := 0
	if len(l.events) > 0 {
		from = int(min(max(seq-l.events[0].Seq+1, 0), int64(len(l.events))))
	}
	to, size := from, 0
	for to < len(l.events) && to-from < limit && size < maxBytes {
		size += len(l.events[to].Body)
		to++
	}
	return append([]Event{}, l.events[from:to]...), l.grown
}

// oldest returns the lowest sequence number still held, or the next one.
func (l *ledger) oldest() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.events) == 0 {
		return l.next
	}
	return l.events[0].Seq
}
