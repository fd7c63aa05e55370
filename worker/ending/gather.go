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
	"hakbeon/worker/outcome"
	"hakbeon/worker/rosters"
)

// gather reads all that the next epoch is solved from.
// Records that it reads on the way are kept for who writes over them.
func (c *Coordinator) gather(ctx context.Context, s State, kept records) (k Known, err error) {
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
	scores := map[string][]byte{}
	if k.Before, err = c.before(ctx, s, k.Verdicts, kept, scores); err != nil {
		return k, err
	}
	if k.Match, err = c.match(ctx, s); err != nil {
		return k, err
	}
	if k.Params, err = c.params(s); err != nil {
		return k, err
	}
	open := k.open()
	k.Readings = func() ([]*recognizer.Reading, error) { return c.readings(ctx, s.Facts.Batch, open) }
	k.Scorer = c.Scorers.With(k.Match.Roster, k.Params)
	k.Scores, err = c.scores(ctx, s.Facts.Batch, k.Scorer, open, scores)
	return k, err
}

// scores are those of the sheets, in their order: as who has read them kept them, or,
// where the roster or the parameters are others by now, from their readings.
func (c *Coordinator) scores(ctx context.Context, b layout.Batch, by *outcome.Scorer, sheets []string, kept map[string][]byte) ([]*recognizer.Scores, error) {
	all := make([]*recognizer.Scores, len(sheets))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(archive.ParallelCalls)
	for i, sheet := range sheets {
		var err error
		if all[i], err = by.Unmarshal(kept[sheet]); err == nil {
			continue
		}
		group.Go(func() error {
			reading, err := c.Archive.Reading(ctx, b, sheet)
			if err == nil {
				all[i] = by.Sheet(reading)
			}
			return err
		})
	}
	return all, group.Wait()
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
func (c *Coordinator) before(ctx context.Context, s State, verdicts map[string]exam.Correction, kept records, scores map[string][]byte) (map[string]Prior, error) {
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
	read := make([]record, len(s.Sheets))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(archive.ParallelCalls)
	for i, p := range s.Sheets {
		if reload(p) {
			group.Go(func() error {
				rec, etag, err := c.Archive.Sheet(ctx, s.Facts.Batch, p.ID, fresh)
				if err == nil && rec == nil {
					err = fmt.Errorf("result of sheet %s is gone from S3", p.ID)
				}
				read[i] = record{rec, etag}
				return err
			})
		}
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	for i, r := range read {
		if r.Sheet == nil {
			continue
		}
		p := s.Sheets[i]
		before[p.ID] = Prior{Now: planned(p, &r.Result), Machine: unspoken(p, r.Sheet), Final: r.Final}
		scores[p.ID], r.Scores = r.Scores, nil
		kept[p.ID] = r
	}
	return before, nil
}

// records are those that an epoch has read before it writes over them, by sheet: a batch
// is read once.
type records map[string]record

type record struct {
	*exam.Sheet

	etag string
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
