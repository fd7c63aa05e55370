// Package verdict is the door by which a person's word on a sheet gets in: the API's
// corrections and the graders' page both come through it.
//
// A verdict is accepted once the jobs queue has it, and applied by whichever worker
// opens the batch's next end. Putting one twice does no harm: the latest word on a sheet
// counts. Putting costs one message; nothing is read from S3.
package verdict

import (
	"context"
	"fmt"

	"hakbeon/jobs"
	"hakbeon/s3store/layout"
)

// Verdict is what a person says of a sheet: the student, or one of jobs.Verdict….
type Verdict struct {
	Sheet     string
	StudentID string
	Verdict   string
	By        string // the person's name, "" if it is not known
}

// Door takes verdicts.
type Door struct {
	// Send puts a message on the jobs queue, and returns once the queue has it.
	Send func(context.Context, jobs.Message) error
}

// Message is the job that carries a verdict on a sheet of the batch. The error, in words
// for the person, says what is wrong with it; that the sheet exists is not looked at.
func Message(b layout.Batch, v Verdict) (*jobs.Resolve, error) {
	m := &jobs.Resolve{
		Type: jobs.TypeResolve, ExamCode: b.ExamCode, BatchID: b.BatchID,
		Sheet: v.Sheet, StudentID: v.StudentID, Verdict: v.Verdict, By: v.By,
	}
	_, err := jobs.Encode(m) // checks it
	return m, err
}

// Put puts messages on the queue, in their order. After an error those before it are on
// the queue; all may be put again.
func (d Door) Put(ctx context.Context, messages ...*jobs.Resolve) error {
	for i, m := range messages {
		if err := d.Send(ctx, m); err != nil {
			return fmt.Errorf("put verdict %d of %d on the queue: %w", i+1, len(messages), err)
		}
	}
	return nil
}
