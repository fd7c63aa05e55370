package queue_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"hakbeon/lab/sqslocal"
	"hakbeon/worker/queue"
	"hakbeon/worker/queue/awssqs"
)

// Three messages, of which one can never succeed; then the consumer drains.
func Example() {
	server := sqslocal.New(sqslocal.Options{})
	defer server.Close()
	client := sqs.New(sqs.Options{
		Region: "us-east-1", BaseEndpoint: aws.String("http://sqs.test"), HTTPClient: &http.Client{Transport: server.Transport()},
		Credentials: credentials.NewStaticCredentialsProvider("key", "secret", ""),
	})
	urls := map[string]string{}
	for _, name := range []string{"work", "dead"} {
		path, err := server.CreateQueue(name, nil)
		if err != nil {
			fmt.Println(err)
			return
		}
		urls[name] = "http://sqs.test" + path
	}

	ctx, shutDown := context.WithCancel(context.Background())
	defer shutDown()
	work := queue.NewSender(awssqs.Open(client, urls["work"]))
	if err := work.SendAll(ctx, []queue.Out{{Body: "sheet"}, {Body: "sheet"}, {Body: "{"}}); err != nil {
		fmt.Println(err)
		return
	}
	settled := make(chan string, 3)
	consumer := queue.NewConsumer(awssqs.Open(client, urls["work"]), queue.Options{
		DeadLetters: queue.NewSender(awssqs.Open(client, urls["dead"])),
		Observe:     func(s queue.Settled) { settled <- s.Outcome },
	}, func(_ context.Context, m *queue.Message) error {
		if m.Body == "{" {
			return &queue.DeadError{Reason: "not JSON", Err: errors.New("unexpected end")}
		}
		return nil
	})
	go func() {
		counts := map[string]int{}
		for range 3 {
			counts[<-settled]++
		}
		fmt.Println(counts)
		shutDown()
	}()
	consumer.Run(ctx)
	fmt.Println("drained, held:", consumer.Held())
	// Output:
	// map[dead:1 done:2]
	// drained, held: 0
}
