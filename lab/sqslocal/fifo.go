package sqslocal

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"
)

// The parameters, and attributes, that group messages and find duplicates.
const (
	tokenGroup = "MessageGroupId"
	tokenDedup = "MessageDeduplicationId"
)

// dedupWindow is how long a deduplication id is remembered.
const dedupWindow = 5 * time.Minute

// dedup remembers what was sent to a FIFO queue in the last five minutes;
// deleting a message does not make it forget.
type dedup struct {
	sent  map[string]*message
	order line[string]
}

// find is the message that was sent with the id, or nil.
func (d *dedup) find(id string, now time.Time) *message {
	for d.order.len() > 0 {
		oldest := d.order.at(0)
		if now.Sub(d.sent[oldest].sent) < dedupWindow {
			break
		}
		delete(d.sent, oldest)
		d.order.pop()
	}
	return d.sent[id]
}

// remember notes a message; it keeps a copy without the body, since the
// message itself may be changed and go.
func (d *dedup) remember(id string, m *message) {
	if d.sent == nil {
		d.sent = map[string]*message{}
	}
	d.sent[id] = &message{id: m.id, order: m.order, sent: m.sent}
	d.order.push(id)
}

// dedupKey is the scope of a deduplication id: the queue, or the group.
func (q *queue) dedupKey(m *message) string {
	if q.settings.dedupByGroup {
		return m.group + "\x00" + m.dedup
	}
	return m.dedup
}

// contentID is the deduplication id of content-based deduplication.
func contentID(body string) string {
	sum := sha256.Sum256([]byte(body))
	return hex.EncodeToString(sum[:])
}

func isFIFO(name string) bool { return strings.HasSuffix(name, ".fifo") }
