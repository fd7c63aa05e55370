package worker

import (
	"context"
	"errors"

	"hakbeon/jobs"
	"hakbeon/s3store"
	"hakbeon/s3store/credentials"
	"hakbeon/s3store/layout"
	"hakbeon/worker/arrivals"
	"hakbeon/worker/intake"
	"hakbeon/worker/queue"
	"hakbeon/worker/telemetry"
)

// handleJob takes a backend's message.
func (w *Worker) handleJob(ctx context.Context, m *queue.Message) error {
	w.metrics.Waited(telemetry.QueueJobs, w.opts.Clock.Since(m.Sent))
	err := outside(w.intake.Rejected(ctx, m))
	if err == nil {
		err = w.takeJob(ctx, m)
	}
	if dead, ok := errors.AsType[*queue.DeadError](err); ok {
		if untold := outside(w.intake.Reject(ctx, m, dead)); untold != nil {
			return untold
		}
	}
	return err
}

func (w *Worker) takeJob(ctx context.Context, m *queue.Message) error {
	if notice, ofS3, err := arrivals.Parse(m.Body); err != nil {
		return intake.BadNotice(err)
	} else if ofS3 {
		return outside(w.intake.Arrive(ctx, m, notice))
	}
	msg, err := jobs.ParseJob(m.Body)
	if err != nil {
		return queue.Dead(err)
	}
	ctx = credentials.ForExam(ctx, msg.Exam())
	switch job := msg.(type) {
	case *jobs.Recognize:
		err = w.intake.Register(ctx, m, job)
	case *jobs.Resolve:
		err = w.intake.Resolve(ctx, m, job)
	case *jobs.Rematch:
		err = w.intake.Rematch(ctx, m, job)
	case *jobs.Close:
		err = w.intake.Close(ctx, m, job)
	case *jobs.Cancel:
		err = w.intake.Cancel(ctx, m, job)
	}
	return outside(err)
}

// handleTask takes one of our own messages.
func (w *Worker) handleTask(ctx context.Context, m *queue.Message) error {
	msg, err := jobs.ParseTask(m.Body)
	if err != nil {
		return queue.Dead(err)
	}
	ctx = credentials.ForExam(ctx, msg.Exam())
	switch task := msg.(type) {
	case *jobs.Fanout:
		err = w.intake.FanOut(ctx, task)
	case *jobs.Sheet:
		err = w.reading.Handle(ctx, m, task)
	case *jobs.Finish:
		err = w.ending.Finish(ctx, task)
	case *jobs.Sweep:
		err = w.archive.Copies.Sweep(ctx, layout.Batch{ExamCode: task.ExamCode, BatchID: task.BatchID}, task.Sheet)
	}
	return outside(err)
}

// handleDelivery takes a webhook to deliver.
func (w *Worker) handleDelivery(ctx context.Context, m *queue.Message) error {
	msg, err := jobs.ParseDelivery(m.Body)
	if err != nil {
		return queue.Dead(err)
	}
	return outside(w.deliver.Handle(credentials.ForExam(ctx, msg.ExamCode), m, msg))
}

// outside turns an infrastructure error of S3 into one that pauses receiving,
// and leaves others as they are.
func outside(err error) error {
	if s3store.Infrastructure(err) {
		return &queue.PauseError{Cause: "s3", Err: err}
	}
	return err
}
