// Package intake takes what backends ask for: it writes down what a batch is and which
// keys a message brings, verdicts of people and requests to match again, and has the
// work begun.
package intake

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"go.uber.org/zap"
	"golang.org/x/sync/singleflight"

	"hakbeon/exam"
	"hakbeon/internal/clock"
	"hakbeon/internal/egress"
	"hakbeon/jobs"
	"hakbeon/s3store"
	"hakbeon/s3store/layout"
	"hakbeon/webhook"
	"hakbeon/worker/archive"
	"hakbeon/worker/arrivals"
	"hakbeon/worker/outbox"
	"hakbeon/worker/queue"
)

// Intake handles the messages of the jobs queue, and the part of one that is fanned
// out by the work queue. Its errors are those of queue.Handler, or S3's.
type Intake struct {
	Store   *s3store.Store
	Archive *archive.Archive
	Outbox  *outbox.Outbox
	// Memory takes room for a manifest or an image; release gives it back.
	Memory func(ctx context.Context, bytes int64) (release func(), err error)
	// Allowed are the hosts that a job's callback_url may name.
	Allowed egress.Allowed
	// Downloads fetch the image of a job's download_url.
	Downloads Downloads
	// Uploads say which exam and batch an object belongs to that S3 tells of.
	Uploads arrivals.Patterns
	// Arrived counts what became of S3's events.
	Arrived func(what string, events int)
	// FinishDelay is when a batch is first looked at by a message.
	FinishDelay time.Duration
	// ImagePatience is how long what a message names is waited for, RosterPatience how
	// long an object that S3 refuses us.
	ImagePatience, RosterPatience time.Duration

	Clock *clock.Clock
	Log   *zap.Logger

	arming singleflight.Group
	armed  recently
}

var errNoSheet = errors.New("there is no result of this sheet in the batch")

func (in *Intake) waitFor(m *queue.Message, patience time.Duration, missing, over error) error {
	return queue.WaitFor(in.Clock.Since(m.Sent), patience, missing, over)
}

const fanOutChunk = 100

// Register writes down what the batch is and which keys the message brings, and
// has the keys fanned out. Done again it changes nothing and sends the chunks
// again, whose sheets are then found to be done.
func (in *Intake) Register(ctx context.Context, m *queue.Message, msg *jobs.Recognize) error {
	if msg.CallbackURL != "" {
		if err := webhook.CheckURL(msg.CallbackURL, in.Allowed); err != nil {
			return refusef(exam.RejectedCallback, "callback_url", "%w", err)
		}
	}
	brought, err := in.partOf(ctx, m, msg)
	if err != nil {
		return err
	}
	keys := brought.Keys
	part := jobs.PartID(keys)
	job := NewJob(msg, keys, part, in.Clock.Now())
	b := layout.Batch{ExamCode: job.ExamCode, BatchID: job.BatchID}
	first, err := in.claim(ctx, b, job)
	if err != nil {
		return err
	}
	if err := in.Archive.KeepPart(ctx, b, part, brought); err != nil {
		return err
	}
	if err := in.Outbox.Send(ctx, 0, firstTasks(b, part, keys)...); err != nil {
		return err
	}
	in.Log.Info("job taken", zap.String("exam_code", b.ExamCode), zap.String("batch_id", b.BatchID),
		zap.String("message_id", m.ID), zap.Int("keys", len(keys)), zap.Int("total", job.Total))
	if !first && m.Receives == 1 {
		// Whoever was first has armed the batch's finish, unless it is over.
		if ended, err := in.Archive.HasEnded(ctx, b); err != nil || !ended {
			return err
		}
	}
	return in.arm(ctx, b, job.Open)
}

// firstTasks are the sheets of a part that is small, else the chunks that are
// fanned out in turn: no handler should take minutes.
func firstTasks(b layout.Batch, part string, keys []string) []jobs.Message {
	if len(keys) <= 2*fanOutChunk {
		return outbox.Sheets(b, keys)
	}
	var tasks []jobs.Message
	for from := 0; from < len(keys); from += fanOutChunk {
		tasks = append(tasks, &jobs.Fanout{
			ExamCode: b.ExamCode, BatchID: b.BatchID, Part: part, From: from, To: min(from+fanOutChunk, len(keys)),
		})
	}
	return tasks
}

// partOf is what the message brings: its keys, those of its manifest, or that of the
// image that it gives the address of.
func (in *Intake) partOf(ctx context.Context, m *queue.Message, msg *jobs.Recognize) (exam.Part, error) {
	switch {
	case msg.DownloadURL != "":
		return in.download(ctx, m, msg)
	case msg.ManifestKey != "":
		keys, err := in.manifestKeys(ctx, m, msg)
		return exam.Part{Keys: keys}, err
	}
	return exam.Part{Keys: jobs.Distinct(msg.Keys)}, nil
}

// manifestKeys returns the distinct keys of the message's manifest.
func (in *Intake) manifestKeys(ctx context.Context, m *queue.Message, msg *jobs.Recognize) ([]string, error) {
	data, err := in.manifest(ctx, msg)
	switch {
	case errors.Is(err, s3store.ErrNotFound):
		return nil, in.waitFor(m, in.ImagePatience, err, badManifest("there is no such object: upload it before the job"))
	case errors.Is(err, s3store.ErrTooLarge):
		return nil, badManifest("the object should have at most %d bytes", jobs.MaxManifestBytes)
	case errors.Is(err, s3store.ErrInvalid):
		return nil, badManifest("s3 can't give us the object: is it archived?")
	case in.Archive.Refused(ctx, layout.Batch{ExamCode: msg.ExamCode, BatchID: cmp.Or(msg.BatchID, m.ID)}, err):
		return nil, in.waitFor(m, in.RosterPatience, err, badManifest("s3 refuses us this object: see its policy and its encryption key"))
	case err != nil:
		return nil, err
	}
	keys, err := jobs.ParseManifest(data)
	if err != nil {
		return nil, badManifest("the object %w", err)
	}
	return jobs.Distinct(keys), nil
}

// manifest reads the object within the memory budget. What becomes of it is kept
// by nobody for long.
func (in *Intake) manifest(ctx context.Context, msg *jobs.Recognize) ([]byte, error) {
	stream, err := in.Store.Open(ctx, msg.ManifestKey, jobs.MaxManifestBytes)
	if err != nil {
		return nil, err
	}
	defer stream.Close()
	release, err := in.Memory(ctx, stream.Size)
	if err != nil {
		return nil, err
	}
	defer release()
	return stream.ReadAll()
}

// NewJob is the record of the batch that a message begins.
func NewJob(msg *jobs.Recognize, keys []string, part string, now time.Time) exam.Job {
	job := exam.Job{
		ExamCode: msg.ExamCode, BatchID: msg.BatchID, Total: msg.BatchTotal, RosterKey: msg.RosterKey,
		CallbackURL: msg.CallbackURL, CreatedAt: now,
	}
	job.PagesPerSheet, job.Papers = pagesOf(msg.PagesPerSheet)
	if job.BatchID == "" {
		job.BatchID = jobs.DefaultBatchID(msg.ExamCode, keys, msg.RosterKey)
	}
	if job.Open = msg.Open; job.Total == 0 && !job.Open {
		job.Total, job.Part = len(keys), part
	}
	return job
}

// pagesOf is how a job record says how many pages make a sheet. Files of sheets of one
// page are divided as they always were.
func pagesOf(n jobs.PageCount) (declared int, papers bool) {
	if n == jobs.AutoPages {
		return 0, true
	}
	return max(int(n), 1), n > 1
}

// claim writes the batch's job record; true if this message was the first. A
// batch whose record says something else is another batch: the message is
// refused rather than mixed into it.
func (in *Intake) claim(ctx context.Context, b layout.Batch, job exam.Job) (bool, error) {
	there, created, err := in.Archive.CreateJob(ctx, b, job)
	if err != nil || created {
		return created, err
	}
	job.CreatedAt = there.CreatedAt
	job.Papers = there.Papers // unset in one of before
	if job != there {
		return false, refusef(exam.RejectedConflict, "batch_id", "this batch exists with other %s: use a new batch_id, or, for a batch of several messages, "+
			"send the same open, batch_total, roster_key, callback_url and pages_per_sheet with each", differences(job, there))
	}
	return false, nil
}

func differences(a, b exam.Job) string {
	switch {
	case a.Open != b.Open:
		return "open"
	case a.Part != b.Part:
		return "keys"
	case a.Total != b.Total:
		return fmt.Sprintf("batch_total (%d, not %d)", b.Total, a.Total)
	case a.RosterKey != b.RosterKey:
		return "roster_key"
	case a.CallbackURL != b.CallbackURL:
		return "callback_url"
	}
	return "pages_per_sheet"
}

// FanOut sends the sheets of one chunk. If it is interrupted, the chunk is sent
// again as a whole.
func (in *Intake) FanOut(ctx context.Context, t *jobs.Fanout) error {
	b := layout.Batch{ExamCode: t.ExamCode, BatchID: t.BatchID}
	if cancelled, err := in.Archive.Marks.IsCancelled(ctx, b); err != nil || cancelled {
		return err
	}
	keys, err := in.Archive.Part(ctx, b, t.Part)
	if err != nil {
		return err
	}
	if t.To > len(keys) {
		return queue.Deadf("to: the part has only %d keys", len(keys))
	}
	return in.Outbox.Send(ctx, 0, outbox.Sheets(b, keys[t.From:t.To])...)
}

// Resolve stores a person's verdict and has the batch solved again.
func (in *Intake) Resolve(ctx context.Context, m *queue.Message, msg *jobs.Resolve) error {
	b := layout.Batch{ExamCode: msg.ExamCode, BatchID: msg.BatchID}
	known, err := in.Archive.HasSheet(ctx, b, msg.Sheet)
	if err != nil {
		return err
	}
	if !known {
		return in.waitFor(m, in.ImagePatience, errNoSheet, refusef(exam.RejectedNoSheet, "sheet", "%w", errNoSheet))
	}
	c := exam.Correction{
		ID: requestID(m), Sheet: msg.Sheet, StudentID: msg.StudentID, Verdict: msg.Verdict, At: m.Sent.UTC(), By: msg.By,
	}
	if err := in.Archive.KeepCorrection(ctx, b, c); err != nil {
		return err
	}
	return in.Outbox.Settle(ctx, b)
}

// Rematch has the batch solved again with the roster as it is now.
func (in *Intake) Rematch(ctx context.Context, m *queue.Message, msg *jobs.Rematch) error {
	b := layout.Batch{ExamCode: msg.ExamCode, BatchID: msg.BatchID}
	_, err := in.Archive.Job(ctx, b)
	if errors.Is(err, s3store.ErrNotFound) {
		return in.waitFor(m, in.ImagePatience, err, refusef(exam.RejectedNoBatch, "batch_id", "there is no such batch"))
	}
	if err != nil {
		return err
	}
	return in.Outbox.Reopen(ctx, b, archive.RematchRequest+requestID(m))
}

// requestID orders requests by the time at which they were sent; the same
// message has the same id however often it is received.
func requestID(m *queue.Message) string { return fmt.Sprintf("%013d-%s", m.Sent.UnixMilli(), m.ID) }
