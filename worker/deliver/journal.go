package deliver

import (
	"context"
	"errors"
	"net/url"
	"time"

	"github.com/aws/smithy-go"

	"hakbeon/exam"
	"hakbeon/jobs"
	"hakbeon/s3store/layout"
	"hakbeon/webhook"
	"hakbeon/worker/queue"
)

// errorNoAnswer is the kind of a failure of the result queue that says no more.
const errorNoAnswer = "no_answer"

// line begins a line of the log of deliveries.
func (d *Dispatcher) line(msg *jobs.Delivery, to *target) exam.Attempt {
	a := exam.Attempt{
		At: d.Clock.Now().UTC(), To: exam.ToResultQueue, Sheet: msg.Sheet, Rejected: msg.Rejected, Version: msg.Version,
	}
	if to.url != "" {
		a.To = exam.ToWebhook
		if u, err := url.Parse(to.url); err == nil {
			a.Host = u.Host
		}
	}
	return a
}

// note puts a line into the log. It costs nothing now and never fails.
func (d *Dispatcher) note(msg *jobs.Delivery, a exam.Attempt) {
	d.Archive.Deliveries.Note(layout.Batch{ExamCode: msg.ExamCode, BatchID: msg.BatchID}, a)
}

// tried notes an attempt that was made, and what follows from it: next is when it is made
// again, zero for never.
func (d *Dispatcher) tried(ctx context.Context, msg *jobs.Delivery, a exam.Attempt, next time.Time, err error) {
	if err != nil {
		a.Status, a.Error = answerOf(err)
	}
	switch {
	case err == nil:
		a.Outcome = exam.OutcomeDelivered
	case ctx.Err() != nil:
		a.Outcome = exam.OutcomeCutOff
	case !next.IsZero():
		a.Outcome, a.Next = exam.OutcomeFailed, next.UTC()
	case a.Error == string(webhook.ReasonGone):
		a.Outcome = exam.OutcomeGone
	default:
		a.Outcome = exam.OutcomeGivenUp
	}
	d.note(msg, a)
}

// answerOf is the HTTP status of a failure, if there was an answer, and its kind.
func answerOf(err error) (status int, kind string) {
	if failure, ok := errors.AsType[*webhook.Error](err); ok {
		return failure.Status, string(failure.Reason)
	}
	if refused, ok := errors.AsType[*queue.EntryError](err); ok {
		return 0, refused.Code
	}
	if api, ok := errors.AsType[smithy.APIError](err); ok {
		return 0, api.ErrorCode()
	}
	return 0, errorNoAnswer
}

// spared notes that a delivery is put off before its first attempt, since its receiver is
// out of order: who looks should see that it is still to come. How often it is put off
// later is of no interest.
func (d *Dispatcher) spared(msg *jobs.Delivery, to *target, next time.Time, cause string) {
	if cause != webhook.CauseCircuit || !msg.FirstTry.IsZero() {
		return
	}
	a := d.line(msg, to)
	a.Outcome, a.Next = exam.OutcomePutOff, next.UTC()
	d.note(msg, a)
}

// overtaken notes that a delivery that was tried before is dropped for a later version.
func (d *Dispatcher) overtaken(msg *jobs.Delivery, to *target) {
	if msg.FirstTry.IsZero() {
		return // nobody has heard of it
	}
	a := d.line(msg, to)
	a.Outcome = exam.OutcomeOvertaken
	d.note(msg, a)
}
