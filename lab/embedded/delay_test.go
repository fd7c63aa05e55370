package embedded_test

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"hakbeon/lab/embedded"
)

// Every call of S3 and SQS takes the delay, and none is harmed by it.
func TestDelay(t *testing.T) {
	const delay = 150 * time.Millisecond
	stack := start(t, embedded.Options{Delay: delay})
	cfg := config(t, stack)
	objects := s3.NewFromConfig(cfg, func(o *s3.Options) { o.UsePathStyle = true })
	queues := sqs.NewFromConfig(cfg)
	bucket, key := stack.Env["S3_BUCKET"], "a b/c+d.jpg"
	for name, call := range map[string]func() error{
		"list": func() error {
			_, err := objects.ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: &bucket, Prefix: &key})
			return err
		},
		"head": func() error {
			_, err := objects.HeadBucket(t.Context(), &s3.HeadBucketInput{Bucket: &bucket})
			return err
		},
		"send": func() error {
			_, err := queues.SendMessage(t.Context(), &sqs.SendMessageInput{QueueUrl: aws.String(stack.Env["SQS_WORK_QUEUE_URL"]), MessageBody: aws.String("x")})
			return err
		},
	} {
		since := time.Now()
		if err := call(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if took := time.Since(since); took < delay {
			t.Errorf("%s took %v, want %v at least", name, took, delay)
		}
	}
}
