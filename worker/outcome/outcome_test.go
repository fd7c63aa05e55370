package outcome_test

import (
	"fmt"
	"strings"
	"testing"

	"hakbeon/exam"
	"hakbeon/recognizer"
	"hakbeon/s3store/layout"
	"hakbeon/worker/outcome"
	"hakbeon/worker/rosters"
)

func TestDecisionDetail(t *testing.T) {
	problem := &exam.Detail{EN: "The roster has no column of IDs.", KO: "명단에 학번 열이 없습니다."}
	for _, tt := range []struct {
		name, reason, said string
		match              rosters.Found
		want               string // part of the English sentence; "" for none
	}{
		{name: "accepted", reason: exam.ReasonSuccess},
		{name: "another's name", reason: exam.ReasonNameMismatch, said: string(recognizer.NameOther), want: "another student's"},
		{name: "nobody's name", reason: exam.ReasonNameMismatch, want: "beside it isn't"},
		{name: "no roster", reason: exam.ReasonRosterMissing, want: "There is no roster"},
		{name: "a roster that can't be used", reason: exam.ReasonRosterMissing, match: rosters.Found{Problem: problem}, want: problem.EN},
		{name: "on nobody's roster, and nothing to say of it", reason: exam.ReasonNotOnRoster},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := outcome.DecisionDetail(tt.reason, tt.said, tt.match)
			if (got == nil) != (tt.want == "") || got != nil && (!strings.Contains(got.EN, tt.want) || got.KO == "") {
				t.Errorf("got %+v, want %q", got, tt.want)
			}
		})
	}
}

// Without a roster nobody is accepted, and a result says so.
func Example() {
	r := outcome.New(layout.Batch{ExamCode: "SaS_2017_Final", BatchID: "a"}, "bucket", "0123456789abcdef", "uploads/1.jpg", 1)
	decision, _ := outcome.NewScorers(recognizer.DefaultParams()).Of(nil).Decide(&recognizer.Reading{})
	outcome.Apply(&r, decision)
	fmt.Println(r.Filename, r.Status, r.Meta.Reason, len(r.Candidates))
	// Output: 1.jpg needs_review roster_missing 0
}
