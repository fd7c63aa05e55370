package batch

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/sync/errgroup"

	"hakbeon/exam"
	"hakbeon/recognizer/roster"
	"hakbeon/s3store"
)

// ErrNotEnded says that a batch has no end yet.
var ErrNotEnded = errors.New("the batch has not ended yet")

// End is what a batch's end made of it: one state, whatever has been said since.
type End struct {
	Plan *exam.Plan
	// Results are of Plan.Sheets, in their order, in the version that the plan gives
	// them. Of a sheet without a record only Sheet is set.
	Results []exam.Result
	// Roster is the plan's; nil if there was none.
	Roster *roster.Roster
}

// End reads the last end that is done; [ErrNotEnded] before the first. s3store.ErrChanged
// says that a sheet has had so many versions since that this one's is gone: a later end is
// near.
func (v View) End(ctx context.Context) (*End, error) {
	epoch, err := v.Epoch(ctx)
	if err != nil {
		return nil, err
	}
	if epoch == 0 {
		return nil, ErrNotEnded
	}
	plan, err := v.Plan(ctx, epoch)
	if err != nil {
		return nil, err
	}
	e := &End{Plan: plan}
	if plan.Roster != "" {
		if e.Roster, err = v.Roster(ctx, plan.Roster); err != nil {
			return nil, err
		}
	}
	e.Results, err = v.planned(ctx, plan.Sheets)
	return e, err
}

// planned reads the sheets in the versions that a plan gives them.
func (v View) planned(ctx context.Context, sheets []exam.PlannedSheet) ([]exam.Result, error) {
	out := make([]exam.Result, len(sheets))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(readsAtOnce)
	for i, p := range sheets {
		group.Go(func() error {
			var record exam.Sheet
			_, err := v.Store.Load(ctx, v.Batch.Result(p.Sheet), &record)
			switch at := record.At(p.Version); {
			case errors.Is(err, s3store.ErrNotFound):
			case err != nil:
				return err
			case at == nil:
				return fmt.Errorf("version %d of a result: %w", p.Version, s3store.ErrChanged)
			default:
				out[i] = *at
			}
			// Whatever the record says, it is this sheet's of this batch.
			out[i].ExamCode, out[i].BatchID, out[i].Sheet = v.ExamCode, v.BatchID, p.Sheet
			return nil
		})
	}
	return out, group.Wait()
}

// Begun reports whether an end with the number has been planned.
func (v View) Begun(ctx context.Context, epoch int) (bool, error) {
	for _, err := range v.Store.List(ctx, v.Batch.Plan(epoch)) {
		return err == nil, err
	}
	return false, nil
}

// Filed are the keys of a sheet's pages as they lie filed, in order; none where one of
// them would lead out of its exam's originals, for they come from a record.
func Filed(r *exam.Result) []string {
	if r.Meta.S3Keys.Original == nil {
		return nil
	}
	keys := append([]string{*r.Meta.S3Keys.Original}, r.Meta.S3Keys.Others...)
	for _, key := range keys {
		if !strings.HasPrefix(key, "original/"+r.ExamCode+"/") {
			return nil
		}
	}
	return keys
}
