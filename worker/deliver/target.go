package deliver

import (
	"context"
	"errors"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"

	"hakbeon/jobs"
	"hakbeon/s3store"
	"hakbeon/s3store/layout"
	"hakbeon/webhook"
	"hakbeon/worker/queue"
	"hakbeon/worker/telemetry"
)

// target is where one delivery goes.
type target struct {
	url string // "" for the result queue
	// sweeps says that what it delivers was told to those who fetch copies: then those
	// may go that the sheet's version before had. Of two targets the webhook is it.
	sweeps bool
}

// target says where the delivery goes; nil if nowhere, such as when a setting was taken
// back since it was queued.
func (d *Dispatcher) target(ctx context.Context, msg *jobs.Delivery) (*target, error) {
	url, err := d.address(ctx, msg)
	switch {
	case msg.To == jobs.ToQueue && d.Results == nil, msg.To == "" && err == nil && url == "":
		return nil, nil //nolint:nilnil // nowhere to go, nothing wrong
	case msg.To == jobs.ToQueue && errors.Is(err, errCallback):
		return &target{}, nil // a receiver that is refused is no reason to keep the queue from it
	case err != nil:
		return nil, err
	case msg.To == jobs.ToQueue:
		return &target{sweeps: url == ""}, nil
	}
	return &target{url: url, sweeps: true}, nil
}

// errCallback says that a job's own receiver is not allowed, or no longer.
var errCallback = errors.New("callback_url")

// address is where the event's webhook goes, "" if nowhere.
func (d *Dispatcher) address(ctx context.Context, msg *jobs.Delivery) (string, error) {
	if msg.Rejected != "" {
		return d.Outbox.WebhookURL, nil
	}
	job, err := d.Archive.Job(ctx, layout.Batch{ExamCode: msg.ExamCode, BatchID: msg.BatchID})
	if errors.Is(err, s3store.ErrNotFound) {
		return "", queue.Deadf("the batch's record is gone from S3")
	}
	if err != nil {
		return "", err
	}
	if job.CallbackURL != "" {
		if err := webhook.CheckURL(job.CallbackURL, d.Allowed); err != nil {
			return "", queue.Deadf("%w: %w", errCallback, err)
		}
	}
	return d.Outbox.URL(job), nil
}

// admit asks whether the target should be spared now; done takes the attempt's outcome.
// A queue is spared by nobody: it takes what it is given. A batch's own event waits for no
// turn: behind those of 20,000 sheets that would take minutes.
func (d *Dispatcher) admit(to *target, msg *jobs.Delivery) (done func(error), err error) {
	switch {
	case to.url == "":
		return func(error) {}, nil
	case msg.Sheet == "":
		return d.Receivers.AdmitFirst(to.url)
	}
	return d.Receivers.Admit(to.url)
}

// send makes one attempt; status is of a receiver that took the event, 0 of the queue.
func (d *Dispatcher) send(ctx context.Context, msg *jobs.Delivery, to *target, e *event) (status int, err error) {
	name, kind := "post webhook", trace.SpanKindClient
	if to.url == "" {
		name, kind = "queue event", trace.SpanKindProducer
	}
	b := layout.Batch{ExamCode: msg.ExamCode, BatchID: msg.BatchID}
	ctx, span := d.Tracer.Start(ctx, name, trace.WithSpanKind(kind), trace.WithAttributes(
		telemetry.BatchAttributes(b, attribute.String("hakbeon.sheet", msg.Sheet), attribute.String("hakbeon.event", e.kind), attribute.Int("hakbeon.attempt", msg.Attempt+1))...))
	defer span.End()
	since := time.Now()
	if to.url == "" {
		err = d.Results.put(ctx, msg.ExamCode, e)
		d.Metrics.Queued(e.kind, err, since)
	} else {
		status, err = d.Poster.Attempt(ctx, to.url, e.id, e.body)
		d.Metrics.Webhook(e.kind, to.url, err, since)
	}
	telemetry.Mark(span, err)
	return status, err
}
