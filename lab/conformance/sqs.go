package conformance

import (
	"crypto/rand"
	"errors"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/aws/smithy-go"
)

// SQSOptions say what is particular about the service under test.
type SQSOptions struct {
	// Prefix begins the names of all queues. Defaults to "conformance-".
	Prefix string
	// Skip names the subtests that the service is known to fail, each with the
	// reason, which is logged. Defaults to none.
	Skip map[string]string
	// Patience is the longest time to wait for something that must happen at some
	// time. Defaults to 30 seconds.
	Patience time.Duration
}

// SQS checks that the service behind c does all that a queue worker needs of
// SQS. Queues get names of their own and are deleted at the end. Nothing
// depends on order, promptness or exact counts where SQS promises none, so it
// can run against AWS too, in about a minute: the subtests run in parallel. c
// should have a retryer, and an HTTP timeout above 20 seconds.
func SQS(t *testing.T, c *sqs.Client, opts SQSOptions) {
	if opts.Prefix == "" {
		opts.Prefix = "conformance-"
	}
	if opts.Patience == 0 {
		opts.Patience = 30 * time.Second
	}
	k := &sqsKit{client: c, options: opts}
	known := map[string]bool{}
	for _, group := range [][]sqsCase{
		sqsQueueCases(), sqsMessageCases(), sqsVisibilityCases(), sqsBatchCases(), sqsFIFOCases(), sqsDeadLetterCases(), sqsDriverCases(),
	} {
		for _, test := range group {
			known[test.name] = true
			t.Run(test.name, func(t *testing.T) {
				if reason, ok := opts.Skip[test.name]; ok {
					t.Skipf("KNOWN DIFFERENCE: %s", reason)
				}
				t.Parallel()
				test.run(t, k)
			})
		}
	}
	for name := range opts.Skip {
		if !known[name] {
			t.Errorf("Skip names %q, which is no subtest", name)
		}
	}
}

// sqsCase is a subtest, named by the behaviour that it checks.
type sqsCase struct {
	name string
	run  func(t *testing.T, k *sqsKit)
}

// sqsKit makes queues.
type sqsKit struct {
	client  *sqs.Client
	options SQSOptions
}

// name makes a queue name that nobody has.
func (k *sqsKit) name() string { return k.options.Prefix + strings.ToLower(rand.Text()[:12]) }

// standard makes a standard queue that lives as long as the test.
func (k *sqsKit) standard(t *testing.T, attributes map[string]string) *sqsQueue {
	t.Helper()
	return k.create(t, k.name(), attributes)
}

// fifo makes a FIFO queue that lives as long as the test.
func (k *sqsKit) fifo(t *testing.T, attributes map[string]string) *sqsQueue {
	t.Helper()
	all := map[string]string{"FifoQueue": "true"}
	maps.Copy(all, attributes)
	return k.create(t, k.name()+".fifo", all)
}

func (k *sqsKit) create(t *testing.T, name string, attributes map[string]string) *sqsQueue {
	t.Helper()
	out, err := k.client.CreateQueue(t.Context(), &sqs.CreateQueueInput{QueueName: &name, Attributes: attributes})
	if err != nil {
		t.Fatalf("create queue %s: %v", name, err)
	}
	q := &sqsQueue{T: t, sqsKit: k, name: name, url: out.QueueUrl}
	t.Cleanup(func() {
		if err := q.remove(); err != nil {
			t.Logf("delete queue %s: %v", name, err)
		}
	})
	return q
}

// sqsWants fails unless err is an error with the query or JSON code.
func sqsWants(t *testing.T, what string, err error, codes ...string) {
	t.Helper()
	failure, ok := errors.AsType[smithy.APIError](err)
	if !ok {
		t.Errorf("%s: got error %v, want one of %v", what, err, codes)
		return
	}
	for _, code := range codes {
		if strings.HasSuffix(failure.ErrorCode(), code) {
			return
		}
	}
	t.Errorf("%s: got code %s (%v), want one of %v", what, failure.ErrorCode(), err, codes)
}

// sqsBodies are the messages' bodies, in the order received.
func sqsBodies(messages []types.Message) []string {
	bodies := make([]string, len(messages))
	for i, m := range messages {
		bodies[i] = aws.ToString(m.Body)
	}
	return bodies
}
