package sqslocal_test

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"hakbeon/lab/sqslocal"
)

// benchQueue is a queue behind a socket, as a worker sees it.
func benchQueue(b *testing.B) (*sqs.Client, *string) {
	b.Helper()
	s := sqslocal.New(sqslocal.Options{})
	url := listen(b, s)
	path, err := s.CreateQueue("bench", nil)
	if err != nil {
		b.Fatal(err)
	}
	return dial(b, url), aws.String(url + path)
}

// BenchmarkSingle sends, receives and deletes messages one by one.
func BenchmarkSingle(b *testing.B) {
	c, url := benchQueue(b)
	body := strings.Repeat("x", 500)
	b.SetParallelism(8)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			_, sendErr := c.SendMessage(b.Context(), &sqs.SendMessageInput{QueueUrl: url, MessageBody: &body})
			out, err := c.ReceiveMessage(b.Context(), &sqs.ReceiveMessageInput{QueueUrl: url, WaitTimeSeconds: 20})
			if sendErr != nil || err != nil || len(out.Messages) != 1 {
				b.Errorf("send: %v; receive: %v, %v", sendErr, out, err)
				return
			}
			_, err = c.DeleteMessage(b.Context(), &sqs.DeleteMessageInput{
				QueueUrl: url, ReceiptHandle: out.Messages[0].ReceiptHandle,
			})
			if err != nil {
				b.Error(err)
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "messages/s")
}

// BenchmarkBatch does the same by ten.
func BenchmarkBatch(b *testing.B) {
	c, url := benchQueue(b)
	var done atomic.Int64
	send := &sqs.SendMessageBatchInput{QueueUrl: url}
	for i := range 10 {
		send.Entries = append(send.Entries, types.SendMessageBatchRequestEntry{
			Id: aws.String(fmt.Sprint(i)), MessageBody: aws.String(strings.Repeat("x", 500)),
		})
	}
	b.SetParallelism(8)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := c.SendMessageBatch(b.Context(), send); err != nil {
				b.Error(err)
			}
			out, err := c.ReceiveMessage(b.Context(), &sqs.ReceiveMessageInput{
				QueueUrl: url, WaitTimeSeconds: 20, MaxNumberOfMessages: 10,
			})
			if err != nil {
				b.Errorf("receive: %v", err)
				return
			}
			in := &sqs.DeleteMessageBatchInput{QueueUrl: url}
			for _, m := range out.Messages {
				in.Entries = append(in.Entries, types.DeleteMessageBatchRequestEntry{Id: m.MessageId, ReceiptHandle: m.ReceiptHandle})
			}
			if _, err := c.DeleteMessageBatch(b.Context(), in); err != nil {
				b.Error(err)
			}
			done.Add(int64(len(in.Entries)))
		}
	})
	b.ReportMetric(float64(done.Load())/b.Elapsed().Seconds(), "messages/s")
}
