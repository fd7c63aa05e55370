package archive

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"sync"
	"time"

	"go.uber.org/zap"
	"golang.org/x/sync/errgroup"

	"hakbeon/exam"
	"hakbeon/s3store"
	"hakbeon/s3store/credentials"
	"hakbeon/s3store/layout"
)

const (
	// fullPart is how many lines are written without waiting for more.
	fullPart = 1000
	// mostNoted bounds the lines that wait to be written, some 300 bytes each.
	mostNoted = 20_000
	// partsAtOnce bounds the writes under way.
	partsAtOnce = 8
	// lastWrite bounds the writing of what is left when a process ends.
	lastWrite = 3 * time.Second
)

// Deliveries writes the log of deliveries. A write an attempt would be a second call to S3
// for each event, so lines are gathered: an object holds what one process saw of one batch
// in some seconds. What a process has gathered when it is killed is lost; the events are
// not, for those lie on a queue. It is safe for concurrent use, and no one ever waits for
// it: what S3 does not take stays here until there is too much of it.
type Deliveries struct {
	store  *s3store.Store
	log    *zap.Logger
	writer string // this process
	// OnLost is told of lines that could not be written. Defaults to nobody.
	OnLost func(lines int)

	mu    sync.Mutex
	parts map[layout.Batch]*part
	stuck []taken // S3 did not take them, or did and was not heard: they keep their names
	noted int
	named int // parts
	wake  chan struct{}
}

// part are the lines of a batch that are not written yet.
type part struct {
	lines []exam.Attempt
	since time.Time
}

// taken is a part that has its name.
type taken struct {
	part

	batch layout.Batch
	key   string
}

func newDeliveries(store *s3store.Store, log *zap.Logger) *Deliveries {
	return &Deliveries{
		store: store, log: log, writer: strings.ToLower(rand.Text()[:8]), OnLost: func(int) {},
		parts: map[layout.Batch]*part{}, wake: make(chan struct{}, 1),
	}
}

// Note adds a line to the log of a batch; its names are "" for a refused message that
// names none.
func (d *Deliveries) Note(b layout.Batch, a exam.Attempt) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.noted >= mostNoted+fullPart {
		d.OnLost(1)
		return
	}
	p := d.parts[b]
	if p == nil {
		p = &part{since: time.Now()}
		d.parts[b] = p
	}
	p.lines = append(p.lines, a)
	d.noted++
	if len(p.lines) >= fullPart || d.noted >= mostNoted {
		select {
		case d.wake <- struct{}{}:
		default:
		}
	}
}

// Run writes what is gathered, of each batch once in an interval or so, until ctx ends;
// what is left is written then.
func (d *Deliveries) Run(ctx context.Context, every time.Duration) {
	tick := time.NewTicker(max(every/4, 10*time.Millisecond))
	defer tick.Stop()
	writing := context.WithoutCancel(ctx)
	for {
		select {
		case <-ctx.Done():
			last, cancel := context.WithTimeout(writing, lastWrite)
			defer cancel()
			d.write(last, d.take(func(part) bool { return true }))
			return
		case <-tick.C:
		case <-d.wake:
		}
		d.write(writing, d.due(every))
	}
}

// due takes what is old enough, or full, or all where that is too much.
func (d *Deliveries) due(every time.Duration) []taken {
	now := time.Now()
	d.mu.Lock()
	full := d.noted >= mostNoted
	d.mu.Unlock()
	return d.take(func(p part) bool { return full || len(p.lines) >= fullPart || now.Sub(p.since) >= every })
}

// take takes parts out, each under its name.
func (d *Deliveries) take(due func(part) bool) []taken {
	d.mu.Lock()
	defer d.mu.Unlock()
	var all, left []taken
	for _, t := range d.stuck {
		if due(t.part) {
			all = append(all, t)
		} else {
			left = append(left, t)
		}
	}
	d.stuck = left
	for b, p := range d.parts {
		if !due(*p) {
			continue
		}
		d.named++
		name := fmt.Sprintf("%013d-%s-%d", p.lines[0].At.UnixMilli(), d.writer, d.named)
		all = append(all, taken{*p, b, b.DeliveriesPart(name)})
		delete(d.parts, b)
	}
	for _, t := range all {
		d.noted -= len(t.lines)
	}
	return all
}

func (d *Deliveries) write(ctx context.Context, parts []taken) {
	var group errgroup.Group
	group.SetLimit(partsAtOnce)
	for _, t := range parts {
		group.Go(func() error {
			d.put(ctx, t)
			return nil
		})
	}
	_ = group.Wait() // put never fails
}

// put writes a part, and keeps it for the next time where S3 is out of order. What S3
// refuses it would refuse again.
func (d *Deliveries) put(ctx context.Context, t taken) {
	body, err := s3store.Encode(exam.Attempts{Attempts: t.lines})
	if err == nil {
		err = d.store.Put(credentials.ForExam(ctx, t.batch.ExamCode), t.key, body, s3store.TypeJSON)
	}
	switch {
	case err == nil:
	case s3store.Infrastructure(err) && !s3store.Denied(err) && ctx.Err() == nil && d.keep(t):
	default:
		d.log.Warn("lines of the log of deliveries are lost", zap.String("exam_code", t.batch.ExamCode), zap.String("batch_id", t.batch.BatchID),
			zap.Int("lines", len(t.lines)), zap.Error(err))
		d.OnLost(len(t.lines))
	}
}

// keep puts a part aside for the next time, false if there is no room.
func (d *Deliveries) keep(t taken) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.noted+len(t.lines) > mostNoted {
		return false
	}
	t.since = time.Now()
	d.stuck = append(d.stuck, t)
	d.noted += len(t.lines)
	return true
}
