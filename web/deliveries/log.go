// Package deliveries tells what was told to whom: it reads the log that workers write of
// each attempt at an event, and has events sent again.
//
// The log is what workers have got to write: it runs some seconds behind, and lacks the
// last seconds of one that was killed. It is for people and for asking again, not for
// finding out what a batch's results are.
package deliveries

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"

	"hakbeon/exam"
	"hakbeon/jobs"
	"hakbeon/s3store"
	"hakbeon/s3store/layout"
)

// Store is what is read and written of the bucket; *s3store.Store is one.
type Store interface {
	Load(ctx context.Context, key string, record any) (etag string, err error)
	List(ctx context.Context, prefix string) iter.Seq2[s3store.Info, error]
	Put(ctx context.Context, key string, body []byte, contentType string) error
}

const (
	// mostAttempts bounds what one look reads, some 400 bytes each: those of a batch of
	// 20,000 sheets by both ways.
	mostAttempts = 100_000
	readsAtOnce  = 8
)

// How far a delivery is.
const (
	StateDelivered = "delivered"
	// StateWaiting: it is on the queue, and tried when it is due.
	StateWaiting   = "waiting"
	StateGone      = "gone"
	StateGivenUp   = "given_up"
	StateOvertaken = "overtaken"
)

// States are all states of a [Delivery].
func States() []string {
	return []string{StateDelivered, StateWaiting, StateGone, StateGivenUp, StateOvertaken}
}

// Delivery is one event at one of its targets, with all attempts at it.
type Delivery struct {
	ID        string
	WebhookID string // "" as long as nothing was sent
	Type      string
	Sheet     string
	Rejected  string
	Version   int
	To, Host  string
	State     string
	// Next is when it is tried again, zero if it isn't or that is not known.
	Next time.Time
	// Attempts are in the order of their time.
	Attempts []exam.Attempt
}

// Undelivered reports whether its target may want to have it: it was not delivered, and
// nothing newer took its place.
func (d *Delivery) Undelivered() bool {
	return d.State != StateDelivered && d.State != StateOvertaken
}

// Log is what is known of a batch's deliveries.
type Log struct {
	// Deliveries are ordered by their first attempt, the latest first.
	Deliveries []*Delivery
	// Cut: there were more attempts than are read, and the oldest are left out.
	Cut bool
}

// Door reads the log, and is how events are sent again: each with the id and the body that
// it always had, since both are made of what is stored. It is safe for concurrent use.
type Door struct {
	store Store
	send  func(context.Context, []jobs.Delivery) error
	// reading lets one look at a log be under way at a time: each may take some 40 MB.
	reading *semaphore.Weighted
}

// New returns a Door. send puts deliveries on the callback queue; after an error some may
// be on it.
func New(store Store, send func(context.Context, []jobs.Delivery) error) *Door {
	return &Door{store: store, send: send, reading: semaphore.NewWeighted(1)}
}

// Read reads a batch's log; its names are "" for messages that were refused and name none.
// Errors are s3store's, or that ctx has ended.
func (d *Door) Read(ctx context.Context, b layout.Batch) (*Log, error) {
	var keys []string
	for info, err := range d.store.List(ctx, b.DeliveriesOf()) {
		if err != nil {
			return nil, err
		}
		keys = append(keys, info.Key)
	}
	if err := d.reading.Acquire(ctx, 1); err != nil {
		return nil, fmt.Errorf("wait for another look at the deliveries: %w", err)
	}
	defer d.reading.Release(1)
	attempts, cut, err := newest(ctx, d.store, keys)
	if err != nil {
		return nil, err
	}
	return &Log{Deliveries: fold(attempts), Cut: cut}, nil
}

// newest reads the latest attempts: parts are named by their time.
func newest(ctx context.Context, store Store, keys []string) (all []exam.Attempt, cut bool, err error) {
	slices.Sort(keys)
	slices.Reverse(keys)
	for chunk := range slices.Chunk(keys, readsAtOnce) {
		if len(all) >= mostAttempts {
			return all, true, nil
		}
		parts := make([]exam.Attempts, len(chunk))
		group, groupCtx := errgroup.WithContext(ctx)
		for i, key := range chunk {
			group.Go(func() error {
				_, err := store.Load(groupCtx, key, &parts[i])
				return err
			})
		}
		if err := group.Wait(); err != nil {
			return nil, false, err
		}
		for _, p := range parts {
			all = append(all, p.Attempts...)
		}
	}
	return all, false, nil
}

// fold gathers the attempts by what was delivered to whom.
func fold(attempts []exam.Attempt) []*Delivery {
	slices.SortStableFunc(attempts, func(a, b exam.Attempt) int { return a.At.Compare(b.At) })
	byID := map[string]*Delivery{}
	var all []*Delivery
	for _, a := range attempts {
		id := a.Delivery()
		d := byID[id]
		if d == nil {
			d = &Delivery{ID: id, Sheet: a.Sheet, Rejected: a.Rejected, Version: a.Version, To: a.To}
			byID[id] = d
			all = append(all, d)
		}
		d.take(a)
	}
	slices.SortStableFunc(all, func(a, b *Delivery) int {
		return cmp.Or(b.Attempts[0].At.Compare(a.Attempts[0].At), cmp.Compare(a.ID, b.ID))
	})
	return all
}

// take adds the next attempt. What was delivered once stays delivered: the same event may
// be tried by two messages, once it was asked for again.
func (d *Delivery) take(a exam.Attempt) {
	d.Attempts = append(d.Attempts, a)
	d.WebhookID, d.Type, d.Host = cmp.Or(d.WebhookID, a.WebhookID), cmp.Or(d.Type, a.Type), cmp.Or(a.Host, d.Host)
	if d.State == StateDelivered {
		return
	}
	d.Next = a.Next
	switch a.Outcome {
	case exam.OutcomeDelivered:
		d.State = StateDelivered
	case exam.OutcomeGone:
		d.State = StateGone
	case exam.OutcomeGivenUp:
		d.State = StateGivenUp
	case exam.OutcomeOvertaken:
		d.State = StateOvertaken
	default:
		d.State = StateWaiting
	}
}

// Undelivered selects, as a state, all deliveries that are [Delivery.Undelivered].
const Undelivered = "undelivered"

// Counts are how many deliveries are in each state; those of which there is none are there.
func (l *Log) Counts() map[string]int {
	counts := map[string]int{}
	for _, state := range States() {
		counts[state] = 0
	}
	for _, d := range l.Deliveries {
		counts[d.State]++
	}
	return counts
}

// Page is the deliveries of a state, or [Undelivered], or all for "", that stand behind the
// one with an id, or from the first one for "": at most limit, and whether there are more.
func (l *Log) Page(state, after string, limit int) (page []*Delivery, more bool) {
	found := after == ""
	for _, d := range l.Deliveries {
		switch {
		case !found:
			found = d.ID == after
			continue
		case state != "" && state != d.State && (state != Undelivered || !d.Undelivered()):
			continue
		case len(page) == limit:
			return page, true
		}
		page = append(page, d)
	}
	return page, false
}
