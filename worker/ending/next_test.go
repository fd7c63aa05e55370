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
	const cancelled = "cancelled.json"
	const closed, whole, file = "closed", true, "pages/aaaaaaaaaaaaaaaa-0-4"
	for _, tt := range []struct {
		name   string
		keys   []string
		last   *exam.Plan
		part   bool // whether messages of the batch are still to come
		open   bool // the batch is, with total as its batch_total
		total  int
		none   bool // no list of keys is there yet
		newest time.Duration
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

		{name: "cancelled, a sheet is not read", keys: []string{a, cancelled}, want: ending.PlanNext},
		{name: "cancelled, and one looks who has done a sheet", keys: []string{a, cancelled}, glance: true, want: ending.PlanNext},
		{name: "cancelled, more was announced", keys: []string{a, b, cancelled}, part: true, want: ending.PlanNext},
		{name: "cancelled, no list of keys is there", keys: []string{cancelled}, part: true, none: true, want: ending.PlanNext},
		{name: "cancelled and carried out", keys: []string{a, cancelled, planned, done}, last: both, want: ending.Ended},
		{name: "cancelled, a message after the end", keys: []string{a, cancelled, planned, done}, last: one, want: ending.PlanNext},
		{name: "open: cancelled", keys: []string{a, cancelled}, open: true, part: true, want: ending.PlanNext},
		{name: "open: cancelled before its keys came", keys: []string{cancelled}, open: true, part: true, none: true, want: ending.PlanNext},

		{name: "open: more may come", keys: []string{a, b}, open: true, part: true, age: 9 * time.Minute, want: ending.Wait},
		{name: "open: nothing came for a while", keys: []string{a, b}, open: true, part: true, age: 10 * time.Minute, want: ending.PlanNext},
		{name: "open: the while counts from what came last", keys: []string{a, b}, open: true, part: true, newest: time.Minute, age: 10 * time.Minute, want: ending.Wait},
		{name: "open: and is over then", keys: []string{a, b}, open: true, part: true, newest: time.Minute, age: 11 * time.Minute, want: ending.PlanNext},
		{name: "open: nothing came, and a sheet is not read", keys: []string{a}, open: true, part: true, age: 11 * time.Minute, want: ending.Wait},
		{name: "open: that sheet's time counts from what came last", keys: []string{a}, open: true, part: true, newest: 2 * time.Minute, age: time.Hour, want: ending.Wait},
		{name: "open: and is over", keys: []string{a}, open: true, part: true, newest: 2 * time.Minute, age: 62 * time.Minute, want: ending.PlanNext},
		{name: "open: closed, a sheet is not read", keys: []string{a, closed}, open: true, part: true, want: ending.Wait},
		{name: "open: closed, all are read", keys: []string{a, b, closed}, open: true, part: true, want: ending.PlanNext},
		{name: "open: closed, and one looks who has done the last", keys: []string{a, b, closed}, open: true, part: true, glance: true, want: ending.PlanNext},
		{name: "open: its total is not reached", keys: []string{a, b}, open: true, part: true, total: 3, want: ending.Wait},
		{name: "open: its total is there", keys: []string{a, b}, open: true, part: !whole, total: 2, want: ending.PlanNext},
		{name: "open: claimed, and no list of keys is there", keys: []string{closed}, open: true, part: true, none: true, age: 20 * time.Minute, want: ending.Wait},
		{name: "open: carried out", keys: []string{a, b, planned, done}, open: true, part: true, last: both, age: 20 * time.Minute, want: ending.Ended},
		{name: "open: closed when it had ended", keys: []string{a, b, closed, planned, done}, open: true, part: true, last: both, age: 20 * time.Minute, want: ending.Ended},
		{name: "open: a later sheet, more may come", keys: []string{a, b, planned, done}, open: true, part: true, last: one, newest: 30 * time.Minute, age: 31 * time.Minute, want: ending.Wait},
		{name: "open: for who has done it too", keys: []string{a, b, planned, done}, open: true, part: true, last: one, glance: true, newest: 30 * time.Minute, age: 31 * time.Minute, want: ending.Wait},
		{name: "open: a later sheet, and nothing more for a while", keys: []string{a, b, planned, done}, open: true, part: true, last: one, newest: 30 * time.Minute, age: 40 * time.Minute, want: ending.PlanNext},
		{name: "open: a later sheet of a batch that was closed", keys: []string{a, b, closed, planned, done}, open: true, part: true, last: one, newest: 30 * time.Minute, age: 30 * time.Minute, want: ending.PlanNext},
		{name: "open: a verdict between", keys: []string{a, b, planned, done, verdict}, open: true, part: true, last: both, age: time.Minute, want: ending.PlanNext},
		{name: "open: a plan that nobody has carried out", keys: []string{a, b, planned}, open: true, part: true, last: both, glance: true, want: ending.Resume},
		{name: "open: a file is not divided", keys: []string{a, file}, open: true, part: true, want: ending.Wait},
	} {
		t.Run(tt.name, func(t *testing.T) {
			facts := archive.NewFacts(layout.Batch{ExamCode: "e", BatchID: "b"})
			for _, key := range tt.keys {
				facts.Note(key)
			}
			if tt.newest > 0 {
				facts.Newest = began.Add(tt.newest)
			}
			state := ending.State{
				Job: exam.Job{CreatedAt: began, Open: tt.open, Total: tt.total}, Facts: facts, Sheets: two, Whole: !tt.part, Last: tt.last,
				Glance: tt.glance, Now: began.Add(tt.age), Deadline: time.Hour, Idle: 10 * time.Minute,
			}
			if tt.none {
				state.Sheets = nil
			}
			if got := ending.Next(state); got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
			// Who doesn't know the keys yet does not miss an end for it.
			state.Sheets, state.Whole, state.Last = nil, false, nil
			if state.Undue() && tt.want != ending.Wait {
				t.Errorf("the keys are not looked at, and it should be %v", tt.want)
			}
		})
	}
}
