// Package outbox sends the worker's own messages: sheets to read, batches to look at,
// webhooks to deliver. What is sent twice is done once.
package outbox

import (
	"context"
	"errors"
	"time"

	"hakbeon/exam"
	"hakbeon/jobs"
	"hakbeon/s3store/layout"
	"hakbeon/worker/archive"
	"hakbeon/worker/queue"
	"hakbeon/worker/telemetry"
)

// Outbox knows where messages and events go. It is safe for concurrent use.
type Outbox struct {
	Work, Callbacks *queue.Sender
	Archive         *archive.Archive
	// WebhookURL receives the events of jobs that name no callback_url; "" is nobody.
	WebhookURL string
	// Results says that the result queue takes every event, whoever else is told.
	Results bool
	// SettleDelay gathers what asks for a batch to be solved again.
	SettleDelay time.Duration
}

// SweepAfter is how long old copies outlive the delivery of the version that no longer
// names them: a receiver may still be fetching.
const SweepAfter = queue.MaxDelay

// Send puts tasks on the work queue.
func (o *Outbox) Send(ctx context.Context, delay time.Duration, tasks ...jobs.Message) error {
	return send(ctx, o.Work, delay, tasks...)
}

// Deliver puts a delivery on the callback queue.
func (o *Outbox) Deliver(ctx context.Context, delay time.Duration, d *jobs.Delivery) error {
	return send(ctx, o.Callbacks, delay, d)
}

// send puts messages on one of our queues, in their exam's message group: a large exam
// then doesn't starve a small one.
func send(ctx context.Context, to *queue.Sender, delay time.Duration, messages ...jobs.Message) error {
	outs := make([]queue.Out, len(messages))
	trace := telemetry.Carried(ctx)
	for i, m := range messages {
		body, err := jobs.Encode(m)
		if err != nil {
			return err
		}
		outs[i] = queue.Out{Body: body, Group: m.Exam(), Delay: min(delay, queue.MaxDelay), Attributes: trace}
	}
	err := to.SendAll(ctx, outs)
	if refused, ok := errors.AsType[*queue.EntryError](err); ok && refused.SenderFault {
		return queue.Deadf("sqs takes no message for this: %w", err)
	}
	if err != nil {
		return &queue.PauseError{Cause: "sqs", Err: err}
	}
	return nil
}

// Sheets are the tasks of reading the first pages of files.
func Sheets(b layout.Batch, keys []string) []jobs.Message {
	tasks := make([]jobs.Message, len(keys))
	for i, key := range keys {
		tasks[i] = Page(b, key, 1)
	}
	return tasks
}

// Page is the task of reading one page of a file, counted from 1.
func Page(b layout.Batch, key string, page int) jobs.Message {
	return &jobs.Sheet{ExamCode: b.ExamCode, BatchID: b.BatchID, Key: key, Page: page}
}

// Arm has the batch looked at after the delay; hop counts how often it was.
func (o *Outbox) Arm(ctx context.Context, b layout.Batch, hop int, delay time.Duration) error {
	return o.Send(ctx, delay, &jobs.Finish{ExamCode: b.ExamCode, BatchID: b.BatchID, Hop: hop})
}

// Settle has the batch looked at soon, with all that comes meanwhile.
func (o *Outbox) Settle(ctx context.Context, b layout.Batch) error {
	return o.Arm(ctx, b, 0, o.SettleDelay)
}

// Reopen asks for the next epoch of a batch.
func (o *Outbox) Reopen(ctx context.Context, b layout.Batch, request string) error {
	if err := o.Archive.KeepRequest(ctx, b, request); err != nil {
		return err
	}
	return o.Settle(ctx, b)
}

// ReopenLate asks for an epoch with a sheet that an earlier one took for lost.
func (o *Outbox) ReopenLate(ctx context.Context, b layout.Batch, sheet string) error {
	return o.Reopen(ctx, b, "late-"+sheet)
}

// URL is where the job's webhooks go, "" if nowhere.
func (o *Outbox) URL(job exam.Job) string {
	if job.CallbackURL != "" {
		return job.CallbackURL
	}
	return o.WebhookURL
}

// Announce queues the event of a sheet's version.
func (o *Outbox) Announce(ctx context.Context, job exam.Job, r *exam.Result) error {
	return o.announce(ctx, job, r.Sheet, r.Version)
}

// AnnounceEnd queues the event of a batch's end.
func (o *Outbox) AnnounceEnd(ctx context.Context, job exam.Job, epoch int) error {
	return o.announce(ctx, job, "", epoch)
}

// AnnounceRejection queues the event of a message that was refused. It goes to the
// configured receiver alone: who says the wrong thing names no address.
func (o *Outbox) AnnounceRejection(ctx context.Context, rec exam.Rejection, id string) error {
	return o.tell(ctx, o.WebhookURL, jobs.Delivery{ExamCode: rec.ExamCode, BatchID: rec.BatchID, Rejected: id, Version: 1})
}

// Hears reports whether anybody is told of what no job's own receiver is told of.
func (o *Outbox) Hears() bool { return o.WebhookURL != "" || o.Results }

func (o *Outbox) announce(ctx context.Context, job exam.Job, sheet string, version int) error {
	return o.tell(ctx, o.URL(job), jobs.Delivery{ExamCode: job.ExamCode, BatchID: job.BatchID, Sheet: sheet, Version: version})
}

// tell queues an event for each of its targets: they are tried, and tried again, each by
// itself.
func (o *Outbox) tell(ctx context.Context, url string, d jobs.Delivery) error {
	var all []jobs.Message
	if url != "" {
		all = append(all, &d)
	}
	if o.Results {
		again := d
		again.To = jobs.ToQueue
		all = append(all, &again)
	}
	return send(ctx, o.Callbacks, 0, all...)
}

// SweepLater has the copies removed that the sheets' latest versions no longer name.
func (o *Outbox) SweepLater(ctx context.Context, b layout.Batch, sheets ...string) error {
	tasks := make([]jobs.Message, len(sheets))
	for i, sheet := range sheets {
		tasks[i] = &jobs.Sweep{ExamCode: b.ExamCode, BatchID: b.BatchID, Sheet: sheet}
	}
	return o.Send(ctx, SweepAfter, tasks...)
}
