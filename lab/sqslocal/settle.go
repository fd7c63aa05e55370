package sqslocal

import "time"

// maxHidden is how long a receipt handle can keep its message hidden in all.
const maxHidden = 12 * time.Hour

type deleteEntry struct {
	ID            string `json:"Id"`
	ReceiptHandle string
}

type deleteInput struct {
	deleteEntry

	QueueURL string `json:"QueueUrl"`
}

func opDeleteMessage(s *Server, _ *call, in *deleteInput) (any, error) {
	return nil, s.on(in.QueueURL, func(q *queue, _ time.Time) error {
		return q.delete(in.ReceiptHandle)
	})
}

type deleteBatchInput struct {
	QueueURL string `json:"QueueUrl"`
	Entries  []deleteEntry
}

func opDeleteMessageBatch(s *Server, _ *call, in *deleteBatchInput) (any, error) {
	if err := checkBatch(in.Entries, func(e deleteEntry) string { return e.ID }); err != nil {
		return nil, err
	}
	out := batchOutput{Successful: []any{}}
	return &out, s.on(in.QueueURL, func(q *queue, _ time.Time) error {
		for _, e := range in.Entries {
			out.settle(e.ID, s.entry("DeleteMessageBatch", func() (any, error) {
				return entryID{e.ID}, q.delete(e.ReceiptHandle)
			}))
		}
		return nil
	})
}

// find is the message that a handle is for, or nil if it is gone; the handle
// must have been issued by this queue.
func (q *queue) find(handle string) (receipt, *message, error) {
	if handle == "" {
		return receipt{}, nil, missing("ReceiptHandle")
	}
	r, ok := decodeReceipt(handle)
	if !ok || r.queue != q.serial {
		return receipt{}, nil, receiptHandleIsInvalid(handle)
	}
	return r, q.messages[r.message], nil
}

// delete removes the message that the handle is for. Deleting what is gone
// succeeds. After a later receive a standard queue says yes and does nothing;
// a FIFO queue refuses a handle once its visibility has ended.
func (q *queue) delete(handle string) error {
	r, m, err := q.find(handle)
	switch {
	case err != nil:
		return err
	case m == nil:
		return nil
	case q.fifo && (m.delivery != r.delivery || m.state != inFlight):
		return outOfRange(handle, "ReceiptHandle", "The receipt handle has expired")
	case m.delivery == r.delivery:
		q.drop(m)
	}
	return nil
}

type visibilityEntry struct {
	ID                string `json:"Id"`
	ReceiptHandle     string
	VisibilityTimeout *int
}

type visibilityInput struct {
	visibilityEntry

	QueueURL string `json:"QueueUrl"`
}

func opChangeVisibility(s *Server, _ *call, in *visibilityInput) (any, error) {
	return nil, s.on(in.QueueURL, func(q *queue, now time.Time) error {
		return q.changeVisibility(&in.visibilityEntry, now)
	})
}

type visibilityBatchInput struct {
	QueueURL string `json:"QueueUrl"`
	Entries  []visibilityEntry
}

func opChangeVisibilityBatch(s *Server, _ *call, in *visibilityBatchInput) (any, error) {
	if err := checkBatch(in.Entries, func(e visibilityEntry) string { return e.ID }); err != nil {
		return nil, err
	}
	out := batchOutput{Successful: []any{}}
	return &out, s.on(in.QueueURL, func(q *queue, now time.Time) error {
		for _, e := range in.Entries {
			out.settle(e.ID, s.entry("ChangeMessageVisibilityBatch", func() (any, error) {
				return entryID{e.ID}, q.changeVisibility(&e, now)
			}))
		}
		return nil
	})
}

// changeVisibility makes a message in flight come back at another time, at
// once for 0. Only the latest handle can.
func (q *queue) changeVisibility(e *visibilityEntry, now time.Time) error {
	r, m, err := q.find(e.ReceiptHandle)
	switch {
	case err != nil:
		return err
	case e.VisibilityTimeout == nil:
		return missing(attrHidden)
	case *e.VisibilityTimeout < 0 || *e.VisibilityTimeout > int(maxHidden/time.Second):
		return outOfRange(*e.VisibilityTimeout, attrHidden, "Must be between 0 and 43200")
	case m == nil || m.delivery != r.delivery:
		return outOfRange(e.ReceiptHandle, "ReceiptHandle",
			"Message does not exist or is not available for visibility timeout change")
	case m.state != inFlight:
		return legacyError("MessageNotInflight", "The message referred to isn't in flight.")
	}
	timeout := time.Duration(*e.VisibilityTimeout) * time.Second
	if timeout > 0 && now.Add(timeout).After(m.receivedAt.Add(maxHidden)) {
		return outOfRange(*e.VisibilityTimeout, attrHidden,
			"Total VisibilityTimeout for the message is beyond the limit [43200 seconds]")
	}
	q.unhide(m)
	if timeout == 0 {
		q.show(m)
		return nil
	}
	q.hide(m, inFlight, now.Add(timeout+q.server.chance.late()))
	return nil
}
