package ending

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.uber.org/zap"
	"golang.org/x/sync/errgroup"

	"hakbeon/exam"
	"hakbeon/jobs"
	"hakbeon/recognizer"
	"hakbeon/s3store"
	"hakbeon/s3store/layout"
	"hakbeon/worker/archive"
	"hakbeon/worker/rosters"
)

// gather reads all that the next epoch is solved from.
func (c *Coordinator) gather(ctx context.Context, s State) (k Known, err error) {
	k.Facts, k.Sheets, k.At = s.Facts, s.Sheets, s.Now
	if k.Verdicts, err = c.verdicts(ctx, s.Facts); err != nil {
		return k, err
	}
	if s.Facts.Cancelled {
		who, err := c.Archive.Marks.Cancellation(ctx, s.Facts.Batch)
		if err != nil {
			return k, err
		}
		k.Cancelled = &who
	}
	if k.Before, err = c.before(ctx, s, k.Verdicts); err != nil {
		return k, err
	}
	if k.Match, err = c.match(ctx, s); err != nil {
		return k, err
	}
	if k.Params, err = c.params(s); err != nil {
		return k, err
	}
	k.Readings, err = c.readings(ctx, s.Facts.Batch, k.open())
	return k, err
}

// verdicts returns the latest verdict of a person on each sheet that has one.
func (c *Coordinator) verdicts(ctx context.Context, f *archive.Facts) (map[string]exam.Correction, error) {
	ids := slices.Sorted(slices.Values(f.Corrections))
	all := make([]exam.Correction, len(ids))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(archive.ParallelCalls)
	for i, id := range ids {
		group.Go(func() (err error) {
			all[i], err = c.Archive.Correction(ctx, f.Batch, id)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	latest := map[string]exam.Correction{}
	for _, v := range all {
		if v.Verdict == jobs.VerdictUndo {
			delete(latest, v.Sheet)
		} else {
			latest[v.Sheet] = v
		}
	}
	return latest, nil
}

// before returns each sheet's outcome so far: from the last plan, or, before the
// first, from the results.
func (c *Coordinator) before(ctx context.Context, s State, verdicts map[string]exam.Correction) (map[string]Prior, error) {
	before := make(map[string]Prior, len(s.Sheets))
	if s.Last != nil {
		for _, p := range s.Last.Sheets {
			before[p.Sheet] = Prior{Now: p, Machine: p, Final: true}
		}
	}
	// The last plan doesn't know what became of a sheet that came after its
	// deadline, nor what a sheet was before a verdict that was taken back.
	reload := func(p archive.Place) bool {
		known, ok := before[p.ID]
		_, spoken := verdicts[p.ID]
		undone := known.Now.Stage == exam.StagePerson && !spoken
		return s.Facts.Sheets[p.ID] && (!ok || undone || known.Now.Stage == exam.StageDeadline)
	}
	// Before the first plan a result has one version: that of who made it.
	fresh := archive.Current
	if s.Facts.Epoch == 0 {
		fresh = archive.Own
	}
	records := make([]*exam.Sheet, len(s.Sheets))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(archive.ParallelCalls)
	for i, p := range s.Sheets {
		if reload(p) {
			group.Go(func() error {
				rec, _, err := c.Archive.Sheet(ctx, s.Facts.Batch, p.ID, fresh)
				if err == nil && rec == nil {
					err = fmt.Errorf("result of sheet %s is gone from S3", p.ID)
				}
				records[i] = rec
				return err
			})
		}
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	for i, rec := range records {
		if rec != nil {
			before[s.Sheets[i].ID] = Prior{Now: planned(s.Sheets[i], &rec.Result), Machine: unspoken(s.Sheets[i], rec), Final: rec.Final}
		}
	}
	return before, nil
}

// rematchDue reports whether the batch should be solved with the roster and the
// parameters of now: it never was, or somebody asked for it after the last plan. A
// verdict on one sheet is no reason to look at all others in a new light.
func (s *State) rematchDue() bool {
	return s.Last == nil || slices.ContainsFunc(s.Facts.Requests, func(id string) bool {
		return strings.HasPrefix(id, archive.RematchRequest) && s.isNews(id)
	})
}

// params returns the numbers that an epoch decides with.
func (c *Coordinator) params(s State) (recognizer.Params, error) {
	ours := c.Params.WithDefaults()
	if s.rematchDue() || len(s.Last.Params) == 0 {
		return ours, nil
	}
	var stored recognizer.Params
	if err := json.Unmarshal(s.Last.Params, &stored); err != nil {
		return ours, fmt.Errorf("parameters of epoch %d: %w", s.Facts.Epoch, err)
	}
	return stored.WithDefaults(), nil
}

// match returns the roster that an epoch solves with, and stores its snapshot: the
// last epoch's, or the one of now, also where there was none.
func (c *Coordinator) match(ctx context.Context, s State) (rosters.Found, error) {
	last, err := c.lastMatch(ctx, s)
	if err != nil || last.Roster != nil && !s.rematchDue() {
		return last, err
	}
	found, err := c.Rosters.Fresh(ctx, s.Job)
	switch {
	case errors.Is(err, s3store.ErrNotFound) || errors.Is(err, rosters.ErrUnusable) || c.Archive.Refused(ctx, s.Facts.Batch, err):
		c.Log.Warn("no roster at the batch's end", zap.String("exam_code", s.Job.ExamCode), zap.String("batch_id", s.Job.BatchID), zap.Error(err))
		if last.Roster == nil && found.Problem != nil {
			return found, nil
		}
		return last, nil // it has gone since: its snapshot goes on
	case err != nil:
		return rosters.Found{}, err
	}
	return found, c.Archive.KeepRoster(ctx, s.Facts.Batch, found.Roster)
}

func (c *Coordinator) lastMatch(ctx context.Context, s State) (rosters.Found, error) {
	if s.Last == nil || s.Last.Roster == "" {
		return rosters.Found{}, nil
	}
	ro, err := c.Archive.Roster(ctx, s.Facts.Batch, s.Last.Roster)
	return rosters.Found{Key: s.Last.RosterKey, Roster: ro}, err
}

// readings are those of the sheets, in their order.
func (c *Coordinator) readings(ctx context.Context, b layout.Batch, sheets []string) ([]*recognizer.Reading, error) {
	readings := make([]*recognizer.Reading, len(sheets))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(archive.ParallelCalls)
	for i, sheet := range sheets {
		group.Go(func() (err error) {
			readings[i], err = c.Archive.Reading(ctx, b, sheet)
			return err
		})
	}
	return readings, group.Wait()
}
