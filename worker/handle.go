package worker

import (
	"context"
	"errors"
	"fmt"
	"time"

	"hakbeon/jobs"
	"hakbeon/s3store"
	"hakbeon/s3store/credentials"
	"hakbeon/worker/queue"
)

// handleJob takes a backend's message.
func (w *Worker) handleJob(ctx context.Context, m *queue.Message) error {
	w.metrics.waited(queueJobs, w.opts.Clock.Since(m.Sent))
	msg, err := jobs.ParseJob(m.Body)
	if err != nil {
		return dead(err)
	}
	ctx = credentials.ForExam(ctx, msg.Exam())
	switch job := msg.(type) {
	case *jobs.Recognize:
		err = w.register(ctx, m, job)
	case *jobs.Resolve:
		err = w.resolve(ctx, m, job)
	case *jobs.Rematch:
		err = w.rematch(ctx, m, job)
	}
	return outside(err)
}

// handleTask takes one of our own messages.
func (w *Worker) handleTask(ctx context.Context, m *queue.Message) error {
	msg, err := jobs.ParseTask(m.Body)
	if err != nil {
		return dead(err)
	}
	ctx = credentials.ForExam(ctx, msg.Exam())
	switch task := msg.(type) {
	case *jobs.Fanout:
		err = w.fanOut(ctx, task)
	case *jobs.Sheet:
		err = w.sheet(ctx, m, task)
	case *jobs.Finish:
		err = w.finish(ctx, task)
	case *jobs.Sweep:
		err = w.sweep(ctx, task)
	}
	return outside(err)
}

func dead(err error) error { return &queue.DeadError{Reason: err.Error(), Err: err} }

func deadf(format string, args ...any) error { return dead(fmt.Errorf(format, args...)) }

// send puts messages on one of our queues, in their exam's message group: a
// large exam then doesn't starve a small one.
func send(ctx context.Context, to *queue.Sender, delay time.Duration, messages ...jobs.Message) error {
	outs := make([]queue.Out, len(messages))
	trace := traceAttributes(ctx)
	for i, m := range messages {
		body, err := jobs.Encode(m)
		if err != nil {
			return err
		}
		outs[i] = queue.Out{Body: body, Group: m.Exam(), Delay: min(delay, queue.MaxDelay), Attributes: trace}
	}
	err := to.SendAll(ctx, outs)
	if refused, ok := errors.AsType[*queue.EntryError](err); ok && refused.SenderFault {
		return deadf("sqs takes no message for this: %w", err)
	}
	if err != nil {
		return &queue.PauseError{Cause: "sqs", Err: err}
	}
	return nil
}

// waitFor turns "not there yet" into a retry until patience is over; then it
// returns over.
func (w *Worker) waitFor(since time.Time, patience time.Duration, missing, over error) error {
	age := w.opts.Clock.Since(since)
	if age >= patience {
		return over
	}
	again := min(max(age/2, time.Second), 30*time.Second, patience-age+time.Second)
	return &queue.RetryError{After: again, Err: missing}
}

// batchJob returns what the batch is; s3store.ErrNotFound if there is no such
// batch.
func (w *Worker) batchJob(ctx context.Context, b s3store.Batch) (s3store.Job, error) {
	if job, ok := w.jobs.Get(b); ok {
		return job, nil
	}
	var job s3store.Job
	if _, err := w.store.Load(ctx, b.Job(), &job); err != nil {
		return job, err
	}
	w.jobs.Add(b, job)
	return job, nil
}

// partKeys returns the keys of one of the batch's messages.
func (w *Worker) partKeys(ctx context.Context, b s3store.Batch, part string) ([]string, error) {
	at := b.Part(part)
	if keys, ok := w.parts.Get(at); ok {
		return keys, nil
	}
	var record s3store.Part
	if _, err := w.store.Load(ctx, at, &record); err != nil {
		return nil, err
	}
	w.parts.Add(at, record.Keys)
	return record.Keys, nil
}

func isNotFound(err error) bool { return errors.Is(err, s3store.ErrNotFound) }
