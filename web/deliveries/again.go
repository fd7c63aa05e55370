package deliveries

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"

	"hakbeon/exam"
	"hakbeon/jobs"
	"hakbeon/s3store"
	"hakbeon/s3store/layout"
)

// ErrNone says that the batch has no such delivery.
var ErrNone = errors.New("the batch has no such delivery: see the list of them")

// ErrOvertaken says that a later version is there, which alone is worth sending.
var ErrOvertaken = errors.New("a later version has taken its place: send that again")

// patience is how long one that was asked for again is not queued once more by All: two
// clicks are one wish.
const patience = time.Minute

// One queues a delivery of the log again, whatever became of it.
func (d *Door) One(ctx context.Context, b layout.Batch, id string) error {
	log, err := d.Read(ctx, b)
	if err != nil {
		return err
	}
	for _, known := range log.Deliveries {
		if known.ID != id {
			continue
		}
		if err := d.current(ctx, b, known); err != nil {
			return err
		}
		return d.queue(ctx, b, known)
	}
	return ErrNone
}

// All queues what the targets of a batch's events do not have, and returns how many
// deliveries that is. What is still waiting to be tried is among them: it is then tried at
// once, and may come twice.
func (d *Door) All(ctx context.Context, b layout.Batch) (queued int, err error) {
	log, err := d.Read(ctx, b)
	if err != nil {
		return 0, err
	}
	var wanted []*Delivery
	for _, known := range log.Deliveries {
		last := known.Attempts[len(known.Attempts)-1]
		justAsked := last.Outcome == exam.OutcomeAsked && time.Since(last.At) < patience
		if known.Undelivered() && !justAsked {
			wanted = append(wanted, known)
		}
	}
	if len(wanted) == 0 {
		return 0, nil
	}
	return len(wanted), d.queue(ctx, b, wanted...)
}

// current is ErrOvertaken if the delivery would be dropped by whoever takes it.
func (d *Door) current(ctx context.Context, b layout.Batch, known *Delivery) error {
	var there struct {
		Version int `json:"version"`
	}
	at := b.Summary()
	switch {
	case known.Rejected != "":
		return nil // has one version
	case known.Sheet != "":
		at = b.Result(known.Sheet)
	}
	if _, err := d.store.Load(ctx, at, &there); err != nil {
		return err
	}
	if there.Version > known.Version {
		return ErrOvertaken
	}
	return nil
}

// queue puts the deliveries on the queue, and into the log that somebody asked for them.
func (d *Door) queue(ctx context.Context, b layout.Batch, all ...*Delivery) error {
	messages := make([]jobs.Delivery, len(all))
	asked := exam.Attempts{Attempts: make([]exam.Attempt, len(all))}
	now := time.Now().UTC()
	for i, known := range all {
		messages[i] = jobs.Delivery{ExamCode: b.ExamCode, BatchID: b.BatchID, Sheet: known.Sheet, Rejected: known.Rejected, Version: known.Version}
		if known.To == exam.ToResultQueue {
			messages[i].To = jobs.ToQueue
		}
		asked.Attempts[i] = exam.Attempt{
			At: now, Outcome: exam.OutcomeAsked, To: known.To, Sheet: known.Sheet, Rejected: known.Rejected, Version: known.Version,
		}
	}
	if err := d.send(ctx, messages); err != nil {
		return fmt.Errorf("some may be queued, and may be queued again: %w", err)
	}
	body, err := s3store.Encode(asked)
	if err != nil {
		return err
	}
	name := fmt.Sprintf("%013d-asked-%s", now.UnixMilli(), strings.ToLower(rand.Text()[:8]))
	return d.store.Put(ctx, b.DeliveriesPart(name), body, s3store.TypeJSON)
}
