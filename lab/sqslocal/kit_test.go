package sqslocal_test

import (
	"errors"
	"flag"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/aws/smithy-go"
	"go.uber.org/goleak"

	"hakbeon/lab/sqslocal"
)

// TestMain lets many tests run in parallel: they sleep most of the time.
func TestMain(m *testing.M) {
	flag.Parse()
	if err := flag.Set("test.parallel", "32"); err != nil {
		panic(err)
	}
	goleak.VerifyTestMain(m)
}

const (
	accessKey = "AKIDEXAMPLE"
	secretKey = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
)

// plainBody hides the WriteTo of the SDK's request body, which now and then
// makes net/http close a connection while its response is being read.
type plainBody struct{ next http.RoundTripper }

func (p plainBody) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil && r.Body != http.NoBody {
		r = r.Clone(r.Context())
		r.Body = struct{ io.ReadCloser }{r.Body}
	}
	return p.next.RoundTrip(r)
}

// listen serves s on a socket until the test ends, and returns its address.
func listen(t testing.TB, s *sqslocal.Server) string {
	t.Helper()
	l := httptest.NewServer(s)
	t.Cleanup(func() { s.Close(); l.Close() })
	return l.URL
}

// dial makes a client that talks to a socket.
func dial(t testing.TB, url string) *sqs.Client {
	t.Helper()
	return client(url, pooled(t), accessKey, secretKey)
}

// pooled keeps connections until the test ends.
func pooled(t testing.TB) http.RoundTripper {
	tr := &http.Transport{MaxIdleConnsPerHost: 64}
	t.Cleanup(tr.CloseIdleConnections)
	return plainBody{tr}
}

// direct makes a client that needs no socket.
func direct(s *sqslocal.Server) *sqs.Client {
	return client("http://sqs.test", s.Transport(), accessKey, secretKey)
}

func client(url string, tr http.RoundTripper, key, secret string) *sqs.Client {
	return sqs.New(sqs.Options{
		Region:       "us-east-1",
		BaseEndpoint: aws.String(url),
		HTTPClient:   &http.Client{Transport: tr},
		Credentials:  credentials.NewStaticCredentialsProvider(key, secret, ""),
		Retryer:      aws.NopRetryer{},
	})
}

// box is a queue on a server of its own, and a client that needs no socket: all
// of it may be used in a bubble of virtual time.
type box struct {
	*testing.T

	server *sqslocal.Server
	client *sqs.Client
	url    *string
}

// newBox makes a queue; a name that ends in .fifo makes a FIFO queue.
func newBox(t *testing.T, o sqslocal.Options, name string, attributes map[string]string) *box {
	t.Helper()
	s := sqslocal.New(o)
	t.Cleanup(s.Close)
	return (&box{T: t, server: s, client: direct(s)}).another(name, attributes)
}

// another is a further queue on the same server.
func (b *box) another(name string, attributes map[string]string) *box {
	b.Helper()
	all := map[string]string{}
	if strings.HasSuffix(name, ".fifo") {
		all["FifoQueue"] = "true"
	}
	maps.Copy(all, attributes)
	path, err := b.server.CreateQueue(name, all)
	if err != nil {
		b.Fatalf("create queue %s: %v", name, err)
	}
	q := *b
	q.url = aws.String("http://sqs.test" + path)
	return &q
}

// send sends a message, in a group if one is given (with its body as
// deduplication id on a FIFO queue).
func (b *box) send(body string, group ...string) *sqs.SendMessageOutput {
	b.Helper()
	in := &sqs.SendMessageInput{QueueUrl: b.url, MessageBody: &body}
	if len(group) > 0 {
		in.MessageGroupId = &group[0]
		if strings.HasSuffix(*b.url, ".fifo") {
			in.MessageDeduplicationId = &body
		}
	}
	out, err := b.client.SendMessage(b.Context(), in)
	if err != nil {
		b.Fatalf("send %q: %v", body, err)
	}
	return out
}

// poll receives up to n messages, hidden for visibility seconds (0: as the
// queue says), waiting up to wait seconds (0: as the queue says).
func (b *box) poll(n, visibility, wait int32) ([]types.Message, error) {
	out, err := b.client.ReceiveMessage(b.Context(), &sqs.ReceiveMessageInput{
		QueueUrl: b.url, MaxNumberOfMessages: n, VisibilityTimeout: visibility, WaitTimeSeconds: wait,
		MessageSystemAttributeNames: []types.MessageSystemAttributeName{"All"},
	})
	if err != nil {
		return nil, err
	}
	return out.Messages, nil
}

// receive is poll without waiting, and without errors.
func (b *box) receive(n int32) []types.Message {
	b.Helper()
	messages, err := b.poll(n, 0, 0)
	if err != nil {
		b.Fatalf("receive: %v", err)
	}
	return messages
}

// wants receives and compares the bodies, in order.
func (b *box) wants(when string, n int32, bodies ...string) []types.Message {
	b.Helper()
	messages := b.receive(n)
	if got := bodiesOf(messages); !slices.Equal(got, bodies) {
		b.Errorf("%s: got %q, want %q", when, got, bodies)
	}
	return messages
}

func bodiesOf(messages []types.Message) []string {
	var bodies []string
	for _, m := range messages {
		bodies = append(bodies, *m.Body)
	}
	return bodies
}

func (b *box) delete(m types.Message) error {
	_, err := b.client.DeleteMessage(b.Context(), &sqs.DeleteMessageInput{QueueUrl: b.url, ReceiptHandle: m.ReceiptHandle})
	return err
}

func (b *box) hide(m types.Message, visibility int32) error {
	_, err := b.client.ChangeMessageVisibility(b.Context(), &sqs.ChangeMessageVisibilityInput{
		QueueUrl: b.url, ReceiptHandle: m.ReceiptHandle, VisibilityTimeout: visibility,
	})
	return err
}

// counts are the numbers of visible, hidden and delayed messages.
func (b *box) counts() string {
	b.Helper()
	out, err := b.client.GetQueueAttributes(b.Context(), &sqs.GetQueueAttributesInput{
		QueueUrl: b.url, AttributeNames: []types.QueueAttributeName{"All"},
	})
	if err != nil {
		b.Fatalf("get attributes: %v", err)
	}
	a := out.Attributes
	return a["ApproximateNumberOfMessages"] + " " + a["ApproximateNumberOfMessagesNotVisible"] + " " +
		a["ApproximateNumberOfMessagesDelayed"]
}

// wantCode fails unless err has the code that the query protocol had for it.
func wantCode(t testing.TB, what string, err error, code string) {
	t.Helper()
	failure, ok := errors.AsType[smithy.APIError](err)
	switch {
	case !ok:
		t.Errorf("%s: got error %v, want %s", what, err, code)
	case failure.ErrorCode() != code:
		t.Errorf("%s: got code %s (%s), want %s", what, failure.ErrorCode(), failure.ErrorMessage(), code)
	}
}
