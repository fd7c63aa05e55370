// Package erase removes all that S3 holds of an exam: what was uploaded, the papers that
// were filed, results and rosters.
//
// It can be broken off anywhere and done again: the records by which an exam is listed go
// last. It needs the right to delete under each of these prefixes, which a worker has not
// by default.
package erase

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"hakbeon/s3store/layout"
	"hakbeon/web/batch"
)

// Store is what is read and removed in S3; *s3store.Store is one.
type Store interface {
	batch.Lister
	Delete(ctx context.Context, keys ...string) error
}

// chunk is how many objects one request removes.
const chunk = 1000

// ErrOpen says that a batch of the exam has not ended, so a worker may be about to write more.
var ErrOpen = errors.New("a batch of this exam is still being read: wait for its end, or delete it by force")

// ErrNothing says that there is nothing of such an exam.
var ErrNothing = errors.New("there is no such exam")

// Exam removes all that there is of the exam with the code, and returns how many objects
// that were. Unless force is set it refuses with [ErrOpen] while a batch has not ended;
// what a worker writes after a removal by force stays, and can be removed again. The bytes
// that were removed are gone, but where the bucket keeps versions. Other errors are
// s3store's, some objects being removed by then.
func Exam(ctx context.Context, store Store, code string, force bool) (removed int, err error) {
	if !force {
		if err := ended(ctx, store, code); err != nil {
			return 0, err
		}
	}
	results := "results/" + code + "/"
	isJob := func(key string) bool { return strings.HasSuffix(key, "/job.json") }
	for _, part := range []struct {
		prefix string
		of     func(key string) bool
	}{
		{"uploads/" + code + "/", all}, {"original/" + code + "/", all}, {"header/" + code + "/", all},
		{"rosters/" + code + ".", func(key string) bool { return slices.Contains(layout.OwnRosterKeys(code), key) }},
		{results, func(key string) bool { return !isJob(key) }}, {results, isJob},
	} {
		n, err := under(ctx, store, part.prefix, part.of)
		removed += n
		if err != nil {
			return removed, fmt.Errorf("remove what lies under %s: %w", part.prefix, err)
		}
	}
	if removed == 0 {
		return 0, ErrNothing
	}
	return removed, nil
}

func all(string) bool { return true }

// ended is ErrOpen if a batch of the exam has had no end yet.
func ended(ctx context.Context, store Store, code string) error {
	begun, err := batch.NewExams(store).Batches(ctx, code)
	if err != nil {
		return err
	}
	for _, job := range begun {
		epoch, err := (batch.View{Batch: layout.Batch{ExamCode: code, BatchID: job.BatchID}, Store: store}).Epoch(ctx)
		if err != nil {
			return err
		}
		if epoch == 0 {
			return ErrOpen
		}
	}
	return nil
}

// under removes what a prefix has of a kind, as it is listed.
func under(ctx context.Context, store Store, prefix string, of func(string) bool) (removed int, err error) {
	var keys []string
	remove := func() error {
		if len(keys) == 0 {
			return nil
		}
		if err := store.Delete(ctx, keys...); err != nil {
			return err
		}
		removed += len(keys)
		keys = keys[:0]
		return nil
	}
	for info, err := range store.List(ctx, prefix) {
		if err != nil {
			return removed, err
		}
		if !of(info.Key) {
			continue
		}
		if keys = append(keys, info.Key); len(keys) == chunk {
			if err := remove(); err != nil {
				return removed, err
			}
		}
	}
	return removed, remove()
}
