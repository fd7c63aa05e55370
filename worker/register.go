package worker

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"go.uber.org/zap"

	"hakbeon/jobs"
	"hakbeon/s3store"
	"hakbeon/webhook"
	"hakbeon/worker/queue"
)

const fanOutChunk = 100

// register writes down what the batch is and which keys the message brings, and
// has the keys fanned out. Done again it changes nothing and sends the chunks
// again, whose sheets are then found to be done.
func (w *Worker) register(ctx context.Context, m *queue.Message, in *jobs.Recognize) error {
	keys, err := w.jobKeys(ctx, m, in)
	if err != nil {
		return err
	}
	if in.CallbackURL != "" {
		if err := webhook.CheckURL(in.CallbackURL, w.opts.Allowed); err != nil {
			return deadf("callback_url: %w", err)
		}
	}
	part := jobs.PartID(keys)
	job := newJob(in, keys, part, w.opts.Clock.Now())
	b := s3store.Batch{ExamCode: job.ExamCode, BatchID: job.BatchID}
	first, err := w.claim(ctx, b, job)
	if err != nil {
		return err
	}
	if err := ignoreExists(w.store.CreateRecord(ctx, b.Part(part), s3store.Part{Keys: keys})); err != nil {
		return err
	}
	w.parts.Add(b.Part(part), keys)
	if err := send(ctx, w.work, 0, firstTasks(b, part, keys)...); err != nil {
		return err
	}
	w.log.Info("job taken", zap.String("exam_code", b.ExamCode), zap.String("batch_id", b.BatchID),
		zap.String("message_id", m.ID), zap.Int("keys", len(keys)), zap.Int("total", job.Total))
	if !first && m.Receives == 1 {
		// Whoever was first has armed the batch's finish, unless it is over.
		if _, err := w.store.Head(ctx, b.Done(1)); err != nil {
			return ignoreNotFound(err)
		}
	}
	return w.arm(ctx, b, 0, w.opts.FinishDelay)
}

// firstTasks are the sheets of a part that is small, else the chunks that are
// fanned out in turn: no handler should take minutes.
func firstTasks(b s3store.Batch, part string, keys []string) []jobs.Message {
	if len(keys) <= 2*fanOutChunk {
		return sheetTasks(b, keys)
	}
	var tasks []jobs.Message
	for from := 0; from < len(keys); from += fanOutChunk {
		tasks = append(tasks, &jobs.Fanout{
			ExamCode: b.ExamCode, BatchID: b.BatchID, Part: part, From: from, To: min(from+fanOutChunk, len(keys)),
		})
	}
	return tasks
}

func sheetTasks(b s3store.Batch, keys []string) []jobs.Message {
	tasks := make([]jobs.Message, len(keys))
	for i, key := range keys {
		tasks[i] = &jobs.Sheet{ExamCode: b.ExamCode, BatchID: b.BatchID, Key: key, Page: 1}
	}
	return tasks
}

// jobKeys returns the distinct keys that the message brings, from its manifest
// if it names one.
func (w *Worker) jobKeys(ctx context.Context, m *queue.Message, in *jobs.Recognize) ([]string, error) {
	if in.ManifestKey == "" {
		return jobs.Distinct(in.Keys), nil
	}
	data, err := w.manifest(ctx, in)
	switch {
	case isNotFound(err):
		return nil, w.waitFor(m.Sent, w.opts.ImagePatience, err, deadf("manifest_key: there is no such object: upload it before the job"))
	case errors.Is(err, s3store.ErrTooLarge):
		return nil, deadf("manifest_key: the object should have at most %d bytes", jobs.MaxManifestBytes)
	case errors.Is(err, s3store.ErrInvalid):
		return nil, deadf("manifest_key: s3 can't give us the object: is it archived?")
	case w.refusedAlone(ctx, s3store.Batch{ExamCode: in.ExamCode, BatchID: cmp.Or(in.BatchID, m.ID)}, err):
		return nil, w.waitFor(m.Sent, w.opts.RosterPatience, err, deadf("manifest_key: s3 refuses us this object: see its policy and its encryption key"))
	case err != nil:
		return nil, err
	}
	keys, err := jobs.ParseManifest(data)
	if err != nil {
		return nil, deadf("manifest_key: the object %w", err)
	}
	return jobs.Distinct(keys), nil
}

// manifest reads the object within the memory budget. What becomes of it is kept
// by nobody for long.
func (w *Worker) manifest(ctx context.Context, in *jobs.Recognize) ([]byte, error) {
	stream, err := w.store.Open(ctx, in.ManifestKey, jobs.MaxManifestBytes)
	if err != nil {
		return nil, err
	}
	defer stream.Close()
	if err := w.acquire(ctx, stream.Size); err != nil {
		return nil, err
	}
	defer w.memory.Release(w.weight(stream.Size))
	return stream.ReadAll()
}

func newJob(in *jobs.Recognize, keys []string, part string, now time.Time) s3store.Job {
	job := s3store.Job{
		ExamCode: in.ExamCode, BatchID: in.BatchID, Total: in.BatchTotal, RosterKey: in.RosterKey,
		CallbackURL: in.CallbackURL, CreatedAt: now,
	}
	job.PagesPerSheet, job.Papers = pagesOf(in.PagesPerSheet)
	if job.BatchID == "" {
		job.BatchID = jobs.DefaultBatchID(in.ExamCode, keys, in.RosterKey)
	}
	if job.Total == 0 {
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
func (w *Worker) claim(ctx context.Context, b s3store.Batch, job s3store.Job) (bool, error) {
	err := w.store.CreateRecord(ctx, b.Job(), job)
	if err == nil {
		return true, nil
	}
	if !errors.Is(err, s3store.ErrExists) {
		return false, err
	}
	var there s3store.Job
	if _, err := w.store.Load(ctx, b.Job(), &there); err != nil {
		return false, err
	}
	job.CreatedAt = there.CreatedAt
	job.Papers = there.Papers // unset in one of before
	if job != there {
		return false, deadf("batch_id: this batch exists with other %s: use a new batch_id, or, for a batch of several messages, "+
			"send the same batch_total, roster_key, callback_url and pages_per_sheet with each", differences(job, there))
	}
	return false, nil
}

func differences(a, b s3store.Job) string {
	switch {
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

func ignoreNotFound(err error) error {
	if isNotFound(err) {
		return nil
	}
	return err
}

func ignoreExists(err error) error {
	if errors.Is(err, s3store.ErrExists) {
		return nil
	}
	return err
}

// fanOut sends the sheets of one chunk. If it is interrupted, the chunk is sent
// again as a whole.
func (w *Worker) fanOut(ctx context.Context, t *jobs.Fanout) error {
	b := s3store.Batch{ExamCode: t.ExamCode, BatchID: t.BatchID}
	keys, err := w.partKeys(ctx, b, t.Part)
	if err != nil {
		return err
	}
	if t.To > len(keys) {
		return deadf("to: the part has only %d keys", len(keys))
	}
	return send(ctx, w.work, 0, sheetTasks(b, keys[t.From:t.To])...)
}
