package ending

import (
	"maps"
	"slices"
	"time"

	"hakbeon/exam"
	"hakbeon/jobs"
	"hakbeon/recognizer"
	"hakbeon/recognizer/roster"
	"hakbeon/s3store"
	"hakbeon/worker/archive"
	"hakbeon/worker/outcome"
	"hakbeon/worker/rosters"
)

// Known is all that an epoch is solved from.
type Known struct {
	Facts    *archive.Facts
	Sheets   []archive.Place            // all of the batch, by key and page
	Verdicts map[string]exam.Correction // what people said last, by sheet
	Before   map[string]Prior           // outcomes so far, by sheet
	Match    rosters.Found
	// Cancelled is who ended the batch before all of it was read; nil if nobody did.
	Cancelled *exam.Cancellation
	Params    recognizer.Params
	// Scores are those of the sheets on which nobody has spoken and that could be read, in
	// their order, by the scorer of the roster and the parameters.
	Scores []*recognizer.Scores
	Scorer *outcome.Scorer
	// Readings are those sheets', for who tries another roster.
	Readings func() ([]*recognizer.Reading, error)
	At       time.Time
}

// Prior is what a sheet was before an epoch.
type Prior struct {
	Now     exam.PlannedSheet // what counts
	Machine exam.PlannedSheet // what counted before a person spoke
	Final   bool
}

// isOpen reports whether the sheet is decided from its reading.
func (k *Known) isOpen(p archive.Place) bool {
	_, spoken := k.Verdicts[p.ID]
	_, known := k.Before[p.ID]
	return !spoken && known && k.Facts.Evidence[p.ID]
}

// open are the sheets that are decided from their readings.
func (k *Known) open() []string {
	var ids []string
	for _, p := range k.Sheets {
		if k.isOpen(p) {
			ids = append(ids, p.ID)
		}
	}
	return ids
}

// Solve decides all sheets of a batch together and returns the plan of the next epoch,
// with the roster that it was made with, nil if there is none. Sheets on which a person
// has spoken are fixed, and their students are taken; sheets that could not be read keep
// their failure. The error is one of encoding the parameters, or of Readings.
func Solve(k Known) (*exam.Plan, *roster.Roster, error) {
	plan := &exam.Plan{
		Epoch: k.Facts.Epoch + 1, CreatedAt: k.At, RosterKey: k.Match.Key, RosterProblem: k.Match.Problem,
		Cancelled: k.Cancelled, Applied: k.Facts.Asked(),
	}
	var err error
	if plan.Params, err = s3store.Encode(k.Params); err != nil {
		return nil, nil, err
	}
	taken := map[string]bool{}
	for _, p := range k.Sheets {
		if v, spoken := k.Verdicts[p.ID]; spoken {
			taken[v.StudentID] = true
		}
	}
	solution, used, err := k.solveOpen(slices.Sorted(maps.Keys(taken)))
	if err != nil {
		return nil, nil, err
	}
	decided := 0
	for _, p := range k.Sheets {
		var out exam.PlannedSheet
		if k.isOpen(p) {
			out = k.solved(p, solution.Decisions[decided], used)
			decided++
		} else {
			out = k.settled(p)
		}
		plan.Sheets = append(plan.Sheets, numbered(out, k.Before[p.ID]))
	}
	if used != nil {
		plan.Roster = used.Hash()
	}
	if solution.RosterMismatch {
		plan.Alarms = append(plan.Alarms, exam.AlarmRosterMismatch)
	}
	if solution.NamesDisagree {
		plan.Alarms = append(plan.Alarms, exam.AlarmNamesDisagree)
	}
	if solution.AttendanceDisagrees {
		plan.Alarms = append(plan.Alarms, exam.AlarmAttendanceDisagrees)
	}
	plan.Alarms = append(plan.Alarms, pageAlarms(k.Sheets)...)
	if k.Cancelled != nil {
		plan.Alarms = append(plan.Alarms, exam.AlarmCancelled)
	}
	plan.Alarms = append(plan.Alarms, verdictAlarms(plan.Sheets, used)...)
	return plan, used, nil
}

// solveOpen solves the sheets on which nobody has spoken, with the roster or with
// what it would be if another of its columns held the IDs.
func (k *Known) solveOpen(taken []string) (recognizer.Solution, *roster.Roster, error) {
	if k.Match.Roster != nil {
		return recognizer.SolveScores(k.Scorer.Scorer, k.Scores, k.Readings, k.Match.Roster, k.Params, taken...)
	}
	out := recognizer.Solution{Decisions: make([]recognizer.Decision, len(k.Scores))}
	for i, of := range k.Scores {
		out.Decisions[i] = k.Scorer.Alone(of)
	}
	return out, nil, nil
}

// solved is what a decision makes of a sheet.
func (k *Known) solved(p archive.Place, d recognizer.Decision, used *roster.Roster) exam.PlannedSheet {
	if p.Paper != nil {
		d = recognizer.WithinPaper(d, p.Paper.Confidence, k.Params)
	}
	var r exam.Result
	outcome.Apply(&r, d)
	out := planned(p, &r)
	out.Stage, out.Detail = exam.StageSolve, outcome.PaperDetail(out.Reason, p.Paper, k.Params)
	if out.Detail == nil {
		out.Detail = outcome.DecisionDetail(out.Reason, out.Name, rosters.Found{Roster: used, Problem: k.Match.Problem})
	}
	return out
}

// settled is what becomes of a sheet that no reading decides: a person's word, the
// failure that it has, or, where nothing is waited for any longer, one for want of a result.
func (k *Known) settled(p archive.Place) exam.PlannedSheet {
	if verdict, spoken := k.Verdicts[p.ID]; spoken {
		return verdictOutcome(p, verdict)
	}
	if was, known := k.Before[p.ID]; known {
		return was.Machine
	}
	reason := exam.ReasonInternalError
	if k.Cancelled != nil {
		reason = exam.ReasonCancelled
	}
	return exam.PlannedSheet{Sheet: p.ID, Key: p.Key, Page: p.Page, Stage: exam.StageDeadline, Status: exam.StatusFailed, Reason: reason}
}

// verdictOutcome is what a person's word makes of a sheet. A sheet that a person
// could place nowhere counts as failed: nobody needs to look again.
func verdictOutcome(p archive.Place, v exam.Correction) exam.PlannedSheet {
	out := exam.PlannedSheet{
		Sheet: p.ID, Key: p.Key, Page: p.Page, Stage: exam.StagePerson,
		Status: exam.StatusMatched, Reason: exam.ReasonCorrected, StudentID: v.StudentID, Confidence: 1, By: v.By,
	}
	if v.StudentID != "" {
		out.Candidates = []exam.Candidate{{StudentID: v.StudentID, Confidence: 1}}
		return out
	}
	out.Status, out.Confidence = exam.StatusFailed, 0
	if v.Verdict == jobs.VerdictNotOnRoster {
		out.Reason = exam.ReasonNotOnRoster
	}
	return out
}

// numbered gives the sheet's outcome its version. The first epoch that knows a sheet
// makes its final version; later ones only where the outcome changes.
func numbered(p exam.PlannedSheet, was Prior) exam.PlannedSheet {
	same := p.Status == was.Now.Status && p.Reason == was.Now.Reason && p.StudentID == was.Now.StudentID && p.Stage == was.Now.Stage
	if same && was.Final {
		was.Now.Changes = false
		return was.Now
	}
	p.Changes, p.Version = true, was.Now.Version+1
	return p
}

// planned is a result as a plan holds it.
func planned(p archive.Place, r *exam.Result) exam.PlannedSheet {
	return exam.PlannedSheet{
		Sheet: p.ID, Key: p.Key, Page: p.Page, Version: r.Version, Stage: r.Meta.Stage, Status: r.Status,
		Reason: r.Meta.Reason, StudentID: r.Student(), Confidence: r.Confidence, Candidates: r.Candidates, Detail: r.Meta.Detail,
		Name: r.Meta.Name, By: r.Meta.By,
	}
}

// unspoken is the sheet's outcome before a person spoke.
func unspoken(p archive.Place, rec *exam.Sheet) exam.PlannedSheet {
	out := planned(p, &rec.Result)
	for i := 0; out.Stage == exam.StagePerson && i < len(rec.Earlier); i++ {
		out = planned(p, &rec.Earlier[i])
	}
	return out
}
