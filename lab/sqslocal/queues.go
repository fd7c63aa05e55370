package sqslocal

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// minGap is how long to wait before creating a queue again that was deleted.
const minGap = 60 * time.Second

type createQueueInput struct {
	QueueName  string
	Attributes map[string]string
}

func opCreateQueue(s *Server, c *call, in *createQueueInput) (any, error) {
	if err := s.createQueue(in.QueueName, in.Attributes); err != nil {
		return nil, err
	}
	return queueURLOutput{c.url(in.QueueName)}, nil
}

type queueURLOutput struct {
	QueueURL string `json:"QueueUrl"`
}

// createQueue makes a queue, or does nothing if there is one with these attributes.
func (s *Server) createQueue(name string, attributes map[string]string) error {
	fifo := isFIFO(name)
	if err := checkQueueName(name); err != nil {
		return err
	}
	if fifo != (attributes[attrFIFO] == yes) {
		return invalidValue("The name of a FIFO queue, and no other, ends with .fifo and FifoQueue must be true.")
	}
	set, err := settings{text: defaultText(fifo)}.change(fifo, attributes)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if q := s.queues[name]; q != nil {
		return q.sameAs(attributes)
	}
	now := time.Now()
	if at, ok := s.deleted[name]; ok && now.Sub(at) < minGap {
		return legacyError("QueueDeletedRecently",
			"You must wait 60 seconds after deleting a queue before you can create another with the same name.")
	}
	if err := s.checkTarget(name, set.redrive); err != nil {
		return err
	}
	delete(s.deleted, name)
	s.queues[name] = newQueue(s, name, s.nextNumber(), set, now)
	return nil
}

// sameAs refuses attributes that differ from the queue's.
func (q *queue) sameAs(attributes map[string]string) error {
	for _, name := range slices.Sorted(maps.Keys(attributes)) {
		if q.settings.text[name] != attributes[name] {
			return sqsError("QueueNameExists", "QueueAlreadyExists",
				"A queue already exists with the same name and a different value for attribute %s", name)
		}
	}
	return nil
}

// checkTarget checks that the dead-letter queue exists and is of the same kind.
func (s *Server) checkTarget(name string, policy *redrivePolicy) error {
	if policy == nil {
		return nil
	}
	target := s.queueByARN(policy.target)
	if target == nil {
		return outOfRange(policy.target, attrRedrive, "Dead letter target does not exist")
	}
	if target.fifo != isFIFO(name) {
		return outOfRange(policy.target, attrRedrive, "Dead-letter queue must be same type of queue as the source")
	}
	return nil
}

func checkQueueName(name string) error {
	if !validName(strings.TrimSuffix(name, ".fifo"), "_-") || len(name) > 80 {
		return invalidValue("Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length")
	}
	return nil
}

// queueName is the queue that a URL names. Only the path counts, as the host
// differs by how one reaches the server.
func queueName(queueURL string) (string, error) {
	if queueURL == "" {
		return "", missing("QueueUrl")
	}
	u, err := url.Parse(queueURL)
	if err != nil {
		return "", badAddress(queueURL)
	}
	parts := strings.Split(strings.Trim(u.Path, "/"), "/")
	if len(parts) != 2 {
		return "", badAddress(queueURL)
	}
	if parts[0] != Account {
		return "", queueDoesNotExist()
	}
	return parts[1], nil
}

func badAddress(queueURL string) error {
	return sqsError("InvalidAddress", "InvalidAddress", "The address %s is not valid for this endpoint.", queueURL)
}

type queueInput struct {
	QueueURL string `json:"QueueUrl"`
}

func opDeleteQueue(s *Server, _ *call, in *queueInput) (any, error) {
	return nil, s.on(in.QueueURL, func(q *queue, now time.Time) error {
		delete(s.queues, q.name)
		s.deleted[q.name] = now
		q.stock = newStock(q.fifo)
		q.shut()
		return nil
	})
}

type getQueueURLInput struct{ QueueName string }

func opGetQueueURL(s *Server, c *call, in *getQueueURLInput) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.queues[in.QueueName] == nil {
		return nil, queueDoesNotExist()
	}
	return queueURLOutput{c.url(in.QueueName)}, nil
}

type getAttributesInput struct {
	QueueURL       string `json:"QueueUrl"`
	AttributeNames []string
}

type attributesOutput struct {
	Attributes map[string]string `json:",omitempty"`
}

func opGetQueueAttributes(s *Server, _ *call, in *getAttributesInput) (any, error) {
	out := attributesOutput{map[string]string{}}
	return &out, s.on(in.QueueURL, func(q *queue, _ time.Time) error {
		all := q.attributes()
		known := rules(true)
		for _, name := range in.AttributeNames {
			value, has := all[name]
			switch {
			case name == everyName:
				maps.Copy(out.Attributes, all)
			case has:
				out.Attributes[name] = value
			case known[name] == nil:
				return sqsError("InvalidAttributeName", "InvalidAttributeName", "Unknown Attribute %s.", name)
			}
		}
		return nil
	})
}

// attributes are the queue's settings and figures.
func (q *queue) attributes() map[string]string {
	all := maps.Clone(q.settings.text)
	all["QueueArn"] = q.arn
	all["CreatedTimestamp"] = strconv.FormatInt(q.created.Unix(), 10)
	all["LastModifiedTimestamp"] = strconv.FormatInt(q.modified.Unix(), 10)
	all["ApproximateNumberOfMessages"] = strconv.Itoa(q.visible())
	all["ApproximateNumberOfMessagesNotVisible"] = strconv.Itoa(q.inFlight)
	all["ApproximateNumberOfMessagesDelayed"] = strconv.Itoa(q.delayed)
	return all
}

type setAttributesInput struct {
	QueueURL   string `json:"QueueUrl"`
	Attributes map[string]string
}

func opSetQueueAttributes(s *Server, _ *call, in *setAttributesInput) (any, error) {
	return nil, s.on(in.QueueURL, func(q *queue, now time.Time) error {
		set, err := q.settings.change(q.fifo, in.Attributes)
		if err != nil {
			return err
		}
		if err := s.checkTarget(q.name, set.redrive); err != nil {
			return err
		}
		q.settings, q.modified = set, now
		q.sweepAt = now // retention may be shorter
		return nil
	})
}
