package ending_test

import (
	"testing"
	"time"

	"hakbeon/exam"
	"hakbeon/s3store/layout"
	"hakbeon/worker/archive"
	"hakbeon/worker/ending"
)

func TestNext(t *testing.T) {
	began := time.Date(2026, 1, 2, 9, 0, 0, 0, time.UTC)
	two := []archive.Place{{ID: "aaaaaaaaaaaaaaaa", Key: "a", Page: 1}, {ID: "bbbbbbbbbbbbbbbb", Key: "b", Page: 1}}
	const a, b = "sheets/aaaaaaaaaaaaaaaa.json", "sheets/bbbbbbbbbbbbbbbb.json"
	const planned, done = "plans/000001.json", "done/000001"
	const verdict, request = "corrections/0000000000001-x.json", "requests/rematch-0000000000002-y"
	both := &exam.Plan{Epoch: 1, CreatedAt: began.Add(time.Minute), Sheets: make([]exam.PlannedSheet, 2)}
	one := &exam.Plan{Epoch: 1, CreatedAt: began.Add(time.Minute), Sheets: make([]exam.PlannedSheet, 1)}
	knowing := &exam.Plan{Epoch: 1, Sheets: both.Sheets, Applied: []string{"0000000000001-x", "rematch-0000000000002-y"}}
	for _, tt := range []struct {
		name   string
		keys   []string
		last   *exam.Plan
		part   bool // whether messages of the batch are still to come
		glance bool
		age    time.Duration
		want   ending.Step
	}{
		{name: "nothing is there", want: ending.Wait},
		{name: "one of two is there", keys: []string{a}, want: ending.Wait},
		{name: "all are there", keys: []string{a, b}, want: ending.PlanNext},
		{name: "all are there, and one looks who has done the last", keys: []string{a, b}, glance: true, want: ending.PlanNext},
		{name: "all that came are there, and more will come", keys: []string{a, b}, part: true, want: ending.Wait},
		{name: "the time is over", keys: []string{a}, age: time.Hour, want: ending.PlanNext},
		{name: "the time is over, and more was announced", part: true, age: time.Hour, want: ending.PlanNext},
		{name: "a plan that nobody has carried out", keys: []string{a, b, planned}, last: both, want: ending.Resume},
		{name: "the same for who has done a sheet", keys: []string{a, b, planned}, last: both, glance: true, want: ending.Resume},
		{name: "carried out", keys: []string{a, b, planned, done}, last: both, want: ending.Ended},
		{name: "carried out, and who has done a sheet leaves it", keys: []string{a, b, planned, done, verdict}, last: both, glance: true, want: ending.Wait},
		{name: "a verdict since", keys: []string{a, b, planned, done, verdict}, last: both, want: ending.PlanNext},
		{name: "a request since", keys: []string{a, b, planned, done, request}, last: both, want: ending.PlanNext},
		{name: "verdict and request that the plan knows of", keys: []string{a, b, planned, done, verdict, request}, last: knowing, want: ending.Ended},
		{name: "a message after the end, its sheet not there", keys: []string{a, planned, done}, last: one, want: ending.Wait},
		{name: "its sheet is there", keys: []string{a, b, planned, done}, last: one, want: ending.PlanNext},
		{name: "who has done its sheet has it planned soon", keys: []string{a, b, planned, done}, last: one, glance: true, want: ending.Later},
		{name: "its time is over", keys: []string{a, planned, done}, last: one, age: 61 * time.Minute, want: ending.PlanNext},
		{name: "its time counts from the last end", keys: []string{a, planned, done}, last: one, age: time.Hour, want: ending.Wait},
	} {
		t.Run(tt.name, func(t *testing.T) {
			facts := archive.NewFacts(layout.Batch{ExamCode: "e", BatchID: "b"})
			for _, key := range tt.keys {
				facts.Note(key)
			}
			got := ending.Next(ending.State{
				Job: exam.Job{CreatedAt: began}, Facts: facts, Sheets: two, Whole: !tt.part, Last: tt.last,
				Glance: tt.glance, Now: began.Add(tt.age), Deadline: time.Hour,
			})
			if got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}
