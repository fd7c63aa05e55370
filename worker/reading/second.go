package reading

import (
	"context"
	"image"
	"sync"
	"time"

	"go.uber.org/zap"

	"hakbeon/internal/cache"
	"hakbeon/recognizer"
	"hakbeon/s3store/layout"
	"hakbeon/worker/queue"
)

// secondLook makes what the second reader may see of a sheet that would go to review, but
// for one that a person has to see whatever it says.
func (e *examiner) secondLook(page image.Image, src source, out *readSheet) {
	if e.opts.Second == nil || out.decision.Reason == recognizer.MarkedAbsent || src.known != nil || src.match.Roster == nil || out.decision.Status == recognizer.Matched {
		return
	}
	if picture, ok := out.reading.SecondLook(page, out.decision.Line, out.decision.Shown()); ok {
		out.look = picture
	}
}

// adviser asks the second reader, within each batch's budget.
type adviser struct {
	*Parts
	opts     *Options
	spent    cache.Cache[layout.Batch, struct{}] // batches without budget
	counting sync.Mutex                          // one looks at a budget at a time
}

// hear asks the second reader about a sheet that would go to review, and
// decides again with its answer. A sheet without one goes to review as it is: the
// second reader is a help, and nothing waits for it to be well. Errors are S3's.
func (a *adviser) hear(ctx context.Context, m *queue.Message, t *task, src source, page readSheet) (readSheet, error) {
	if page.look == nil {
		return page, nil
	}
	picture := page.look
	page.look = nil
	if may, err := a.mayAsk(ctx, t); err != nil || !may {
		return page, err
	}
	since := time.Now()
	asking, cancel := untilDraining(ctx, m)
	defer cancel()
	opinion, err := a.opts.Second.Ask(asking, picture)
	t.timed("second", since)
	if err != nil {
		a.Log.Warn("no second opinion: the sheet goes to review", t.fields(zap.Error(err))...)
		return page, nil
	}
	heard := *page.reading
	heard.Second = opinion
	page.reading = &heard
	page.decision, page.scores = a.Scorers.Of(src.match.Roster).Decide(&heard)
	return page, nil
}

// mayAsk spends one question of the batch's budget. The questions of a batch are
// counted in S3, before they are asked: all workers together keep the budget, but for
// those who ask at the same moment, and a sheet that comes back is not asked about
// again.
func (a *adviser) mayAsk(ctx context.Context, t *task) (bool, error) {
	a.counting.Lock()
	defer a.counting.Unlock()
	if _, spent := a.spent.Get(t.batch); spent {
		return false, nil
	}
	asked, err := a.Archive.Marks.CountSeconds(ctx, t.batch)
	if err != nil {
		return false, err
	}
	if asked >= a.opts.SecondBudget {
		a.spent.Set(t.batch, struct{}{})
		a.Log.Info("the batch's budget for second opinions is spent", zap.String("exam_code", t.batch.ExamCode), zap.String("batch_id", t.batch.BatchID))
		return false, nil
	}
	return a.Archive.Marks.MarkSecond(ctx, t.batch, t.id)
}
