package deadletters_test

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"go.uber.org/goleak"

	"hakbeon/internal/awsclient"
	"hakbeon/internal/deadletters"
	"hakbeon/jobs"
	"hakbeon/lab/sqslocal"
	"hakbeon/s3store"
	"hakbeon/worker/queue"
	"hakbeon/worker/queue/awssqs"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// rig is an SQS with four queues on a socket.
type rig struct {
	t       *testing.T
	server  *sqslocal.Server
	client  *sqs.Client
	dead    string
	origins deadletters.Origins
	box     *deadletters.Box
}

// newRig makes the queues; the names of those given end in ".fifo".
func newRig(t *testing.T, fifo ...string) *rig {
	t.Helper()
	t.Parallel()
	server := sqslocal.New(sqslocal.Options{})
	listener := httptest.NewServer(server)
	cfg := aws.Config{Region: "local-1", BaseEndpoint: &listener.URL, HTTPClient: awsclient.PlainBodies(listener.Client())}
	cfg.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: "k", SecretAccessKey: "s"}, nil
	})
	t.Cleanup(func() { server.Close(); listener.CloseClientConnections(); listener.Close() })
	r := &rig{t: t, server: server, client: awsclient.SQS(cfg)}
	url := func(name string) string {
		attributes := map[string]string{}
		if slices.Contains(fifo, name) {
			name += ".fifo"
			attributes["FifoQueue"] = "true"
		}
		path, err := server.CreateQueue(name, attributes)
		must(t, err)
		return listener.URL + path
	}
	r.dead = url("dead")
	r.origins = deadletters.Origins{Jobs: url("jobs"), Work: url("work"), Callbacks: url("callbacks")}
	r.box = deadletters.New(r.client, r.dead)
	return r
}

// die puts a dead letter on the queue as a worker does.
func (r *rig) die(source, reason, body string) {
	r.t.Helper()
	out := queue.Out{Body: body, Attributes: map[string]string{
		queue.AttributeSource: source, queue.AttributeReason: reason, "trace": "abc",
	}}
	if strings.HasSuffix(r.dead, ".fifo") {
		out.Group, out.Dedup = "g", fmt.Sprint(len(body))
	}
	must(r.t, queue.NewSender(awssqs.Open(r.client, r.dead)).Send(r.t.Context(), out))
}

// take receives all messages of a queue within a second and takes them off.
func (r *rig) take(url string) []types.Message {
	r.t.Helper()
	var all []types.Message
	for {
		out, err := r.client.ReceiveMessage(r.t.Context(), &sqs.ReceiveMessageInput{
			QueueUrl: &url, MaxNumberOfMessages: 10, VisibilityTimeout: 600, MessageAttributeNames: []string{"All"},
			MessageSystemAttributeNames: []types.MessageSystemAttributeName{types.MessageSystemAttributeNameAll},
		})
		must(r.t, err)
		if len(out.Messages) == 0 {
			return all
		}
		for _, m := range out.Messages {
			_, err := r.client.DeleteMessage(r.t.Context(), &sqs.DeleteMessageInput{QueueUrl: &url, ReceiptHandle: m.ReceiptHandle})
			must(r.t, err)
		}
		all = append(all, out.Messages...)
	}
}

// visible is how many messages of the queue anyone may receive now.
func (r *rig) visible(url string) string {
	r.t.Helper()
	out, err := r.client.GetQueueAttributes(r.t.Context(), &sqs.GetQueueAttributesInput{
		QueueUrl: &url, AttributeNames: []types.QueueAttributeName{"ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"},
	})
	must(r.t, err)
	return out.Attributes["ApproximateNumberOfMessages"] + " visible, " + out.Attributes["ApproximateNumberOfMessagesNotVisible"] + " hidden"
}

func encode(t testing.TB, m jobs.Message) string {
	t.Helper()
	body, err := jobs.Encode(m)
	must(t, err)
	return body
}

// bucket is a store of records in memory.
type bucket map[string]any

func (b bucket) List(_ context.Context, prefix string) iter.Seq2[s3store.Info, error] {
	return func(yield func(s3store.Info, error) bool) {
		for _, key := range slices.Sorted(maps.Keys(b)) {
			if strings.HasPrefix(key, prefix) && !yield(s3store.Info{Key: key, Modified: time.Now()}, nil) {
				return
			}
		}
	}
}

func (b bucket) Load(_ context.Context, key string, record any) (string, error) {
	if err, failed := b[key].(error); failed {
		return "", err
	}
	raw, err := json.Marshal(b[key])
	if err != nil {
		return "", err
	}
	return "etag", json.Unmarshal(raw, record)
}
