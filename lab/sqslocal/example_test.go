package sqslocal_test

import (
	"context"
	"fmt"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"hakbeon/lab/sqslocal"
)

// A test's client needs no socket. Here the server carries the first send out
// but loses its answer; the SDK sends again, and there are two messages.
func Example() {
	server := sqslocal.New(sqslocal.Options{
		Faults: sqslocal.Faults{Lost: 1, Limit: 1, Operations: []string{"SendMessage"}},
	})
	defer server.Close()
	path, err := server.CreateQueue("jobs", map[string]string{"VisibilityTimeout": "60"})
	if err != nil {
		fmt.Println(err)
		return
	}
	client := sqs.New(sqs.Options{
		Region:       "us-east-1",
		BaseEndpoint: aws.String("http://sqs.test"),
		HTTPClient:   &http.Client{Transport: server.Transport()},
		Credentials:  credentials.NewStaticCredentialsProvider("key", "secret", ""),
	})
	queue := aws.String("http://sqs.test" + path)

	ctx := context.Background()
	_, err = client.SendMessage(ctx, &sqs.SendMessageInput{QueueUrl: queue, MessageBody: aws.String("read sheet 1")})
	fmt.Println("sent, error:", err)
	out, err := client.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{QueueUrl: queue, MaxNumberOfMessages: 10})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, m := range out.Messages {
		fmt.Println(*m.Body)
	}
	// Output:
	// sent, error: <nil>
	// read sheet 1
	// read sheet 1
}
