// Package batch is how the web side sees a batch: one reader for each of its records,
// shared by the API, which answers once, and the graders' page, which looks again and
// again. Where a record lies and what it means is said here, so a route that shows
// something new of a batch adds its reader here and its answer there.
//
// Everything is read from the bucket anew; who wants it cheaper keeps what it got by its
// ETag, as the page does. Errors are s3store's.
package batch

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"path"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sync/errgroup"

	"hakbeon/exam"
	"hakbeon/jobs"
	"hakbeon/recognizer/roster"
	"hakbeon/s3store"
	"hakbeon/s3store/layout"
)

// Store is what is read of the bucket; *s3store.Store is one.
type Store interface {
	Load(ctx context.Context, key string, record any) (etag string, err error)
	List(ctx context.Context, prefix string) iter.Seq2[s3store.Info, error]
}

// View reads one batch's records.
type View struct {
	layout.Batch

	Store Store
}

// mostBrought bounds what is told of who brought what.
const mostBrought = 100

// readsAtOnce bounds the records that one call reads at the same time.
const readsAtOnce = 16

// Job is what the batch is. Without it there is no such batch, yet: ErrNotFound.
func (v View) Job(ctx context.Context) (*exam.Job, error) {
	var job exam.Job
	_, err := v.Store.Load(ctx, v.Batch.Job(), &job)
	return &job, err
}

// Listed is a sheet that has a result. Its ETag changes with the result.
type Listed struct{ Sheet, ETag string }

// Sheets lists those that have a result, in order: one listing, a request for 1,000.
func (v View) Sheets(ctx context.Context) iter.Seq2[Listed, error] {
	return func(yield func(Listed, error) bool) {
		for info, err := range v.Store.List(ctx, v.Prefix()+"sheets/") {
			if !yield(Listed{strings.TrimSuffix(path.Base(info.Key), ".json"), info.ETag}, err) {
				return
			}
		}
	}
}

// Loaded is a result as it was read.
type Loaded struct {
	exam.Result

	ETag string
}

// Result reads a sheet's.
func (v View) Result(ctx context.Context, sheet string) (Loaded, error) {
	var l Loaded
	etag, err := v.Store.Load(ctx, v.Batch.Result(sheet), &l.Result)
	// Whatever the record says, it is this sheet's of this batch.
	l.ETag, l.ExamCode, l.BatchID, l.Sheet = etag, v.ExamCode, v.BatchID, sheet
	return l, err
}

// Results reads those of the sheets, in their order. One that is gone by now is left out.
func (v View) Results(ctx context.Context, sheets []string) ([]Loaded, error) {
	out := make([]*Loaded, len(sheets))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(readsAtOnce)
	for i, sheet := range sheets {
		group.Go(func() error {
			l, err := v.Result(ctx, sheet)
			if errors.Is(err, s3store.ErrNotFound) {
				return nil
			}
			out[i] = &l
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	found := make([]Loaded, 0, len(out))
	for _, l := range out {
		if l != nil {
			found = append(found, *l)
		}
	}
	return found, nil
}

// Keys are the files of all the batch's messages, each once.
func (v View) Keys(ctx context.Context) ([]string, error) {
	var keys []string
	for info, err := range v.Store.List(ctx, v.Prefix()+"parts/") {
		if err != nil {
			return nil, err
		}
		var part exam.Part
		if _, err := v.Store.Load(ctx, info.Key, &part); err != nil {
			return nil, err
		}
		keys = append(keys, part.Keys...)
	}
	return jobs.Distinct(keys), nil
}

// More is how many sheets the files of several have beyond their first, by that one: as
// far as they have been counted.
func (v View) More(ctx context.Context) (map[string]int, error) {
	more := map[string]int{}
	for info, err := range v.Store.List(ctx, v.Prefix()+"pages/") {
		if err != nil {
			return nil, err
		}
		if first, count, ok := layout.ParsePages(path.Base(info.Key)); ok {
			more[first] = count.Sheets - 1
		}
	}
	return more, nil
}

// Epoch is the last end that is done, 0 before the first.
func (v View) Epoch(ctx context.Context) (int, error) {
	last := 0
	for info, err := range v.Store.List(ctx, v.Prefix()+"done/") {
		if err != nil {
			return 0, err
		}
		n, _ := strconv.Atoi(path.Base(info.Key))
		last = max(last, n)
	}
	return last, nil
}

// Plan is what an end did.
func (v View) Plan(ctx context.Context, epoch int) (*exam.Plan, error) {
	var plan exam.Plan
	_, err := v.Store.Load(ctx, v.Batch.Plan(epoch), &plan)
	return &plan, err
}

// Correction is a person's verdict. Not each id that a plan applies is one: those of
// rematches have none, and the answer then is only the id.
func (v View) Correction(ctx context.Context, id string) (exam.Correction, error) {
	c := exam.Correction{ID: id}
	_, err := v.Store.Load(ctx, v.Batch.Correction(id), &c)
	if errors.Is(err, s3store.ErrNotFound) {
		err = nil
	}
	return c, err
}

// Brought are the things that people brought in for the batch by the page, by their keys'
// order: the scans come after the rosters. At most 100 are read.
func (v View) Brought(ctx context.Context) ([]exam.Brought, error) {
	all := []exam.Brought{}
	for info, err := range v.Store.List(ctx, v.BroughtOf()) {
		if err != nil || len(all) == mostBrought {
			return all, err
		}
		var one exam.Brought
		if _, err := v.Store.Load(ctx, info.Key, &one); err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, nil
}

// Roster is the one with the hash, as it was when it was used.
func (v View) Roster(ctx context.Context, hash string) (*roster.Roster, error) {
	var raw json.RawMessage
	if _, err := v.Store.Load(ctx, v.Batch.Roster(hash), &raw); err != nil {
		return nil, err
	}
	return roster.Decode(raw)
}

// Summary is the batch's end, nil before it.
func (v View) Summary(ctx context.Context) (*exam.Summary, error) {
	var sum exam.Summary
	_, err := v.Store.Load(ctx, v.Batch.Summary(), &sum)
	if errors.Is(err, s3store.ErrNotFound) {
		return nil, nil //nolint:nilnil // a batch has no summary before its end
	}
	return &sum, err
}

// IDs gathers what Sheets lists.
func (v View) IDs(ctx context.Context) ([]string, error) {
	var ids []string
	for l, err := range v.Sheets(ctx) {
		if err != nil {
			return nil, err
		}
		ids = append(ids, l.Sheet)
	}
	return slices.Clip(ids), nil
}
