package worker

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"
	"go.uber.org/zap"

	"hakbeon/jobs"
	"hakbeon/s3store"
	"hakbeon/s3store/credentials"
	"hakbeon/webhook"
	"hakbeon/worker/queue"
)

// The types of events.
const (
	EventRecognized  = "sheet.recognized"
	EventNeedsReview = "sheet.needs_review"
	EventFailed      = "sheet.failed"
	EventCompleted   = "batch.completed"
)

// sweepAfter is how long old copies outlive the delivery of the version that no
// longer names them: a receiver may still be fetching.
const sweepAfter = queue.MaxDelay

// handleDelivery makes one attempt to deliver one webhook. If it fails, a
// delayed message carries on, until three days are over.
func (w *Worker) handleDelivery(ctx context.Context, m *queue.Message) error {
	d, err := jobs.ParseDelivery(m.Body)
	if err != nil {
		return dead(err)
	}
	ctx = credentials.ForExam(ctx, d.ExamCode)
	if left := w.opts.Clock.Until(d.NotBefore); left > 0 {
		return outside(send(ctx, w.callbacks, left, d))
	}
	b := s3store.Batch{ExamCode: d.ExamCode, BatchID: d.BatchID}
	job, err := w.batchJob(ctx, b)
	if isNotFound(err) {
		return deadf("the batch's record is gone from S3")
	}
	if err != nil {
		return outside(err)
	}
	url := w.url(job)
	if url == "" {
		return nil
	}
	if job.CallbackURL != "" {
		if err := webhook.CheckURL(url, w.opts.Allowed); err != nil {
			return deadf("callback_url: %w", err)
		}
	}
	return outside(w.admitted(ctx, m, b, d, url))
}

// admitted delivers unless the receiver should be spared now: then the delivery
// is put off, which is no attempt. Its last attempt is made in any case.
func (w *Worker) admitted(ctx context.Context, m *queue.Message, b s3store.Batch, d *jobs.Delivery, url string) error {
	if !d.FirstTry.IsZero() && w.opts.Clock.Since(d.FirstTry) >= webhook.GiveUpAfter {
		return w.deliver(ctx, m, b, d, url, func(error) {})
	}
	done, err := w.receivers.Admit(url)
	if spared, ok := errors.AsType[*webhook.DeferredError](err); ok {
		return w.putOff(ctx, d, spared)
	}
	return w.deliver(ctx, m, b, d, url, done)
}

// putOff lets the delivery come back later. Its three days run meanwhile.
func (w *Worker) putOff(ctx context.Context, d *jobs.Delivery, spared *webhook.DeferredError) error {
	w.metrics.deferred.WithLabelValues(spared.Cause).Inc()
	next := *d
	now := w.opts.Clock.Now()
	if next.FirstTry.IsZero() {
		next.FirstTry = now
	}
	next.NotBefore = now.Add(spared.After)
	return send(ctx, w.callbacks, spared.After, &next)
}

// deliver makes one attempt, if there is still something to tell, and tells done
// of its outcome.
func (w *Worker) deliver(ctx context.Context, m *queue.Message, b s3store.Batch, d *jobs.Delivery, url string, done func(error)) error {
	outcome := webhook.ErrNotTried
	defer func() { done(outcome) }()
	e, err := w.render(ctx, b, d)
	if err != nil || e == nil {
		return err
	}
	if d.Attempt == 0 && d.FirstTry.IsZero() {
		w.metrics.waited(queueCallbacks, w.opts.Clock.Since(m.Sent))
	}
	ctx, span := w.tracer.Start(ctx, "post webhook", trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(
		batchAttributes(b, attribute.String("hakbeon.sheet", d.Sheet), attribute.String("hakbeon.event", e.kind), attribute.Int("hakbeon.attempt", d.Attempt+1))...))
	since := time.Now()
	outcome = w.opts.Poster.Post(ctx, url, e.id, e.body)
	mark(span, outcome)
	span.End()
	w.metrics.webhook(e.kind, url, outcome, since)
	return w.after(ctx, m, d, e, outcome)
}

// event is a webhook ready to be sent.
type event struct {
	id, kind string
	body     []byte
	outdated bool // old copies may go once it is delivered
}

// render makes the event from what is stored; nil if the version was overtaken.
func (w *Worker) render(ctx context.Context, b s3store.Batch, d *jobs.Delivery) (*event, error) {
	if d.Sheet == "" {
		return w.renderBatch(ctx, b, d)
	}
	rec, err := w.announced(ctx, b, d)
	if err != nil {
		return nil, err
	}
	if rec == nil || rec.Version < d.Version {
		return nil, deadf("version %d of sheet %s is not in S3", d.Version, d.Sheet)
	}
	if rec.Version > d.Version {
		return nil, nil //nolint:nilnil // overtaken: nothing to send, nothing wrong
	}
	kind := map[string]string{
		s3store.StatusMatched: EventRecognized, s3store.StatusNeedsReview: EventNeedsReview, s3store.StatusFailed: EventFailed,
	}[rec.Status]
	e, err := newEvent(d, kind, rec.UpdatedAt, rec.Result)
	if err == nil {
		e.outdated = len(rec.Outdated()) > 0
	}
	return e, err
}

// justWritten is for how long the version that this process wrote is taken for
// the sheet's latest: a webhook mostly goes out within milliseconds.
const justWritten = 5 * time.Second

// announced returns the sheet's record for the first attempt to deliver one of
// its versions, or for a later one.
func (w *Worker) announced(ctx context.Context, b s3store.Batch, d *jobs.Delivery) (*s3store.Sheet, error) {
	if known, ok := w.records.get(b.Result(d.Sheet)); ok && d.Attempt == 0 && time.Since(known.at) < justWritten {
		rec, err := known.record()
		if err != nil || rec.Version == d.Version {
			return rec, err
		}
	}
	rec, _, err := w.existing(ctx, &task{batch: b, id: d.Sheet})
	return rec, err
}

func (w *Worker) renderBatch(ctx context.Context, b s3store.Batch, d *jobs.Delivery) (*event, error) {
	var sum s3store.Summary
	_, err := w.store.Load(ctx, b.Summary(), &sum)
	if isNotFound(err) {
		return nil, deadf("the batch's summary is gone from S3")
	}
	if err != nil || sum.Version > d.Version {
		return nil, err
	}
	if sum.Version < d.Version {
		return nil, deadf("version %d of the summary is not in S3", d.Version)
	}
	sum.Sheets, sum.MissingIDs = nil, nil
	return newEvent(d, EventCompleted, sum.CreatedAt, sum)
}

func newEvent(d *jobs.Delivery, kind string, at time.Time, data any) (*event, error) {
	raw, err := s3store.Encode(data)
	if err != nil {
		return nil, err
	}
	body, err := webhook.Body(kind, at, raw)
	if err != nil {
		return nil, err
	}
	return &event{id: eventID(d, kind), kind: kind, body: body}, nil
}

// after is what follows from an attempt's outcome.
func (w *Worker) after(ctx context.Context, m *queue.Message, d *jobs.Delivery, e *event, err error) error {
	fields := []zap.Field{
		zap.String("exam_code", d.ExamCode), zap.String("batch_id", d.BatchID), zap.String("sheet", d.Sheet),
		zap.Int("version", d.Version), zap.String("webhook_id", e.id), zap.String("type", e.kind), zap.Int("attempt", d.Attempt+1), zap.String("message_id", m.ID),
	}
	if err == nil {
		w.log.Info("webhook delivered", fields...)
		return w.delivered(ctx, d, e)
	}
	if ctx.Err() != nil {
		return queue.ErrHandBack // our own shutdown is no failure of the receiver
	}
	w.log.Warn("webhook not delivered", append(fields, zap.Error(err))...)
	return w.again(ctx, d, e, err)
}

// delivered has the old copies removed, which no one needs to be told of now.
func (w *Worker) delivered(ctx context.Context, d *jobs.Delivery, e *event) error {
	if !e.outdated {
		return nil
	}
	return send(ctx, w.work, sweepAfter, &jobs.Sweep{ExamCode: d.ExamCode, BatchID: d.BatchID, Sheet: d.Sheet})
}

// again queues the next attempt, or ends the delivery.
func (w *Worker) again(ctx context.Context, d *jobs.Delivery, e *event, cause error) error {
	failure, _ := errors.AsType[*webhook.Error](cause)
	if failure != nil && failure.Gone {
		return w.delivered(ctx, d, e)
	}
	next := *d
	now := w.opts.Clock.Now()
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
		if err := w.delivered(ctx, d, e); err != nil {
			return err
		}
		return deadf("webhook %s was not delivered in three days: %w", e.id, cause)
	}
	next.NotBefore = now.Add(delay)
	return send(ctx, w.callbacks, delay, &next)
}
