package sqslocal

import "time"

// sendEntry is a message as sent, alone or in a batch.
type sendEntry struct {
	ID                     string `json:"Id"`
	MessageBody            string
	DelaySeconds           *int
	MessageAttributes      map[string]attribute
	MessageDeduplicationID *string `json:"MessageDeduplicationId"`
	MessageGroupID         *string `json:"MessageGroupId"`
}

// sendResult answers one sendEntry.
type sendResult struct {
	ID                     string `json:"Id,omitempty"`
	MessageID              string `json:"MessageId"`
	MD5OfMessageBody       string
	MD5OfMessageAttributes string `json:",omitempty"`
	SequenceNumber         string `json:",omitempty"`
}

type sendInput struct {
	sendEntry

	QueueURL string `json:"QueueUrl"`
}

func opSendMessage(s *Server, _ *call, in *sendInput) (any, error) {
	m, err := in.prepare()
	if err != nil {
		return nil, err
	}
	var out *sendResult
	err = s.on(in.QueueURL, func(q *queue, now time.Time) error {
		out, err = q.send(&in.sendEntry, m, now)
		return err
	})
	return out, err
}

type sendBatchInput struct {
	QueueURL string `json:"QueueUrl"`
	Entries  []sendEntry
}

func opSendMessageBatch(s *Server, _ *call, in *sendBatchInput) (any, error) {
	if err := checkBatch(in.Entries, func(e sendEntry) string { return e.ID }); err != nil {
		return nil, err
	}
	prepared := make([]*message, len(in.Entries))
	problems := make([]error, len(in.Entries))
	total := 0
	for i := range in.Entries {
		total += in.Entries[i].size()
		prepared[i], problems[i] = in.Entries[i].prepare()
	}
	if total > maxMessage {
		return nil, legacyError("BatchRequestTooLong",
			"Batch requests cannot be longer than %d bytes. You have sent %d bytes.", maxMessage, total)
	}
	out := batchOutput{Successful: []any{}}
	return &out, s.on(in.QueueURL, func(q *queue, now time.Time) error {
		for i := range in.Entries {
			e := &in.Entries[i]
			out.settle(e.ID, s.entry("SendMessageBatch", func() (any, error) {
				if problems[i] != nil {
					return nil, problems[i]
				}
				return q.send(e, prepared[i], now)
			}))
		}
		return nil
	})
}

// prepare checks all that can be checked without the queue, and makes the message.
func (e *sendEntry) prepare() (*message, error) {
	switch {
	case e.MessageBody == "":
		return nil, missing("MessageBody")
	case !validText(e.MessageBody):
		return nil, sqsError("InvalidMessageContents", "InvalidMessageContents",
			"Invalid characters found. Valid unicode characters are "+
				"#x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF")
	case e.DelaySeconds != nil && (*e.DelaySeconds < 0 || *e.DelaySeconds > 900):
		return nil, outOfRange(*e.DelaySeconds, attrDelay, "DelaySeconds must be >= 0 and <= 900")
	}
	if err := checkAttributes(e.MessageAttributes); err != nil {
		return nil, err
	}
	m := &message{
		id: newID(), body: e.MessageBody, bodyMD5: md5Of(e.MessageBody),
		attrs: e.MessageAttributes, attrsMD5: md5OfAttributes(e.MessageAttributes),
		size: e.size(),
	}
	return m, nil
}

// size is what counts against the limits: body and attributes, in bytes.
func (e *sendEntry) size() int {
	n := len(e.MessageBody)
	for name, a := range e.MessageAttributes {
		n += len(name) + len(a.DataType) + len(a.value())
	}
	return n
}

// send checks what depends on the queue, and stores the message. A message
// that was sent before, by its deduplication id, is answered and not stored.
func (q *queue) send(e *sendEntry, m *message, now time.Time) (*sendResult, error) {
	if m.size > q.settings.maxSize {
		return nil, invalidValue("One or more parameters are invalid. Reason: Message must be shorter than %d bytes.",
			q.settings.maxSize)
	}
	if err := q.place(e, m); err != nil {
		return nil, err
	}
	m.sent = now
	delay := q.settings.delay
	if e.DelaySeconds != nil {
		delay = time.Duration(*e.DelaySeconds) * time.Second
	}
	m.order = q.server.nextNumber()
	if q.fifo {
		key := q.dedupKey(m)
		if before := q.dedup.find(key, now); before != nil {
			m.id, m.order = before.id, before.order
			return q.sendResult(e, m), nil
		}
		q.dedup.remember(key, m)
	}
	q.add(m, now, delay)
	return q.sendResult(e, m), nil
}

// place sets the message's group and deduplication id.
func (q *queue) place(e *sendEntry, m *message) error {
	for name, value := range map[string]*string{
		tokenGroup: e.MessageGroupID, tokenDedup: e.MessageDeduplicationID,
	} {
		if value != nil && !validToken(*value) {
			return outOfRange(*value, name,
				name+" can only include alphanumeric and punctuation characters. 1 to 128 in length")
		}
	}
	if e.MessageGroupID != nil {
		m.group = *e.MessageGroupID
	}
	if !q.fifo {
		if e.MessageDeduplicationID != nil {
			return invalidValue("The request includes MessageDeduplicationId, which is not valid for this queue type")
		}
		return nil
	}
	switch {
	case e.MessageGroupID == nil:
		return missing(tokenGroup)
	case e.DelaySeconds != nil && *e.DelaySeconds != 0:
		return outOfRange(*e.DelaySeconds, attrDelay,
			"The request include parameter that is not valid for this queue type")
	case e.MessageDeduplicationID != nil:
		m.dedup = *e.MessageDeduplicationID
	case q.settings.byContent:
		m.dedup = contentID(m.body)
	default:
		return invalidValue("The queue should either have ContentBasedDeduplication enabled " +
			"or MessageDeduplicationId provided explicitly")
	}
	return nil
}

func (q *queue) sendResult(e *sendEntry, m *message) *sendResult {
	r := &sendResult{
		ID: e.ID, MessageID: m.id, MD5OfMessageBody: m.bodyMD5, MD5OfMessageAttributes: m.attrsMD5,
	}
	if q.fifo {
		r.SequenceNumber = m.sequence()
	}
	return r
}
