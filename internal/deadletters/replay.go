package deadletters

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"hakbeon/exam"
	"hakbeon/jobs"
	"hakbeon/s3store"
	"hakbeon/s3store/layout"
	"hakbeon/worker/queue"
)

const (
	readsAtOnce = 16
	// clockSkew is how far S3's time of an object may lie before ours.
	clockSkew = time.Hour
)

// Store is the part of [s3store.Store] that a replay reads.
type Store interface {
	List(ctx context.Context, prefix string) iter.Seq2[s3store.Info, error]
	Load(ctx context.Context, key string, record any) (string, error)
}

var _ Store = (*s3store.Store)(nil)

// Results says whose webhooks are sent again. One of ExamCode and Since is
// needed.
type Results struct {
	ExamCode     string
	BatchID      string
	Since, Until time.Time // when the result was written
	// To is where they go, as in [jobs.Delivery].
	To string
	// Limit bounds the deliveries. Defaults to MaxLimit.
	Limit int
}

// Check says what is wrong with the selection.
func (r Results) Check() error {
	switch {
	case r.ExamCode == "" && r.Since.IsZero():
		return errors.New("name an exam or a time")
	case r.ExamCode == "" && r.BatchID != "":
		return errors.New("a batch needs its exam")
	case r.ExamCode != "" && !jobs.ValidCode(r.ExamCode), r.BatchID != "" && !jobs.ValidCode(r.BatchID):
		return fmt.Errorf("exam code and batch id should match %s", jobs.CodePattern)
	case !r.Until.IsZero() && r.Until.Before(r.Since):
		return errors.New("until lies before since")
	}
	return nil
}

func (r Results) prefix() string {
	switch {
	case r.BatchID != "":
		return layout.Batch{ExamCode: r.ExamCode, BatchID: r.BatchID}.Prefix()
	case r.ExamCode != "":
		return "results/" + r.ExamCode + "/"
	}
	return "results/"
}

// Deliveries returns one delivery for the current version of each result and
// summary that is meant. The webhook of each has the id and the body that it
// always had, since both are made of what is stored.
func (r Results) Deliveries(ctx context.Context, store Store) ([]jobs.Delivery, error) {
	if err := r.Check(); err != nil {
		return nil, err
	}
	all := &gathered{limit: cmp.Or(r.Limit, MaxLimit)}
	group, reading := errgroup.WithContext(ctx)
	group.SetLimit(readsAtOnce)
	var listing error
	for info, err := range store.List(reading, r.prefix()) {
		if listing = err; err != nil {
			break
		}
		d, ok := deliveryOf(info.Key)
		if !ok || !r.Since.IsZero() && info.Modified.Before(r.Since.Add(-clockSkew)) {
			continue
		}
		d.To = r.To
		group.Go(func() error {
			at, err := complete(reading, store, info.Key, &d)
			if err != nil || !within(at, r.Since, r.Until) {
				return err
			}
			return all.add(d)
		})
	}
	// A read that failed ends the listing too: its error is the one that counts.
	if err := cmp.Or(group.Wait(), listing); err != nil {
		return nil, err
	}
	return all.sorted(), nil
}

// gathered are deliveries that several goroutines find.
type gathered struct {
	limit int
	mu    sync.Mutex
	list  []jobs.Delivery
}

func (g *gathered) add(d jobs.Delivery) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.list) == g.limit {
		return fmt.Errorf("there are more than %d results: narrow it by batch or time", g.limit)
	}
	g.list = append(g.list, d)
	return nil
}

// sorted has a batch's own event after its sheets'.
func (g *gathered) sorted() []jobs.Delivery {
	slices.SortFunc(g.list, func(a, b jobs.Delivery) int {
		return cmp.Or(cmp.Compare(a.ExamCode, b.ExamCode), cmp.Compare(a.BatchID, b.BatchID),
			cmp.Compare(min(len(b.Sheet), 1), min(len(a.Sheet), 1)), cmp.Compare(a.Sheet, b.Sheet))
	})
	return g.list
}

// deliveryOf tells whose webhook is made of the object, false if none is.
func deliveryOf(key string) (jobs.Delivery, bool) {
	p := strings.Split(key, "/")
	if d, ok := rejectionOf(p); ok {
		return d, layout.Rejection(d.ExamCode, d.Rejected) == key
	}
	if len(p) < 4 || !jobs.ValidCode(p[1]) || !jobs.ValidCode(p[2]) {
		return jobs.Delivery{}, false
	}
	d := jobs.Delivery{ExamCode: p[1], BatchID: p[2]}
	b := layout.Batch{ExamCode: p[1], BatchID: p[2]}
	if len(p) == 5 && p[3] == "sheets" {
		d.Sheet = strings.TrimSuffix(p[4], ".json")
		return d, sheetID.MatchString(d.Sheet) && b.Result(d.Sheet) == key
	}
	return d, b.Summary() == key
}

// rejectionOf tells which message was refused, by the parts of its record's key.
func rejectionOf(p []string) (d jobs.Delivery, ok bool) {
	if len(p) == 4 && jobs.ValidCode(p[1]) {
		d.ExamCode = p[1]
	}
	d.Rejected, d.Version = strings.TrimSuffix(p[len(p)-1], ".json"), 1
	return d, len(p) >= 3 && p[len(p)-2] == layout.Rejections && sheetID.MatchString(d.Rejected)
}

// complete reads the version, and when it was written.
func complete(ctx context.Context, store Store, key string, d *jobs.Delivery) (time.Time, error) {
	var at time.Time
	var err error
	switch {
	case d.Rejected != "":
		var rec exam.Rejection
		_, err = store.Load(ctx, key, &rec)
		d.BatchID, at = rec.BatchID, rec.RejectedAt
	case d.Sheet == "":
		var sum exam.Summary
		_, err = store.Load(ctx, key, &sum)
		d.Version, at = sum.Version, sum.CreatedAt
	default:
		var rec exam.Sheet
		_, err = store.Load(ctx, key, &rec)
		d.Version, at = rec.Version, rec.UpdatedAt
	}
	if err != nil {
		return at, fmt.Errorf("read what to send again: %w", err)
	}
	return at, nil
}

// Queue puts deliveries on the callback queue. After an error some are on it.
func Queue(ctx context.Context, to *queue.Sender, deliveries []jobs.Delivery) error {
	for chunk := range slices.Chunk(deliveries, 100*batchSize) {
		outs := make([]queue.Out, len(chunk))
		for i := range chunk {
			body, err := jobs.Encode(&chunk[i])
			if err != nil {
				return err
			}
			outs[i] = queue.Out{Body: body, Group: chunk[i].ExamCode}
		}
		if err := to.SendAll(ctx, outs); err != nil {
			return err
		}
	}
	return nil
}
