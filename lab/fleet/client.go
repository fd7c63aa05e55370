package fleet

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"hakbeon/internal/submit"
	"hakbeon/lab/embedded"
	"hakbeon/s3store"
	"hakbeon/worker/queue"
	"hakbeon/worker/queue/awssqs"
)

// Client is a backend's side of a stack.
func Client(ctx context.Context, stack *embedded.Stack) (*submit.Client, error) {
	cfg, err := stack.AWSConfig(ctx)
	if err != nil {
		return nil, err
	}
	client := s3.NewFromConfig(cfg, func(o *s3.Options) {
		o.UsePathStyle = true
		o.BaseEndpoint = aws.String(stack.Env["AWS_ENDPOINT_URL_S3"])
	})
	return &submit.Client{
		Store: s3store.New(client, stack.Env["S3_BUCKET"]), Jobs: queue.NewSender(awssqs.Open(sqs.NewFromConfig(cfg), stack.Env["SQS_QUEUE_URL"])),
	}, nil
}
