package worker

import (
	"context"
	"image"
	"time"

	"go.uber.org/zap"

	"hakbeon/recognizer"
	"hakbeon/s3store"
	"hakbeon/worker/queue"
)

// Second gives a second opinion on the ID that a picture shows alone.
type Second interface {
	Ask(ctx context.Context, picture image.Image) (*recognizer.Opinion, error)
}

// secondLook makes what the second reader may see of a sheet that would go to review.
func (w *Worker) secondLook(page image.Image, src source, out *readSheet) {
	if w.opts.Second == nil || src.known != nil || src.match.roster == nil || out.decision.Status == recognizer.Matched {
		return
	}
	if picture, ok := out.reading.SecondLook(page, out.decision.Line, out.decision.Shown()); ok {
		out.look = picture
	}
}

// hearSecond asks the second reader about a sheet that would go to review, and
// decides again with its answer. A sheet without one goes to review as it is: the
// second reader is a help, and nothing waits for it to be well. Errors are S3's.
func (w *Worker) hearSecond(ctx context.Context, m *queue.Message, t *task, src source, page readSheet) (readSheet, error) {
	if page.look == nil {
		return page, nil
	}
	picture := page.look
	page.look = nil
	if may, err := w.mayAsk(ctx, t); err != nil || !may {
		return page, err
	}
	since := time.Now()
	asking, cancel := untilDrain(ctx, m)
	defer cancel()
	opinion, err := w.opts.Second.Ask(asking, picture)
	t.timed("second", since)
	if err != nil {
		w.log.Warn("no second opinion: the sheet goes to review", t.fields(zap.Error(err))...)
		return page, nil
	}
	heard := *page.reading
	heard.Second = opinion
	page.reading, page.decision = &heard, decide(&heard, src.match.roster, w.opts.Params)
	return page, nil
}

// untilDrain is a context that ends when the worker begins to shut down.
func untilDrain(ctx context.Context, m *queue.Message) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		defer cancel()
		select {
		case <-m.Draining():
		case <-ctx.Done():
		}
	}()
	return ctx, cancel
}

// mayAsk spends one question of the batch's budget. The questions of a batch are
// counted in S3, before they are asked: all workers together keep the budget, but for
// those who ask at the same moment, and a sheet that comes back is not asked about
// again.
func (w *Worker) mayAsk(ctx context.Context, t *task) (bool, error) {
	w.counting.Lock()
	defer w.counting.Unlock()
	if w.spent.Contains(t.batch) {
		return false, nil
	}
	asked := 0
	for _, err := range w.store.List(ctx, t.batch.Second("")) {
		if err != nil {
			return false, err
		}
		asked++
	}
	if asked >= w.opts.SecondBudget {
		w.spent.Add(t.batch, struct{}{})
		w.log.Info("the batch's budget for second opinions is spent", zap.String("exam_code", t.batch.ExamCode), zap.String("batch_id", t.batch.BatchID))
		return false, nil
	}
	_, err := w.store.Create(ctx, t.batch.Second(t.id), nil, s3store.TypeBinary)
	return err == nil, ignoreExists(err)
}
