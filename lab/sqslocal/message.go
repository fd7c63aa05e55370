package sqslocal

import (
	"crypto/rand"
	"fmt"
	"strconv"
	"time"
)

// state says where in a queue a message is.
type state int

const (
	ready    state = iota // may be received
	delayed               // sent, not yet to be received
	inFlight              // received, hidden until its visibility ends
	gone                  // deleted or expired; lists may still hold it
)

// message is one stored copy of a message in one queue.
type message struct {
	key      uint64 // unique in the server; a duplicate has its own
	id       string // the MessageId
	body     string
	bodyMD5  string
	attrs    map[string]attribute
	attrsMD5 string
	group    string
	dedup    string
	order    uint64 // arrival; the sequence number of a FIFO message
	size     int    // body and attributes, bytes

	sent          time.Time
	firstReceived time.Time
	receivedAt    time.Time // of the latest delivery
	receives      int       // as told to receivers
	attempts      int       // receives in this queue, for its redrive policy
	delivery      uint64    // number of the latest delivery
	source        string    // ARN of the queue it came from, on a dead-letter queue
	twin          bool      // a duplicate made by Faults.Duplicate

	state state
	due   time.Time // when a hidden message is to be ready
	slot  int       // in the schedule
}

// kindBinary is the DataType of bytes, perhaps followed by a label.
const kindBinary = "Binary"

// attribute is a message attribute, as on the wire.
type attribute struct {
	DataType    string  `json:"DataType"`
	StringValue *string `json:"StringValue,omitempty"`
	BinaryValue []byte  `json:"BinaryValue,omitempty"`
}

// firstSequence makes sequence numbers as long as SQS's: twenty digits.
const firstSequence = 10_000_000_000_000_000_000

func (m *message) sequence() string {
	return strconv.FormatUint(firstSequence+m.order*256, 10)
}

// newID is a random UUID.
func newID() string {
	var b [16]byte
	_, _ = rand.Read(b[:])
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
