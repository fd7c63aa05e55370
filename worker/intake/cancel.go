package intake

import (
	"context"
	"errors"

	"go.uber.org/zap"

	"hakbeon/exam"
	"hakbeon/jobs"
	"hakbeon/s3store"
	"hakbeon/s3store/layout"
	"hakbeon/worker/queue"
)

// Cancel notes that nothing more of a batch is to be read, and has it brought to its end
// soon. One that has ended stays as it is: then all of it was read.
func (in *Intake) Cancel(ctx context.Context, m *queue.Message, msg *jobs.Cancel) error {
	b := layout.Batch{ExamCode: msg.ExamCode, BatchID: msg.BatchID}
	_, err := in.Archive.Job(ctx, b)
	if errors.Is(err, s3store.ErrNotFound) {
		return in.overtaken(m, err)
	}
	if err != nil {
		return err
	}
	if ended, err := in.Archive.HasEnded(ctx, b); err != nil || ended {
		return err
	}
	if err := in.Archive.Marks.MarkCancelled(ctx, b, exam.Cancellation{At: m.Sent.UTC(), By: msg.By}); err != nil {
		return err
	}
	in.Log.Info("batch cancelled", zap.String("exam_code", b.ExamCode), zap.String("batch_id", b.BatchID), zap.String("message_id", m.ID))
	return in.Outbox.Settle(ctx, b)
}
