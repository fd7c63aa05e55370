package worker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.uber.org/zap"
	"golang.org/x/sync/errgroup"

	"hakbeon/jobs"
	"hakbeon/recognizer"
	"hakbeon/recognizer/roster"
	"hakbeon/s3store"
)

// parallelCalls bounds the calls to S3 under way for one batch's end.
const parallelCalls = 32

// nextEpoch solves the batch with all that is known now, writes the plan and
// returns it. If another worker was first, its plan counts.
func (w *Worker) nextEpoch(ctx context.Context, job s3store.Job, s *snapshot, sheets []place) (*s3store.Plan, error) {
	verdicts, err := w.verdicts(ctx, s)
	if err != nil {
		return nil, err
	}
	before, err := w.before(ctx, s, sheets, verdicts)
	if err != nil {
		return nil, err
	}
	match, err := w.rosterOfEpoch(ctx, job, s)
	if err != nil {
		return nil, err
	}
	params, err := w.paramsOfEpoch(ctx, s)
	if err != nil {
		return nil, err
	}
	plan := &s3store.Plan{Epoch: s.epoch + 1, CreatedAt: w.opts.Clock.Now(), RosterKey: match.key, RosterProblem: match.problem, Applied: s.applied()}
	if plan.Params, err = s3store.Encode(params); err != nil {
		return nil, err
	}
	if err = w.solve(ctx, plan, s, sheets, before, verdicts, match, params); err != nil {
		return nil, err
	}
	for i := range plan.Sheets {
		settleVersion(&plan.Sheets[i], before[plan.Sheets[i].Sheet])
	}
	w.log.Info("batch solved", zap.String("exam_code", job.ExamCode), zap.String("batch_id", job.BatchID),
		zap.Int("epoch", plan.Epoch), zap.Int("sheets", len(plan.Sheets)), zap.Strings("alarms", plan.Alarms))
	err = w.store.CreateRecord(ctx, s.batch.Plan(plan.Epoch), plan)
	if errors.Is(err, s3store.ErrExists) {
		return w.plan(ctx, s.batch, plan.Epoch)
	}
	return plan, err
}

// prior is what a sheet was before an epoch.
type prior struct {
	now     s3store.PlannedSheet // what counts
	machine s3store.PlannedSheet // what counted before a person spoke
	final   bool
}

// before returns each sheet's outcome so far: from the last plan, or, before the
// first, from the results.
func (w *Worker) before(ctx context.Context, s *snapshot, sheets []place, verdicts map[string]s3store.Correction) (map[string]prior, error) {
	before := make(map[string]prior, len(sheets))
	if s.epoch > 0 {
		last, err := w.lastPlan(ctx, s)
		if err != nil {
			return nil, err
		}
		for _, p := range last.Sheets {
			before[p.Sheet] = prior{now: p, machine: p, final: true}
		}
	}
	// The last plan doesn't know what became of a sheet that came after its
	// deadline, nor what a sheet was before a verdict that was taken back.
	reload := func(p place) bool {
		known, ok := before[p.id]
		_, spoken := verdicts[p.id]
		undone := known.now.Stage == s3store.StagePerson && !spoken
		return s.sheets[p.id] && (!ok || undone || known.now.Stage == s3store.StageDeadline)
	}
	records := make([]*s3store.Sheet, len(sheets))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(parallelCalls)
	for i, p := range sheets {
		if reload(p) {
			group.Go(func() error {
				// Before the first plan a result has one version: that of who made it.
				rec, _, err := w.latest(ctx, s.batch, p.id, s.epoch == 0)
				if err == nil && rec == nil {
					err = fmt.Errorf("result of sheet %s is gone from S3", p.id)
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
			now := planned(sheets[i], &rec.Result)
			before[sheets[i].id] = prior{now: now, machine: unspoken(sheets[i], rec), final: rec.Final}
		}
	}
	return before, nil
}

// unspoken is the sheet's outcome before a person spoke.
func unspoken(p place, rec *s3store.Sheet) s3store.PlannedSheet {
	out := planned(p, &rec.Result)
	for i := 0; out.Stage == s3store.StagePerson && i < len(rec.Earlier); i++ {
		out = planned(p, &rec.Earlier[i])
	}
	return out
}

func planned(p place, r *s3store.Result) s3store.PlannedSheet {
	return s3store.PlannedSheet{
		Sheet: p.id, Key: p.key, Page: p.page, Version: r.Version, Stage: r.Meta.Stage, Status: r.Status,
		Reason: r.Meta.Reason, StudentID: r.Student(), Confidence: r.Confidence, Candidates: r.Candidates, Detail: r.Meta.Detail,
		Name: r.Meta.Name,
	}
}

// verdicts returns the latest verdict of a person on each sheet that has one.
func (w *Worker) verdicts(ctx context.Context, s *snapshot) (map[string]s3store.Correction, error) {
	ids := slices.Sorted(slices.Values(s.corrections))
	all := make([]s3store.Correction, len(ids))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(parallelCalls)
	for i, id := range ids {
		group.Go(func() error {
			_, err := w.store.Load(ctx, s.batch.Correction(id), &all[i])
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	latest := map[string]s3store.Correction{}
	for _, c := range all {
		if c.Verdict == jobs.VerdictUndo {
			delete(latest, c.Sheet)
		} else {
			latest[c.Sheet] = c
		}
	}
	return latest, nil
}

// paramsOfEpoch returns the numbers that an epoch decides with: ours for the first
// one and for a rematch, else the last epoch's, for the same reason as the roster.
func (w *Worker) paramsOfEpoch(ctx context.Context, s *snapshot) (recognizer.Params, error) {
	ours := w.opts.Params.WithDefaults()
	rematch, err := w.rematchDue(ctx, s)
	if err != nil || rematch {
		return ours, err
	}
	last, err := w.lastPlan(ctx, s)
	if err != nil || len(last.Params) == 0 {
		return ours, err
	}
	var stored recognizer.Params
	if err := json.Unmarshal(last.Params, &stored); err != nil {
		return ours, fmt.Errorf("parameters of epoch %d: %w", s.epoch, err)
	}
	return stored.WithDefaults(), nil
}

// rosterOfEpoch returns the roster that an epoch solves with, and stores its
// snapshot: the roster as it is now for the first epoch, for a rematch, and where
// there was none; else the last epoch's, for a verdict on one sheet is no reason
// to look at all others in a new light.
func (w *Worker) rosterOfEpoch(ctx context.Context, job s3store.Job, s *snapshot) (found, error) {
	last, err := w.rosterOfLast(ctx, s)
	if err != nil {
		return last, err
	}
	rematch, err := w.rematchDue(ctx, s)
	if err != nil || (last.roster != nil && !rematch) {
		return last, err
	}
	return w.rosterOfNow(ctx, job, s)
}

// rematchDue reports whether a rematch was asked for after the last plan.
func (w *Worker) rematchDue(ctx context.Context, s *snapshot) (bool, error) {
	if s.epoch == 0 {
		return true, nil
	}
	last, err := w.lastPlan(ctx, s)
	if err != nil {
		return false, err
	}
	return slices.ContainsFunc(s.requests, func(id string) bool {
		return strings.HasPrefix(id, rematchPrefix) && !slices.Contains(last.Applied, id)
	}), nil
}

// rosterOfNow returns the roster as it is now and stores its snapshot. If it
// has gone since the last epoch, that one's snapshot goes on.
func (w *Worker) rosterOfNow(ctx context.Context, job s3store.Job, s *snapshot) (found, error) {
	match, err := w.rosters.fresh(ctx, job)
	switch {
	case isNotFound(err) || errors.Is(err, errRoster) || w.refusedAlone(ctx, s.batch, err):
		w.log.Warn("no roster at the batch's end", zap.String("exam_code", job.ExamCode), zap.String("batch_id", job.BatchID), zap.Error(err))
		last, lastErr := w.rosterOfLast(ctx, s)
		if last.roster == nil && match.problem != nil {
			last = match
		}
		return last, lastErr
	case err != nil:
		return found{}, err
	}
	return match, w.keepRoster(ctx, s.batch, match.roster)
}

// keepRoster stores a roster as it is used.
func (w *Worker) keepRoster(ctx context.Context, b s3store.Batch, ro *roster.Roster) error {
	at := b.Roster(ro.Hash())
	w.snapshots.put(at, ro, ro.Bytes())
	return ignoreExists(w.store.CreateRecord(ctx, at, ro))
}

func (w *Worker) rosterOfLast(ctx context.Context, s *snapshot) (found, error) {
	if s.epoch == 0 {
		return found{}, nil
	}
	last, err := w.lastPlan(ctx, s)
	if err != nil || last.Roster == "" {
		return found{}, err
	}
	ro, err := w.rosterSnapshot(ctx, s.batch, last.Roster)
	return found{key: last.RosterKey, roster: ro}, err
}

func (w *Worker) rosterSnapshot(ctx context.Context, b s3store.Batch, hash string) (*roster.Roster, error) {
	if ro, ok := w.snapshots.get(b.Roster(hash)); ok {
		return ro, nil
	}
	var raw json.RawMessage
	if _, err := w.store.Load(ctx, b.Roster(hash), &raw); err != nil {
		return nil, err
	}
	ro, err := roster.Decode(raw)
	if err == nil {
		w.snapshots.put(b.Roster(hash), ro, ro.Bytes())
	}
	return ro, err
}

// solve decides all sheets of a plan together. Sheets on which a person has spoken are
// fixed, and their students are taken; sheets that could not be read keep their
// failure. The plan names the roster that was used.
func (w *Worker) solve(ctx context.Context, plan *s3store.Plan, s *snapshot, sheets []place, before map[string]prior,
	verdicts map[string]s3store.Correction, match found, params recognizer.Params,
) error {
	out := make([]s3store.PlannedSheet, len(sheets))
	taken := map[string]bool{}
	var open []int
	for i, p := range sheets {
		verdict, spoken := verdicts[p.id]
		was, known := before[p.id]
		switch {
		case spoken:
			out[i] = verdictOutcome(p, verdict)
			taken[verdict.StudentID] = true
		case s.evidence[p.id] && known:
			open = append(open, i)
		case known:
			out[i] = was.machine
		default:
			out[i] = s3store.PlannedSheet{
				Sheet: p.id, Key: p.key, Page: p.page, Stage: s3store.StageDeadline,
				Status: s3store.StatusFailed, Reason: s3store.ReasonInternalError,
			}
		}
	}
	readings, err := w.readings(ctx, s.batch, sheets, open)
	if err != nil {
		return err
	}
	solution, used := solveOpen(readings, match.roster, params, slices.Sorted(maps.Keys(taken)))
	for n, d := range solution.Decisions {
		out[open[n]] = solved(sheets[open[n]], d, params)
		if o := &out[open[n]]; o.Detail == nil {
			o.Detail = decisionDetail(o.Reason, o.Name, found{roster: used, problem: match.problem})
		}
	}
	plan.Sheets = out
	if used != nil {
		plan.Roster = used.Hash()
	}
	if used != match.roster {
		if err := w.keepRoster(ctx, s.batch, used); err != nil {
			return err
		}
	}
	if solution.RosterMismatch {
		plan.Alarms = []string{s3store.AlarmRosterMismatch}
	}
	if solution.NamesDisagree {
		plan.Alarms = append(plan.Alarms, s3store.AlarmNamesDisagree)
	}
	plan.Alarms = append(plan.Alarms, pageAlarms(sheets)...)
	plan.Alarms = append(plan.Alarms, verdictAlarms(out, used)...)
	return nil
}

// solveOpen solves the sheets on which nobody has spoken, with the roster or with
// what it would be if another of its columns held the IDs.
func solveOpen(readings []*recognizer.Reading, ro *roster.Roster, p recognizer.Params, taken []string) (recognizer.Solution, *roster.Roster) {
	if ro != nil {
		return recognizer.SolveAny(readings, ro, p, taken...)
	}
	out := recognizer.Solution{Decisions: make([]recognizer.Decision, len(readings))}
	for i, rd := range readings {
		out.Decisions[i] = decide(rd, nil, p)
	}
	return out, nil
}

func (w *Worker) readings(ctx context.Context, b s3store.Batch, sheets []place, open []int) ([]*recognizer.Reading, error) {
	readings := make([]*recognizer.Reading, len(open))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(parallelCalls)
	for n, i := range open {
		group.Go(func() (err error) {
			readings[n], err = w.evidence(ctx, b, sheets[i].id)
			return err
		})
	}
	return readings, group.Wait()
}

func solved(p place, d recognizer.Decision, params recognizer.Params) s3store.PlannedSheet {
	var r s3store.Result
	if p.paper != nil {
		d = recognizer.WithinPaper(d, p.paper.Confidence, params)
	}
	applyDecision(&r, d)
	out := planned(p, &r)
	out.Stage, out.Detail = s3store.StageSolve, paperDetail(out.Reason, p.paper, params)
	return out
}

// verdictOutcome is what a person's word makes of a sheet. A sheet that a person
// could place nowhere counts as failed: nobody needs to look again.
func verdictOutcome(p place, c s3store.Correction) s3store.PlannedSheet {
	out := s3store.PlannedSheet{
		Sheet: p.id, Key: p.key, Page: p.page, Stage: s3store.StagePerson,
		Status: s3store.StatusMatched, Reason: s3store.ReasonCorrected, StudentID: c.StudentID, Confidence: 1,
	}
	if c.StudentID != "" {
		out.Candidates = []s3store.Candidate{{StudentID: c.StudentID, Confidence: 1}}
		return out
	}
	out.Status, out.Confidence = s3store.StatusFailed, 0
	if c.Verdict == jobs.VerdictNotOnRoster {
		out.Reason = s3store.ReasonNotOnRoster
	}
	return out
}

// settleVersion numbers the sheet's outcome. The first epoch that knows a sheet
// makes its final version; later ones only where the outcome changes.
func settleVersion(p *s3store.PlannedSheet, was prior) {
	same := p.Status == was.now.Status && p.Reason == was.now.Reason && p.StudentID == was.now.StudentID && p.Stage == was.now.Stage
	if same && was.final {
		*p = was.now
		p.Changes = false
		return
	}
	p.Changes, p.Version = true, was.now.Version+1
}
