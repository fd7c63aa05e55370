package ending_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"hakbeon/exam"
	"hakbeon/recognizer"
	"hakbeon/recognizer/roster"
	"hakbeon/s3store/layout"
	"hakbeon/worker/archive"
	"hakbeon/worker/ending"
	"hakbeon/worker/outcome"
	"hakbeon/worker/rosters"
)

const kim, lee = "20151234", "20165678"

// known is a batch of sheets with the prior outcomes; none of them has a reading.
func known(t testing.TB, priors ...exam.PlannedSheet) ending.Known {
	t.Helper()
	ro, err := roster.New(kim, lee)
	if err != nil {
		t.Fatal(err)
	}
	k := ending.Known{
		Facts: archive.NewFacts(layout.Batch{ExamCode: "e", BatchID: "b"}), Verdicts: map[string]exam.Correction{},
		Before: map[string]ending.Prior{}, Match: rosters.Found{Key: "rosters/e.csv", Roster: ro},
		Params: recognizer.DefaultParams(), Scorer: outcome.NewScorers(recognizer.DefaultParams()).Of(ro), At: time.Date(2026, 1, 2, 9, 0, 0, 0, time.UTC),
	}
	for i, p := range priors {
		p.Sheet, p.Key, p.Page = fmt.Sprintf("%016x", i), fmt.Sprintf("%d.jpg", i), 1
		k.Sheets = append(k.Sheets, archive.Place{ID: p.Sheet, Key: p.Key, Page: 1})
		if p.Status != "" {
			k.Before[p.Sheet] = ending.Prior{Now: p, Machine: p, Final: p.Version > 1}
		}
	}
	return k
}

func (k knownBatch) say(sheet int, student, verdict string) {
	id := fmt.Sprintf("%016x", sheet)
	k.Verdicts[id] = exam.Correction{Sheet: id, StudentID: student, Verdict: verdict}
}

type knownBatch struct{ ending.Known }

func failed() exam.PlannedSheet {
	return exam.PlannedSheet{Version: 1, Stage: exam.StageRead, Status: exam.StatusFailed, Reason: exam.ReasonImageUnreadable}
}

func TestSolveWithoutReadings(t *testing.T) {
	for _, tt := range []struct {
		name   string
		priors []exam.PlannedSheet
		say    func(knownBatch)
		want   []string // status, reason, student, version, changes
		alarms []string
	}{
		{name: "a failure stays one", priors: []exam.PlannedSheet{failed()}, want: []string{"failed image_unreadable  2 true"}},
		{name: "missing past the deadline", priors: []exam.PlannedSheet{{}}, want: []string{"failed internal_error  1 true"}},
		{
			name: "a person's word", priors: []exam.PlannedSheet{failed(), failed()},
			say:  func(k knownBatch) { k.say(0, kim, ""); k.say(1, "", "not_on_roster") },
			want: []string{"matched corrected " + kim + " 2 true", "failed not_on_roster  2 true"},
		},
		{
			name: "one student twice", priors: []exam.PlannedSheet{failed(), failed()},
			say:    func(k knownBatch) { k.say(0, kim, ""); k.say(1, kim, "") },
			want:   []string{"matched corrected " + kim + " 2 true", "matched corrected " + kim + " 2 true"},
			alarms: []string{exam.AlarmStudentTwice},
		},
		{
			name: "a student of nobody's roster", priors: []exam.PlannedSheet{failed()},
			say:    func(k knownBatch) { k.say(0, "99999999", "") },
			want:   []string{"matched corrected 99999999 2 true"},
			alarms: []string{exam.AlarmStudentUnknown},
		},
		{
			name: "nothing new changes nothing",
			priors: []exam.PlannedSheet{
				{Version: 3, Stage: exam.StageRead, Status: exam.StatusFailed, Reason: exam.ReasonImageTooLarge},
			},
			want: []string{"failed image_too_large  3 false"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			k := known(t, tt.priors...)
			if tt.say != nil {
				tt.say(knownBatch{k})
			}
			plan, used, err := ending.Solve(k)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, p := range plan.Sheets {
				got = append(got, fmt.Sprintf("%s %s %s %d %v", p.Status, p.Reason, p.StudentID, p.Version, p.Changes))
			}
			if !slices.Equal(got, tt.want) || !slices.Equal(plan.Alarms, tt.alarms) {
				t.Errorf("got %q with alarms %q,\nwant %q with %q", got, plan.Alarms, tt.want, tt.alarms)
			}
			if plan.Epoch != 1 || used != k.Match.Roster || plan.Roster != used.Hash() || len(plan.Params) == 0 {
				t.Errorf("plan of epoch %d, roster %q, parameters %q", plan.Epoch, plan.Roster, plan.Params)
			}
		})
	}
}

// A plan is the same for whoever makes it from the same.
func ExampleSolve() {
	ro, _ := roster.New(kim, lee)
	facts := archive.NewFacts(layout.Batch{ExamCode: "SaS_2017_Final", BatchID: "a"})
	plan, _, err := ending.Solve(ending.Known{
		Facts: facts, Sheets: []archive.Place{{ID: "0123456789abcdef", Key: "1.jpg", Page: 1}},
		Verdicts: map[string]exam.Correction{"0123456789abcdef": {StudentID: kim}},
		Match:    rosters.Found{Key: "rosters/SaS_2017_Final.xlsx", Roster: ro},
		Scorer:   outcome.NewScorers(recognizer.DefaultParams()).Of(ro),
	})
	fmt.Println(plan.Epoch, plan.Sheets[0].Status, plan.Sheets[0].StudentID, err)
	// Output: 1 matched 20151234 <nil>
}
