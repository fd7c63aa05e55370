package sqslocal

import (
	"context"
	"net/http"
	"sync"
	"time"
)

// Account is the AWS account that all queues belong to.
const Account = "000000000000"

// Options configure a Server.
type Options struct {
	// Region is the region in the queues' ARNs. Defaults to "us-east-1".
	Region string
	// AccessKey, if set, must be the key that every request is signed with;
	// others are refused with InvalidClientTokenId, unsigned requests with
	// MissingAuthenticationToken. Defaults to "", which accepts everything.
	AccessKey string
	// SecretKey, if set, makes the server verify the SigV4 signature of every
	// request, and that it is at most 15 minutes old. Defaults to "", no check.
	SecretKey string
	// MaxInFlight is the number of messages of a queue that can be in flight at
	// once. Defaults to 120,000, as in SQS.
	MaxInFlight int
	// Faults are the faults to begin with; see SetFaults. Defaults to none.
	Faults Faults
}

// Server is an SQS service. It is an http.Handler, safe for concurrent use.
type Server struct {
	options    Options
	operations map[string]operation
	chance     chance
	closed     chan struct{}

	mu      sync.Mutex // guards all below, and the queues
	queues  map[string]*queue
	deleted map[string]time.Time // when a queue of that name was deleted
	number  uint64
}

var _ http.Handler = (*Server)(nil)

// New makes a server without queues. Call Close when done with it.
func New(options Options) *Server {
	if options.Region == "" {
		options.Region = "us-east-1"
	}
	if options.MaxInFlight == 0 {
		options.MaxInFlight = 120_000
	}
	s := &Server{
		options:    options,
		operations: operations(),
		closed:     make(chan struct{}),
		queues:     map[string]*queue{},
		deleted:    map[string]time.Time{},
	}
	s.chance.set(options.Faults)
	return s
}

// Close ends all long polls, which then receive nothing. Later requests are answered with 503. It may be called more than once.
func (s *Server) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.isClosed() {
		return
	}
	close(s.closed)
	for _, q := range s.queues {
		q.shut()
	}
}

func (s *Server) isClosed() bool {
	select {
	case <-s.closed:
		return true
	default:
		return false
	}
}

// CreateQueue makes a queue as the operation of that name does, and returns the
// path of its URL, for example "/000000000000/jobs".
func (s *Server) CreateQueue(name string, attributes map[string]string) (string, error) {
	if err := s.createQueue(name, attributes); err != nil {
		return "", err
	}
	return queuePath(name), nil
}

// QueueARN is the ARN of the queue of that name, as a RedrivePolicy needs it.
func (s *Server) QueueARN(name string) string { return s.arn(name) }

func (s *Server) arn(name string) string {
	return "arn:aws:sqs:" + s.options.Region + ":" + Account + ":" + name
}

func queuePath(name string) string { return "/" + Account + "/" + name }

// nextNumber counts everything that needs a number of its own.
func (s *Server) nextNumber() uint64 {
	s.number++
	return s.number
}

// queueByARN is nil if there is no such queue.
func (s *Server) queueByARN(arn string) *queue {
	for _, q := range s.queues {
		if q.arn == arn {
			return q
		}
	}
	return nil
}

// on runs f on the queue with that URL, brought up to now, under the lock.
func (s *Server) on(url string, f func(q *queue, now time.Time) error) error {
	name, err := queueName(url)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	q := s.queues[name]
	if q == nil {
		return queueDoesNotExist()
	}
	now := time.Now()
	q.advance(now)
	defer q.notify(now)
	return f(q, now)
}

// pause waits, unless the client goes away or the server closes.
func (s *Server) pause(ctx context.Context, d time.Duration) {
	if d <= 0 {
		return
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	case <-s.closed:
	}
}
