package worker_test

import (
	"strings"
	"testing"

	"hakbeon/exam"
	"hakbeon/jobs"
	"hakbeon/s3store"
)

// Why a sheet failed and what was left out of the roster stand in the result, in the
// summary and in the batch's event, in both languages.
func TestDetailsReachTheResult(t *testing.T) {
	r := newRig(t)
	rows := "학번,이름\n" + kim + "*,가\n" + lee + "/1,나\n"
	must(t, r.store.Put(t.Context(), "rosters/"+r.exam+".csv", []byte(rows), s3store.TypeBinary))
	keys := append(r.sheets(kim, lee), r.upload("old.gif", []byte("GIF89a\x01\x00\x01\x00")), r.upload("empty.png", nil))
	r.start()
	b := r.submit(jobs.Recognize{Keys: keys})
	sum := r.end(b, 1)
	r.wants(b, map[string]string{
		"1.png": "matched " + kim, "2.png": "needs_review not_on_roster", "old.gif": "failed image_unreadable", "empty.png": "failed image_unreadable",
	})
	for key, want := range map[string][2]string{
		keys[1]: {"1 rows of the roster were left out", "1행을"}, keys[2]: {"GIF is not supported", "GIF은(는) 지원하지"}, keys[3]: {"empty", "비어"},
	} {
		d := r.sheet(b, key, 1).Meta.Detail
		if d == nil || !strings.Contains(d.EN, want[0]) || !strings.Contains(d.KO, want[1]) || strings.Contains(d.EN+d.KO, lee) {
			t.Errorf("%s: got %+v, want %q", key, d, want)
		}
	}
	if d := r.sheet(b, keys[0], 1).Meta.Detail; d != nil {
		t.Errorf("a sheet that is sure: got %+v", d)
	}
	n := sum.RosterNotes
	if n == nil || n.LeftOut != 1 || len(n.Rows) != 1 || n.Rows[0].Cell != "A3" || n.Rows[0].Value != lee+"/1" || n.Rows[0].ReasonKO == "" {
		t.Errorf("got notes %+v", n)
	}
	var failed int
	for _, s := range sum.Sheets {
		if s.Detail != nil && s.Status == exam.StatusFailed {
			failed++
		}
	}
	if failed != 2 {
		t.Errorf("%d failed sheets of the summary say why, want 2", failed)
	}
}

// A roster that can't be used is told as such, not as one that isn't there.
func TestRosterWithoutUseSaysWhy(t *testing.T) {
	r := newRig(t)
	must(t, r.store.Put(t.Context(), "rosters/"+r.exam+".xlsx", []byte("%PDF-1.4"), s3store.TypeXLSX))
	keys := r.sheets(kim)
	r.start()
	b := r.submit(jobs.Recognize{Keys: keys})
	sum := r.end(b, 1)
	r.wants(b, map[string]string{"1.png": "needs_review roster_missing"})
	if d := r.sheet(b, keys[0], 1).Meta.Detail; d == nil || !strings.Contains(d.EN, "it is a PDF") || !strings.Contains(d.KO, "PDF입니다") {
		t.Errorf("got %+v", d)
	}
	if n := sum.RosterNotes; n == nil || n.Problem == nil || !strings.Contains(n.Problem.EN, "it is a PDF") || sum.RosterKey != "rosters/"+r.exam+".xlsx" {
		t.Errorf("got notes %+v of %q", n, sum.RosterKey)
	}
}

// Where two columns could hold the IDs, the sheets say which does.
func TestSheetsChooseTheColumn(t *testing.T) {
	r := newRig(t)
	rows := "Student ID,Student Number,Name\n91001," + kim + ",a\n91002," + lee + ",b\n91003," + park + ",c\n"
	must(t, r.store.Put(t.Context(), "rosters/"+r.exam+".csv", []byte(rows), s3store.TypeBinary))
	keys := r.sheets(kim, lee)
	r.start()
	b := r.submit(jobs.Recognize{Keys: keys})
	sum := r.end(b, 1)
	r.wants(b, map[string]string{"1.png": "matched " + kim, "2.png": "matched " + lee})
	if sum.Students != 3 || sum.Present != 2 || sum.RosterNotes == nil || len(sum.RosterNotes.Doubts) == 0 {
		t.Errorf("got %+v, notes %+v", sum, sum.RosterNotes)
	}
}
