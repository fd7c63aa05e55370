package worker_test

import (
	"strings"
	"testing"

	"hakbeon/jobs"
	"hakbeon/s3store"
	"hakbeon/s3store/layout"
)

// A sheet with the number of a student whom the roster marks as absent goes to a person,
// who is told why; how many are marked stands in the roster's notes. Without the marks
// nothing is asked.
func TestMarkedAbsent(t *testing.T) {
	for name, off := range map[string]bool{"weighed": false, "left out": true} {
		t.Run(name, func(t *testing.T) { markedAbsent(t, off) })
	}
}

func markedAbsent(t *testing.T, off bool) {
	r := newRig(t)
	file := "학번,이름,결시\n" + kim + ",김민준,\n" + lee + ",이서연,O\n" + park + ",박도윤,\n" + choi + ",최하은,\n"
	must(t, r.store.Put(t.Context(), layout.RosterKey(r.exam), []byte(file), s3store.TypeBinary))
	r.options.Params.NoAttendance = off
	keys := r.sheets(kim, lee, park)
	r.start()
	b := r.submit(jobs.Recognize{Keys: keys})
	sum := r.end(b, 1)
	want := "needs_review marked_absent"
	if off {
		want = "matched " + lee
	}
	r.wants(b, map[string]string{"1.png": "matched " + kim, "2.png": want, "3.png": "matched " + park})
	if detail := r.sheet(b, keys[1], 1).Result.Meta.Detail; (detail != nil) == off {
		t.Errorf("the detail is %+v", detail)
	}
	if n := sum.RosterNotes; n == nil || len(n.Doubts) != 1 || !strings.Contains(n.Doubts[0].EN, "1 of 4 students are marked as absent") {
		t.Errorf("the roster's notes are %+v", n)
	}
	if len(sum.Alarms) > 0 {
		t.Errorf("got alarms %q", sum.Alarms)
	}
}
