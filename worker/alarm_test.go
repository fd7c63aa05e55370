package worker_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"hakbeon/exam"
	"hakbeon/jobs"
	"hakbeon/recognizer"
)

// A roster of another exam is told with the first batch, and nobody is accepted
// by it, not even who fits by chance; the right roster settles all.
func TestWrongRosterRaisesAnAlarm(t *testing.T) {
	r := newRig(t)
	r.roster("71880265", "71993310", "72104478", "72215543", kim)
	written := []string{kim, "20181101", "20182202", "20183303", "20184404", "20185505"}
	keys := r.sheets(written...)
	r.start()
	b := r.submit(jobs.Recognize{Keys: keys})
	sum := r.end(b, 1)
	if !slices.Equal(sum.Alarms, []string{exam.AlarmRosterMismatch}) || sum.Matched != 0 {
		t.Errorf("got alarms %q and %d accepted, want a roster mismatch and none", sum.Alarms, sum.Matched)
	}
	if !slices.ContainsFunc(r.events(b), func(e delivered) bool { return strings.Contains(e.Body, `"alarms":["roster_mismatch"]`) }) {
		t.Error("no event tells the alarm")
	}
	r.roster(written...)
	r.put(r.options.Queues.Jobs, &jobs.Rematch{Type: jobs.TypeRematch, ExamCode: r.exam, BatchID: b.BatchID})
	if sum := r.end(b, 2); len(sum.Alarms) > 0 || sum.Matched != len(written) {
		t.Errorf("got alarms %q and %d accepted, want none and all", sum.Alarms, sum.Matched)
	}
}

// A verdict is no reason to decide the other sheets by other numbers than before;
// a rematch is.
func TestParamsStayWithTheBatch(t *testing.T) {
	r := newRig(t)
	r.roster(kim, lee, park)
	keys := r.sheets(kim, lee)
	stop := r.start()
	b := r.submit(jobs.Recognize{Keys: keys})
	r.end(b, 1)
	stop()
	r.options.Params = recognizer.Params{Stranger: 0.4}
	r.start()
	r.say(b, keys[0], park)
	r.end(b, 2)
	r.put(r.options.Queues.Jobs, &jobs.Rematch{Type: jobs.TypeRematch, ExamCode: r.exam, BatchID: b.BatchID})
	r.end(b, 3)
	for epoch, want := range map[int]recognizer.Params{
		1: recognizer.DefaultParams(), 2: recognizer.DefaultParams(), 3: r.options.Params.WithDefaults(),
	} {
		var plan exam.Plan
		_, err := r.store.Load(t.Context(), b.Plan(epoch), &plan)
		must(t, err)
		var got recognizer.Params
		must(t, json.Unmarshal(plan.Params, &got))
		if got != want {
			t.Errorf("epoch %d: got %+v, want %+v", epoch, got, want)
		}
	}
}

// Verdicts that contradict each other, or the roster, are carried out and told.
func TestContradictingVerdictsRaiseAlarms(t *testing.T) {
	r := newRig(t)
	r.roster(kim, lee, park)
	keys := r.sheets(kim, lee)
	r.start()
	b := r.submit(jobs.Recognize{Keys: keys})
	if sum := r.end(b, 1); len(sum.Alarms) > 0 {
		t.Errorf("got alarms %q before anybody spoke", sum.Alarms)
	}
	r.say(b, keys[0], park)
	r.end(b, 2)
	r.say(b, keys[1], park)
	if sum := r.end(b, 3); !slices.Equal(sum.Alarms, []string{exam.AlarmStudentTwice}) || sum.Matched != 2 {
		t.Errorf("two sheets of one student: got alarms %q, %d matched", sum.Alarms, sum.Matched)
	}
	r.say(b, keys[1], "B-123")
	if sum := r.end(b, 4); !slices.Equal(sum.Alarms, []string{exam.AlarmStudentUnknown}) {
		t.Errorf("a student on no roster: got alarms %q", sum.Alarms)
	}
	if !slices.ContainsFunc(r.events(b), func(e delivered) bool { return strings.Contains(e.Body, `"alarms":["student_twice"]`) }) {
		t.Error("no event tells the alarm")
	}
	r.say(b, keys[1], jobs.VerdictUndo)
	if sum := r.end(b, 5); len(sum.Alarms) > 0 {
		t.Errorf("got alarms %q after all was taken back", sum.Alarms)
	}
}
