// Package deliver tells backends of results: one attempt a message, rendered from what
// is stored, its receiver spared where that should be.
package deliver

import (
	"cmp"
	"context"
	"errors"
	"math/rand/v2"
	"strconv"
	"time"

	"go.opentelemetry.io/otel/trace"
	"go.uber.org/zap"

	"hakbeon/exam"
	"hakbeon/internal/clock"
	"hakbeon/internal/egress"
	"hakbeon/jobs"
	"hakbeon/s3store"
	"hakbeon/s3store/layout"
	"hakbeon/webhook"
	"hakbeon/worker/archive"
	"hakbeon/worker/outbox"
	"hakbeon/worker/queue"
	"hakbeon/worker/telemetry"
)

// Poster makes one attempt to deliver a webhook; status is of an answer that took it. Its
// errors are *webhook.Error.
type Poster interface {
	Attempt(ctx context.Context, url, id string, body []byte) (status int, err error)
}

// Dispatcher handles the messages of the callback queue. Its errors are those of
// queue.Handler, or S3's.
type Dispatcher struct {
	Archive *archive.Archive
	Outbox  *outbox.Outbox
	Poster  Poster
	// Results takes the events beside receivers, or in place of them; nil for none.
	Results *Results
	// Receivers spares those that are slow or out of order.
	Receivers *webhook.Receivers
	// Allowed are the hosts that a job's callback_url may name.
	Allowed egress.Allowed

	Clock   *clock.Clock
	Metrics *telemetry.Metrics
	Tracer  trace.Tracer
	Log     *zap.Logger
}

// Handle makes one attempt to deliver one event to one of its targets, a webhook's
// receiver or the result queue. If it fails, a delayed message carries on, until three
// days are over.
func (d *Dispatcher) Handle(ctx context.Context, m *queue.Message, msg *jobs.Delivery) error {
	if left := d.Clock.Until(msg.NotBefore); left > 0 {
		return d.Outbox.Deliver(ctx, left, msg)
	}
	to, err := d.target(ctx, msg)
	if err != nil || to == nil {
		return err
	}
	return d.admitted(ctx, m, msg, to)
}

// admitted delivers unless the receiver should be spared now: then the delivery
// is put off, which is no attempt. Its last attempt is made in any case.
func (d *Dispatcher) admitted(ctx context.Context, m *queue.Message, msg *jobs.Delivery, to *target) error {
	if !msg.FirstTry.IsZero() && d.Clock.Since(msg.FirstTry) >= webhook.GiveUpAfter {
		return d.deliver(ctx, m, msg, to, func(error) {})
	}
	done, err := d.admit(to, msg)
	if spared, ok := errors.AsType[*webhook.DeferredError](err); ok {
		return d.putOff(ctx, msg, to, spared)
	}
	return d.deliver(ctx, m, msg, to, done)
}

// putOff lets the delivery come back later. Its three days run meanwhile.
func (d *Dispatcher) putOff(ctx context.Context, msg *jobs.Delivery, to *target, spared *webhook.DeferredError) error {
	d.Metrics.Deferred(spared.Cause)
	next := *msg
	now := d.Clock.Now()
	d.spared(msg, to, now.Add(spared.After), spared.Cause)
	if next.FirstTry.IsZero() {
		next.FirstTry = now
	}
	next.NotBefore = now.Add(spared.After)
	return d.Outbox.Deliver(ctx, spared.After, &next)
}

// deliver makes one attempt, if there is still something to tell, and tells done
// of its outcome.
func (d *Dispatcher) deliver(ctx context.Context, m *queue.Message, msg *jobs.Delivery, to *target, done func(error)) error {
	outcome := webhook.ErrNotTried
	defer func() { done(outcome) }()
	e, err := d.render(ctx, layout.Batch{ExamCode: msg.ExamCode, BatchID: msg.BatchID}, msg)
	if err != nil {
		return err
	}
	if e == nil {
		d.overtaken(msg, to)
		return nil
	}
	e.outdated = e.outdated && to.sweeps
	if msg.Attempt == 0 && msg.FirstTry.IsZero() {
		d.Metrics.Waited(telemetry.QueueCallbacks, d.Clock.Since(m.Sent))
	}
	a, since := d.line(msg, to), time.Now()
	a.WebhookID, a.Type = e.id, e.kind
	a.Status, outcome = d.send(ctx, msg, to, e)
	a.Millis = time.Since(since).Milliseconds()
	next, err := d.after(ctx, m, msg, e, outcome)
	d.tried(ctx, msg, a, next, outcome)
	return err
}

// event is an event ready to be sent.
type event struct {
	id, kind string
	body     []byte
	outdated bool // old copies may go once it is delivered
}

// render makes the event from what is stored; nil if the version was overtaken.
func (d *Dispatcher) render(ctx context.Context, b layout.Batch, msg *jobs.Delivery) (*event, error) {
	switch {
	case msg.Rejected != "":
		return d.renderRejection(ctx, msg)
	case msg.Sheet == "":
		return d.renderBatch(ctx, b, msg)
	}
	rec, err := d.announced(ctx, b, msg)
	if err != nil {
		return nil, err
	}
	if rec == nil || rec.Version < msg.Version {
		return nil, queue.Deadf("version %d of sheet %s is not in S3", msg.Version, msg.Sheet)
	}
	if rec.Version > msg.Version {
		return nil, nil //nolint:nilnil // overtaken: nothing to send, nothing wrong
	}
	kind := map[string]string{
		exam.StatusMatched: exam.EventRecognized, exam.StatusNeedsReview: exam.EventNeedsReview, exam.StatusFailed: exam.EventFailed,
	}[rec.Status]
	e, err := newEvent(msg, kind, rec.UpdatedAt, rec.Result)
	if err == nil {
		e.outdated = len(rec.Outdated()) > 0
	}
	return e, err
}

// announced returns the sheet's record for the first attempt to deliver one of
// its versions, or for a later one.
func (d *Dispatcher) announced(ctx context.Context, b layout.Batch, msg *jobs.Delivery) (*exam.Sheet, error) {
	if msg.Attempt == 0 {
		rec, _, err := d.Archive.Sheet(ctx, b, msg.Sheet, archive.Recent)
		if err != nil || rec == nil || rec.Version == msg.Version {
			return rec, err
		}
	}
	rec, _, err := d.Archive.Sheet(ctx, b, msg.Sheet, archive.Current)
	return rec, err
}

func (d *Dispatcher) renderBatch(ctx context.Context, b layout.Batch, msg *jobs.Delivery) (*event, error) {
	sum, err := d.Archive.Summary(ctx, b)
	if errors.Is(err, s3store.ErrNotFound) {
		return nil, queue.Deadf("the batch's summary is gone from S3")
	}
	if err != nil || sum.Version > msg.Version {
		return nil, err
	}
	if sum.Version < msg.Version {
		return nil, queue.Deadf("version %d of the summary is not in S3", msg.Version)
	}
	sum.Sheets, sum.MissingIDs = nil, nil
	return newEvent(msg, exam.EventCompleted, sum.CreatedAt, sum)
}

func (d *Dispatcher) renderRejection(ctx context.Context, msg *jobs.Delivery) (*event, error) {
	rec, err := d.Archive.Rejections.Get(ctx, msg.ExamCode, msg.Rejected)
	if errors.Is(err, s3store.ErrNotFound) {
		return nil, queue.Deadf("the record of the refused message is gone from S3")
	}
	if err != nil {
		return nil, err
	}
	return newEvent(msg, exam.EventRejected, rec.RejectedAt, rec)
}

func newEvent(msg *jobs.Delivery, kind string, at time.Time, data any) (*event, error) {
	raw, err := s3store.Encode(data)
	if err != nil {
		return nil, err
	}
	body, err := webhook.Body(kind, at, raw)
	if err != nil {
		return nil, err
	}
	return &event{id: eventID(msg, kind), kind: kind, body: body}, nil
}

// after is what follows from an attempt's outcome; next is when there will be another, zero
// if there won't, or another worker makes it.
func (d *Dispatcher) after(ctx context.Context, m *queue.Message, msg *jobs.Delivery, e *event, err error) (next time.Time, _ error) {
	fields := []zap.Field{
		zap.String("exam_code", msg.ExamCode), zap.String("batch_id", msg.BatchID), zap.String("sheet", msg.Sheet),
		zap.Int("version", msg.Version), zap.String("webhook_id", e.id), zap.String("type", e.kind), zap.String("to", cmp.Or(msg.To, "webhook")), zap.Int("attempt", msg.Attempt+1), zap.String("message_id", m.ID),
	}
	if err == nil {
		d.Log.Info("event delivered", fields...)
		return next, d.delivered(ctx, msg, e)
	}
	if ctx.Err() != nil {
		return next, queue.ErrHandBack // our own shutdown is no failure of the receiver
	}
	d.Log.Warn("event not delivered", append(fields, zap.Error(err))...)
	return d.again(ctx, msg, e, err)
}

// delivered has the old copies removed, which no one needs to be told of now.
func (d *Dispatcher) delivered(ctx context.Context, msg *jobs.Delivery, e *event) error {
	if !e.outdated {
		return nil
	}
	return d.Outbox.SweepLater(ctx, layout.Batch{ExamCode: msg.ExamCode, BatchID: msg.BatchID}, msg.Sheet)
}

// again queues the next attempt and says when that is, or ends the delivery.
func (d *Dispatcher) again(ctx context.Context, msg *jobs.Delivery, e *event, cause error) (at time.Time, _ error) {
	failure, _ := errors.AsType[*webhook.Error](cause)
	if failure != nil && failure.Gone {
		return at, d.delivered(ctx, msg, e)
	}
	next := *msg
	now := d.Clock.Now()
	if next.FirstTry.IsZero() {
		next.FirstTry = now
	}
	next.Attempt++
	var retryAfter time.Duration
	if failure != nil {
		retryAfter = failure.RetryAfter
	}
	delay, more := webhook.Delay(next.Attempt, now.Sub(next.FirstTry), retryAfter, rand.Float64)
	if !more {
		if err := d.delivered(ctx, msg, e); err != nil {
			return at, err
		}
		return at, queue.Deadf("event %s was not delivered in three days: %w", e.id, cause)
	}
	next.NotBefore = now.Add(delay)
	return next.NotBefore, d.Outbox.Deliver(ctx, delay, &next)
}

// eventID names what happened: the same for every delivery of it.
func eventID(msg *jobs.Delivery, kind string) string {
	return webhook.EventID(msg.ExamCode, msg.BatchID, msg.Sheet+msg.Rejected, strconv.Itoa(msg.Version), kind)
}
