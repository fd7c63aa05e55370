package queue

import (
	"context"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

// deleteBatch deletes by receipt handle.
func deleteBatch(ctx context.Context, api API, url string, receipts []string) []error {
	in := &sqs.DeleteMessageBatchInput{QueueUrl: &url}
	for i, r := range receipts {
		in.Entries = append(in.Entries, types.DeleteMessageBatchRequestEntry{
			Id: aws.String(strconv.Itoa(i)), ReceiptHandle: aws.String(r),
		})
	}
	out, err := api.DeleteMessageBatch(ctx, in)
	if err != nil {
		return outcomes(len(receipts), err, nil, nil)
	}
	var ok []string
	for _, e := range out.Successful {
		ok = append(ok, aws.ToString(e.Id))
	}
	return outcomes(len(receipts), nil, ok, refused(out.Failed))
}

// visibility is a wish: this receipt's message shall be hidden for so long from now.
type visibility struct {
	receipt string
	hidden  time.Duration
}

func changeBatch(ctx context.Context, api API, url string, wishes []visibility) []error {
	in := &sqs.ChangeMessageVisibilityBatchInput{QueueUrl: &url}
	for i, w := range wishes {
		in.Entries = append(in.Entries, types.ChangeMessageVisibilityBatchRequestEntry{
			Id: aws.String(strconv.Itoa(i)), ReceiptHandle: aws.String(w.receipt), VisibilityTimeout: seconds(w.hidden),
		})
	}
	out, err := api.ChangeMessageVisibilityBatch(ctx, in)
	if err != nil {
		return outcomes(len(wishes), err, nil, nil)
	}
	var ok []string
	for _, e := range out.Successful {
		ok = append(ok, aws.ToString(e.Id))
	}
	return outcomes(len(wishes), nil, ok, refused(out.Failed))
}

func sendBatch(ctx context.Context, api API, url string, outs []Out) []error {
	in := &sqs.SendMessageBatchInput{QueueUrl: &url}
	for i, o := range outs {
		in.Entries = append(in.Entries, o.entry(strconv.Itoa(i)))
	}
	out, err := api.SendMessageBatch(ctx, in)
	if err != nil {
		return outcomes(len(outs), err, nil, nil)
	}
	var ok []string
	for _, e := range out.Successful {
		ok = append(ok, aws.ToString(e.Id))
	}
	return outcomes(len(outs), nil, ok, refused(out.Failed))
}

func refused(failed []types.BatchResultErrorEntry) map[string]*EntryError {
	errs := make(map[string]*EntryError, len(failed))
	for _, f := range failed {
		errs[aws.ToString(f.Id)] = &EntryError{
			Code: aws.ToString(f.Code), Message: aws.ToString(f.Message), SenderFault: f.SenderFault,
		}
	}
	return errs
}

// seconds rounds up to whole seconds within what SQS takes.
func seconds(d time.Duration) int32 {
	s := (d + time.Second - 1) / time.Second
	return int32(min(max(s, 0), maxVisibility/time.Second))
}
