package embedded_test

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"hakbeon/lab/embedded"
)

// A stack for as long as a function runs.
func Example() {
	ctx := context.Background()
	stack, err := embedded.Start(ctx, embedded.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer stack.Stop()
	cfg, err := stack.AWSConfig(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	buckets, err := s3.NewFromConfig(cfg).ListBuckets(ctx, &s3.ListBucketsInput{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(*buckets.Buckets[0].Name)
	// Output: hakbeon
}
