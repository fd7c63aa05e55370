package intake

import (
	"context"
	"errors"
	"strings"

	"go.uber.org/zap"

	"hakbeon/exam"
	"hakbeon/jobs"
	"hakbeon/s3store"
	"hakbeon/s3store/credentials"
	"hakbeon/worker/arrivals"
	"hakbeon/worker/queue"
)

// Reject has the backend told that its message can never succeed, before that is put
// aside: what is known of it is written down once, and its event queued. Done again it
// queues the same event again. Where S3 or the queues are out of order it returns their
// error, and the message is not to be put aside yet. Where S3 refuses us the record
// alone, it is tried for as long as a missing roster is waited for; then the backend
// is told nothing: the dead-letter queue says it all the same.
func (in *Intake) Reject(ctx context.Context, m *queue.Message, dead *queue.DeadError) error {
	if !in.Outbox.Hears() {
		return nil
	}
	known := jobs.Glean(m.Body)
	ctx = credentials.ForExam(ctx, known.ExamCode)
	id := jobs.RejectionID(m.ID)
	rec, err := in.Archive.Rejections.Keep(ctx, id, in.rejection(m, known, dead))
	switch {
	case err == nil:
		return in.Outbox.AnnounceRejection(ctx, rec, id)
	case !refusesRecord(err):
		return err
	}
	again := in.waitFor(m, in.RosterPatience, err, nil)
	if again == nil {
		in.Log.Warn("the backend is not told of a message that is refused: its record can't be written", zap.String("message_id", m.ID), zap.Error(err))
	}
	return again
}

// Rejected returns the error of a message that came before and was refused then, so
// that a worker that died in between leaves no message refused and done as well; nil
// for all others.
func (in *Intake) Rejected(ctx context.Context, m *queue.Message) error {
	if m.Receives == 1 || !in.Outbox.Hears() {
		return nil
	}
	known := jobs.Glean(m.Body)
	ctx = credentials.ForExam(ctx, known.ExamCode)
	rec, err := in.Archive.Rejections.Get(ctx, known.ExamCode, jobs.RejectionID(m.ID))
	switch {
	case err == nil:
		return queue.Deadf("refused before: %s", rec.Detail)
	case errors.Is(err, s3store.ErrNotFound) || refusesRecord(err):
		return nil
	}
	return err
}

// refusesRecord reports whether S3 refuses us this record, or the exam's credentials
// are not to be had: the exam is the word of a message that is wrong, and must not hold
// up all others.
func refusesRecord(err error) bool {
	_, noCredentials := errors.AsType[*credentials.Error](err)
	return noCredentials || s3store.Denied(err)
}

// rejection is what may be said of the message and of why it is refused.
func (in *Intake) rejection(m *queue.Message, known jobs.Gleaned, dead *queue.DeadError) exam.Rejection {
	rec := exam.Rejection{
		MessageID: m.ID, MessageType: known.Type, ExamCode: known.ExamCode, BatchID: known.BatchID,
		SentAt: m.Sent.UTC(), RejectedAt: in.Clock.Now().UTC(),
	}
	if _, ofS3, _ := arrivals.Parse(m.Body); ofS3 {
		rec.MessageType = exam.MessageS3Event
	}
	rec.Reason, rec.Field, rec.Detail = explain(dead)
	rec.Detail = cut(rec.Detail, exam.MaxRejectionDetail)
	return rec
}

// explain says why a message is refused: a reason of exam's, the field that is to
// blame, and a sentence that quotes nothing of the message but the host of an address.
func explain(dead *queue.DeadError) (reason, field, detail string) {
	if why, ok := errors.AsType[*refusal](dead); ok {
		return why.reason, why.field, why.Error()
	}
	if blame, ok := errors.AsType[*jobs.FieldError](dead); ok {
		field, detail = blame.Plain()
		if field == "" {
			return exam.RejectedField, "", "a field " + detail
		}
		return exam.RejectedField, field, field + ": " + detail
	}
	if form, ok := errors.AsType[*jobs.FormError](dead); ok {
		return exam.RejectedMalformed, "", form.Error()
	}
	return exam.RejectedOther, "", "it can never succeed: its dead letter says why"
}

// cut shortens s to at most n bytes of whole characters.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	const more = "…"
	return strings.ToValidUTF8(s[:n-len(more)], "") + more
}
