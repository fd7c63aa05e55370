package sqslocal

import (
	"slices"
	"strconv"
	"time"
)

type receiveInput struct {
	QueueURL                    string   `json:"QueueUrl"`
	AttributeNames              []string // the older name of the next
	MessageSystemAttributeNames []string
	MessageAttributeNames       []string
	MaxNumberOfMessages         *int
	VisibilityTimeout           *int
	WaitTimeSeconds             *int
}

// received is a message as a receiver sees it.
type received struct {
	MessageID              string `json:"MessageId"`
	ReceiptHandle          string
	Body                   string
	MD5OfBody              string
	MD5OfMessageAttributes string               `json:",omitempty"`
	MessageAttributes      map[string]attribute `json:",omitempty"`
	Attributes             map[string]string    `json:",omitempty"`
}

type receiveOutput struct {
	Messages []received `json:",omitempty"`
}

func opReceiveMessage(s *Server, c *call, in *receiveInput) (any, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	r := receiving{in: in}
	for {
		err := s.on(in.QueueURL, r.try)
		if err != nil || r.poll == nil {
			return &r.out, err
		}
		if !r.poll.await(c.ctx, r.timeout) {
			r.queue.leave(r.poll)
			return &r.out, nil
		}
	}
}

// receiving is a receive under way.
type receiving struct {
	in      *receiveInput
	out     receiveOutput
	queue   *queue
	poll    *poll            // not nil while there is something to wait for
	timeout <-chan time.Time // ends the wait
}

// try takes messages or, on a long poll that finds none, begins to wait.
func (r *receiving) try(q *queue, now time.Time) error {
	r.poll = nil
	if r.queue != nil && r.queue != q {
		return queueDoesNotExist() // deleted, and created again
	}
	wait := setting(r.in.WaitTimeSeconds, q.settings.wait)
	err := r.in.fill(q, now, wait > 0, &r.out)
	if err != nil || len(r.out.Messages) > 0 || wait == 0 || q.server.isClosed() {
		return err
	}
	if r.timeout == nil {
		r.timeout = time.NewTimer(wait).C
	}
	r.queue, r.poll = q, q.join()
	return nil
}

// check checks the numbers and names of a receive.
func (in *receiveInput) check() error {
	for _, p := range []struct {
		name      string
		value     *int
		low, high int
	}{
		{"MaxNumberOfMessages", in.MaxNumberOfMessages, 1, 10},
		{"WaitTimeSeconds", in.WaitTimeSeconds, 0, 20},
		{attrHidden, in.VisibilityTimeout, 0, 12 * 3600},
	} {
		if p.value != nil && (*p.value < p.low || *p.value > p.high) {
			return outOfRange(*p.value, p.name,
				"Must be between "+strconv.Itoa(p.low)+" and "+strconv.Itoa(p.high)+", if provided")
		}
	}
	for _, name := range in.systemNames() {
		if name != everyName && !slices.Contains(systemAttributes(), name) {
			return invalidValue("Unknown Attribute %s.", name)
		}
	}
	return nil
}

func (in *receiveInput) systemNames() []string {
	return slices.Concat(in.AttributeNames, in.MessageSystemAttributeNames)
}

// setting is a receive's own value in seconds, or else the queue's.
func setting(own *int, queues time.Duration) time.Duration {
	if own == nil {
		return queues
	}
	return time.Duration(*own) * time.Second
}

// fill takes messages from the queue into out.
func (in *receiveInput) fill(q *queue, now time.Time, long bool, out *receiveOutput) error {
	if q.full() && !q.fifo && !long {
		return sqsError("OverLimit", "OverLimit", "Too many messages in flight: at most %d.", q.server.options.MaxInFlight)
	}
	n, least := 1, 0
	if in.MaxNumberOfMessages != nil {
		n = *in.MaxNumberOfMessages
	}
	if long {
		least = 1
	}
	n = q.server.chance.underfill(n, least)
	for _, m := range q.take(now, n, setting(in.VisibilityTimeout, q.settings.visibility)) {
		out.Messages = append(out.Messages, in.view(q, m))
	}
	return nil
}

// view is the message as this receive asked for it.
func (in *receiveInput) view(q *queue, m *message) received {
	r := received{
		MessageID:         m.id,
		ReceiptHandle:     receipt{q.serial, m.key, m.delivery}.encode(),
		Body:              m.body,
		MD5OfBody:         m.bodyMD5,
		MessageAttributes: choose(m.attrs, in.MessageAttributeNames),
	}
	r.MD5OfMessageAttributes = m.attrsMD5
	if len(r.MessageAttributes) != len(m.attrs) {
		r.MD5OfMessageAttributes = md5OfAttributes(r.MessageAttributes)
	}
	if names := in.systemNames(); len(names) > 0 {
		r.Attributes = map[string]string{}
		for _, name := range systemAttributes() {
			value := m.systemAttribute(name, q.fifo)
			if value != "" && (slices.Contains(names, everyName) || slices.Contains(names, name)) {
				r.Attributes[name] = value
			}
		}
	}
	return r
}

// systemAttributes are the names of what SQS tells about a message.
func systemAttributes() []string {
	return []string{
		"SenderId", "SentTimestamp", "ApproximateReceiveCount", "ApproximateFirstReceiveTimestamp",
		tokenGroup, tokenDedup, "SequenceNumber", "DeadLetterQueueSourceArn",
	}
}

// systemAttribute is one of them, "" where the message has none.
func (m *message) systemAttribute(name string, fifo bool) string {
	switch name {
	case "SenderId":
		return Account
	case "SentTimestamp":
		return strconv.FormatInt(m.sent.UnixMilli(), 10)
	case "ApproximateReceiveCount":
		return strconv.Itoa(m.receives)
	case "ApproximateFirstReceiveTimestamp":
		return strconv.FormatInt(m.firstReceived.UnixMilli(), 10)
	case tokenGroup:
		return m.group
	case tokenDedup:
		return m.dedup
	case "DeadLetterQueueSourceArn":
		return m.source
	}
	if fifo {
		return m.sequence()
	}
	return ""
}
