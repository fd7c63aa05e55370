package worker_test

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"hakbeon/internal/awsclient"
	"hakbeon/recognizer/roster"
	"hakbeon/s3store"
	"hakbeon/webhook"
	"hakbeon/worker"
	"hakbeon/worker/queue/awssqs"
)

// A worker runs until its context ends, and then drains.
func Example() {
	ctx, stop := context.WithCancel(context.Background())
	secrets, err := webhook.ParseSecrets(stack.Env["WEBHOOK_SECRET"])
	if err != nil {
		fmt.Println(err)
	}
	poster, err := webhook.New(webhook.Options{Secrets: secrets})
	if err != nil {
		fmt.Println(err)
	}
	defer poster.Close()
	cfg, err := stack.AWSConfig(ctx)
	if err != nil {
		fmt.Println(err)
	}
	w, err := worker.New(worker.Options{
		Broker: awssqs.Broker(sqs.NewFromConfig(cfg)), Store: s3store.New(awsclient.S3(cfg, nil), stack.Env["S3_BUCKET"]),
		Reader: &fakeReader{}, Poster: poster, Rosters: roster.Limits{MaxRows: 10_000},
		Queues: worker.Queues{
			Jobs: stack.Env["SQS_QUEUE_URL"], Work: stack.Env["SQS_WORK_QUEUE_URL"],
			Callbacks: stack.Env["SQS_CALLBACK_QUEUE_URL"], DeadLetters: stack.Env["SQS_DLQ_URL"],
		},
	})
	if err != nil {
		fmt.Println(err)
	}
	fmt.Println("ready:", w.Ready() == nil)
	stop()
	w.Run(ctx)
	fmt.Println("drained")
	// Output:
	// ready: true
	// drained
}
