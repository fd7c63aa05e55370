package queue_test

import (
	"context"
	"flag"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"go.uber.org/goleak"

	"hakbeon/internal/awsclient"
	"hakbeon/lab/sqslocal"
	"hakbeon/worker/queue"
	"hakbeon/worker/queue/awssqs"
)

// TestMain lets the tests on sockets run side by side: they wait most of the time.
func TestMain(m *testing.M) {
	flag.Parse()
	if err := flag.Set("test.parallel", "16"); err != nil {
		panic(err)
	}
	goleak.VerifyTestMain(m)
}

// bed is an SQS with the queues jobs, jobs.fifo and dead, and a client that tests
// can tap.
type bed struct {
	*testing.T
	server *sqslocal.Server
	client *sqs.Client
	host   string
	tap    *tap
	limit  time.Duration // for a test to wait: hours are nothing in a bubble
}

// newBed needs no socket, so it works in a bubble of virtual time.
func newBed(t *testing.T) *bed {
	t.Helper()
	server := sqslocal.New(sqslocal.Options{})
	t.Cleanup(server.Close)
	return (&bed{T: t, server: server, host: "http://sqs.test", limit: 24 * time.Hour}).
		with(&http.Client{Transport: server.Transport()})
}

// newSocketBed listens on a socket, as the real one does.
func newSocketBed(t *testing.T) *bed {
	t.Helper()
	server := sqslocal.New(sqslocal.Options{})
	listener := httptest.NewServer(server)
	transport := &http.Transport{MaxIdleConnsPerHost: 64}
	t.Cleanup(func() { server.Close(); transport.CloseIdleConnections(); listener.Close() })
	return (&bed{T: t, server: server, host: listener.URL, limit: 30 * time.Second}).
		with(awsclient.PlainBodies(&http.Client{Transport: transport}))
}

func (b *bed) with(client aws.HTTPClient) *bed {
	b.client = sqs.New(sqs.Options{
		Region: "us-east-1", BaseEndpoint: &b.host, HTTPClient: client,
		Credentials: credentials.NewStaticCredentialsProvider("key", "secret", ""),
	})
	b.tap = &tap{API: b.client}
	for _, name := range []string{"jobs", "jobs.fifo", "dead"} {
		b.create(name, nil)
	}
	return b
}

func (b *bed) create(name string, attributes map[string]string) {
	b.Helper()
	all := map[string]string{"VisibilityTimeout": "30"}
	if strings.HasSuffix(name, ".fifo") {
		all["FifoQueue"] = "true"
	}
	maps.Copy(all, attributes)
	if _, err := b.server.CreateQueue(name, all); err != nil {
		b.Fatalf("create queue %s: %v", name, err)
	}
}

func (b *bed) url(name string) string { return b.host + "/" + sqslocal.Account + "/" + name }

func (b *bed) sender(name string) *queue.Sender {
	return queue.NewSender(awssqs.Open(b.tap, b.url(name)))
}

// send puts a message of each body on the queue, one after the other. A body
// such as "a:1" is of group a.
func (b *bed) send(name string, bodies ...string) {
	b.Helper()
	for _, body := range bodies {
		in := &sqs.SendMessageInput{QueueUrl: aws.String(b.url(name)), MessageBody: aws.String(body)}
		if group, _, ok := strings.Cut(body, ":"); ok {
			in.MessageGroupId = &group
		}
		if strings.HasSuffix(name, ".fifo") {
			in.MessageDeduplicationId = &body
		}
		if _, err := b.client.SendMessage(b.Context(), in); err != nil {
			b.Fatalf("send %q: %v", body, err)
		}
	}
}

// peek receives all that can be received at once, as another receiver would.
func (b *bed) peek(name string) []types.Message {
	b.Helper()
	var all []types.Message
	for {
		out, err := b.client.ReceiveMessage(context.WithoutCancel(b.Context()), &sqs.ReceiveMessageInput{
			QueueUrl: aws.String(b.url(name)), MaxNumberOfMessages: 10, VisibilityTimeout: 30,
			MessageSystemAttributeNames: []types.MessageSystemAttributeName{"All"}, MessageAttributeNames: []string{"All"},
		})
		if err != nil {
			b.Fatalf("receive from %s: %v", name, err)
		}
		if len(out.Messages) == 0 {
			return all
		}
		all = append(all, out.Messages...)
	}
}

// wantPeek compares the bodies that another receiver would get now, in any order.
func (b *bed) wantPeek(when, name string, bodies ...string) {
	b.Helper()
	var got []string
	for _, m := range b.peek(name) {
		got = append(got, *m.Body)
	}
	slices.Sort(got)
	if !slices.Equal(got, bodies) {
		b.Errorf("%s: another receiver gets %q, want %q", when, got, bodies)
	}
}

// wantCounts compares the queue's messages: receivable and in flight.
func (b *bed) wantCounts(when, name, want string) {
	b.Helper()
	if got := b.counts(name); got != want {
		b.Errorf("%s: got %s messages (receivable, in flight), want %s", when, got, want)
	}
}

func (b *bed) counts(name string) string {
	b.Helper()
	out, err := b.client.GetQueueAttributes(context.WithoutCancel(b.Context()), &sqs.GetQueueAttributesInput{
		QueueUrl: aws.String(b.url(name)), AttributeNames: []types.QueueAttributeName{"All"},
	})
	if err != nil {
		b.Fatalf("count the messages of %s: %v", name, err)
	}
	return out.Attributes["ApproximateNumberOfMessages"] + " " + out.Attributes["ApproximateNumberOfMessagesNotVisible"]
}

// run is a consumer at work.
type run struct {
	*testing.T
	*queue.Consumer

	limit   time.Duration // for the tests to wait
	settled chan queue.Settled
	stop    context.CancelFunc
	ended   chan struct{}
}

// consume starts a consumer of the queue; the test's end stops it.
func (b *bed) consume(name string, opts queue.Options, handle queue.Handler) *run {
	b.Helper()
	r := &run{T: b.T, limit: b.limit, settled: make(chan queue.Settled, 10_000), ended: make(chan struct{})}
	opts.Observe = func(s queue.Settled) { r.settled <- s }
	if opts.DeadLetters == nil {
		opts.DeadLetters = b.sender("dead")
	}
	r.Consumer = queue.NewConsumer(awssqs.Open(b.tap, b.url(name)), opts, handle)
	ctx, cancel := context.WithCancel(context.WithoutCancel(b.Context()))
	r.stop = cancel
	go func() { r.Consumer.Run(ctx); close(r.ended) }()
	b.Cleanup(r.end)
	return r
}

// end stops the consumer and waits for its end.
func (r *run) end() { r.stop(); <-r.ended }

// wait returns the outcomes of the next n settled messages.
func (r *run) wait(n int) []string {
	r.Helper()
	late := time.NewTimer(r.limit)
	defer late.Stop()
	var outcomes []string
	for range n {
		select {
		case s := <-r.settled:
			outcomes = append(outcomes, s.Outcome)
		case <-late.C:
			r.Fatalf("got %d settled messages, %v, want %d", len(outcomes), outcomes, n)
		}
	}
	return outcomes
}

// wants compares the outcomes of the next settled messages, in any order.
func (r *run) wants(outcomes ...string) {
	r.Helper()
	got := r.wait(len(outcomes))
	slices.Sort(got)
	slices.Sort(outcomes)
	if !slices.Equal(got, outcomes) {
		r.Errorf("got outcomes %v, want %v", got, outcomes)
	}
}

// tap lets a test change single calls; where it has no function the call goes
// through. It counts the calls.
type tap struct {
	awssqs.API

	mu      sync.Mutex
	counted map[string]int

	onReceive func(context.Context, *sqs.ReceiveMessageInput) (*sqs.ReceiveMessageOutput, error)
	onDelete  func(context.Context, *sqs.DeleteMessageBatchInput) (*sqs.DeleteMessageBatchOutput, error)
	onChange  func(context.Context, *sqs.ChangeMessageVisibilityBatchInput) (*sqs.ChangeMessageVisibilityBatchOutput, error)
	onSend    func(context.Context, *sqs.SendMessageBatchInput) (*sqs.SendMessageBatchOutput, error)
}

func (a *tap) count(call string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.counted == nil {
		a.counted = map[string]int{}
	}
	a.counted[call]++
}

func (a *tap) calls(call string) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.counted[call]
}

func (a *tap) ReceiveMessage(ctx context.Context, in *sqs.ReceiveMessageInput, _ ...func(*sqs.Options)) (*sqs.ReceiveMessageOutput, error) {
	a.count("receive")
	if a.onReceive != nil {
		return a.onReceive(ctx, in)
	}
	return a.API.ReceiveMessage(ctx, in)
}

func (a *tap) DeleteMessageBatch(ctx context.Context, in *sqs.DeleteMessageBatchInput, _ ...func(*sqs.Options)) (*sqs.DeleteMessageBatchOutput, error) {
	a.count("delete")
	if a.onDelete != nil {
		return a.onDelete(ctx, in)
	}
	return a.API.DeleteMessageBatch(ctx, in)
}

func (a *tap) ChangeMessageVisibilityBatch(ctx context.Context, in *sqs.ChangeMessageVisibilityBatchInput, _ ...func(*sqs.Options)) (*sqs.ChangeMessageVisibilityBatchOutput, error) {
	a.count("change")
	if a.onChange != nil {
		return a.onChange(ctx, in)
	}
	return a.API.ChangeMessageVisibilityBatch(ctx, in)
}

func (a *tap) SendMessageBatch(ctx context.Context, in *sqs.SendMessageBatchInput, _ ...func(*sqs.Options)) (*sqs.SendMessageBatchOutput, error) {
	a.count("send")
	if a.onSend != nil {
		return a.onSend(ctx, in)
	}
	return a.API.SendMessageBatch(ctx, in)
}

// refusal is one entry's failure in a batch call that succeeds.
func refusal(id *string, code string) types.BatchResultErrorEntry {
	return types.BatchResultErrorEntry{Id: id, Code: &code, Message: aws.String("as the test wants"), SenderFault: strings.HasPrefix(code, "Invalid")}
}

// nothing is a handler that is done at once.
func nothing(context.Context, *queue.Message) error { return nil }

// between fails unless the time is within the bounds.
func between(t testing.TB, what string, got, least, most time.Duration) {
	t.Helper()
	if got < least || got > most {
		t.Errorf("%s: got %v, want %v to %v", what, got, least, most)
	}
}
