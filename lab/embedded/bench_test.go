package embedded_test

import (
	"bytes"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"hakbeon/lab/embedded"
)

func BenchmarkStartAndStop(b *testing.B) {
	for b.Loop() {
		stack, err := embedded.Start(b.Context(), embedded.Options{})
		if err != nil {
			b.Fatal(err)
		}
		if err := stack.Stop(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPut1KiB(b *testing.B) {
	stack := start(b, embedded.Options{})
	c := s3.NewFromConfig(config(b, stack))
	body := make([]byte, 1<<10)
	var n atomic.Int64
	b.SetParallelism(8)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			_, err := c.PutObject(b.Context(), &s3.PutObjectInput{
				Bucket: aws.String(stack.Env["S3_BUCKET"]), Key: aws.String(fmt.Sprint("k/", n.Add(1))), Body: bytes.NewReader(body),
			})
			if err != nil {
				b.Error(err)
			}
		}
	})
}

// BenchmarkDeliver is one webhook with one object to look for.
func BenchmarkDeliver(b *testing.B) {
	stack := start(b, embedded.Options{})
	b.SetParallelism(8)
	var n atomic.Int64
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if got := deliver(b, stack, fmt.Sprint(n.Add(1)), `{"data":{"s3_keys":{"a":"none"}}}`); got != 204 {
				b.Errorf("got status %d, want 204", got)
			}
		}
	})
}
