package awssqs_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"go.uber.org/goleak"

	"hakbeon/lab/sqslocal"
	"hakbeon/worker/queue"
	"hakbeon/worker/queue/awssqs"
	"hakbeon/worker/queue/drivertest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func client(host string, over *http.Client) *sqs.Client {
	return sqs.New(sqs.Options{
		Region: "us-east-1", BaseEndpoint: &host, HTTPClient: over,
		Credentials: credentials.NewStaticCredentialsProvider("key", "secret", ""),
	})
}

// The other servers of SQS that this suite runs against are lab/conformance's.
func TestDriver(t *testing.T) {
	server := sqslocal.New(sqslocal.Options{})
	listener := httptest.NewServer(server)
	transport := &http.Transport{}
	t.Cleanup(func() { server.Close(); transport.CloseIdleConnections(); listener.Close() })
	c := client(listener.URL, &http.Client{Transport: transport})
	drivertest.Run(t, drivertest.Options{Open: func(t *testing.T, ordered bool) queue.Driver {
		name, attributes := strings.Map(letters, t.Name()), map[string]string{}
		if ordered {
			name, attributes["FifoQueue"] = name+".fifo", "true"
		}
		path, err := server.CreateQueue(name, attributes)
		if err != nil {
			t.Fatal(err)
		}
		return awssqs.Open(c, listener.URL+path)
	}})
}

func letters(r rune) rune {
	if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
		return r
	}
	return '-'
}

// The same queue, as the worker's Sender and Consumer use it.
func Example() {
	server := sqslocal.New(sqslocal.Options{})
	defer server.Close()
	path, err := server.CreateQueue("work", nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	const host = "http://sqs.test"
	q := awssqs.Open(client(host, &http.Client{Transport: server.Transport()}), host+path)
	ctx := context.Background()
	fmt.Println(q.Send(ctx, []queue.Out{{Body: "sheet"}}))
	got, err := q.Receive(ctx, 1, time.Second, time.Minute)
	fmt.Println(q.Name(), got[0].Body, err)
	counts, err := q.Count(ctx)
	fmt.Println(counts.Visible, counts.InFlight, err)
	fmt.Println(q.Delete(ctx, []string{got[0].Receipt}))
	// Output:
	// [<nil>]
	// work sheet <nil>
	// 0 1 <nil>
	// [<nil>]
}
