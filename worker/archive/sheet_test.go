package archive_test

import (
	"errors"
	"testing"

	"hakbeon/exam"
	"hakbeon/s3store"
	"hakbeon/worker/archive"
)

const sheetID = "0123456789abcdef"

func sheet(version int) *exam.Sheet {
	return &exam.Sheet{Result: exam.Result{Sheet: sheetID, Version: version}}
}

// What this process wrote is at hand for who asks for it, and no one else is hidden by
// it: a write over somebody else's fails, and is forgotten.
func TestFreshness(t *testing.T) {
	ours, theirs, b := opened(t)
	ctx := t.Context()
	if rec, etag, err := ours.Sheet(ctx, b, sheetID, archive.Own); rec != nil || etag != "" || err != nil {
		t.Fatalf("before anything is written: %v, %q, %v", rec, etag, err)
	}
	if err := ours.WriteSheet(ctx, b, sheet(1), ""); err != nil {
		t.Fatal(err)
	}
	_, etag, err := theirs.Sheet(ctx, b, sheetID, archive.Own)
	if err != nil {
		t.Fatal(err)
	}
	if err := theirs.WriteSheet(ctx, b, sheet(2), etag); err != nil {
		t.Fatal(err)
	}
	version := func(f archive.Freshness) (int, string) {
		rec, etag, err := ours.Sheet(ctx, b, sheetID, f)
		if err != nil || rec == nil {
			t.Fatalf("got %v, %v", rec, err)
		}
		return rec.Version, etag
	}
	own, stale := version(archive.Own)
	recent, _ := version(archive.Recent)
	current, _ := version(archive.Current)
	if own != 1 || recent != 1 || current != 2 {
		t.Errorf("own %d, recent %d, current %d", own, recent, current)
	}
	if err := ours.WriteSheet(ctx, b, sheet(7), stale); !errors.Is(err, s3store.ErrChanged) || !archive.Overtaken(err) {
		t.Errorf("writing over somebody else's: %v", err)
	}
	if own, _ := version(archive.Own); own != 2 {
		t.Errorf("after that, own is %d", own)
	}
}

// Who comes second gets what the first one wrote.
func TestFirstOneCounts(t *testing.T) {
	ours, theirs, b := opened(t)
	ctx := t.Context()
	job := exam.Job{ExamCode: b.ExamCode, BatchID: b.BatchID, Total: 1}
	if there, created, err := ours.CreateJob(ctx, b, job); err != nil || !created || there != job {
		t.Errorf("first: %+v, %v, %v", there, created, err)
	}
	other := job
	other.Total = 2
	if there, created, err := theirs.CreateJob(ctx, b, other); err != nil || created || there != job {
		t.Errorf("second: %+v, %v, %v", there, created, err)
	}
	if _, err := ours.CreatePlan(ctx, b, &exam.Plan{Epoch: 1, RosterKey: "ours"}); err != nil {
		t.Error(err)
	}
	if plan, err := theirs.CreatePlan(ctx, b, &exam.Plan{Epoch: 1, RosterKey: "theirs"}); err != nil || plan.RosterKey != "ours" {
		t.Errorf("plan %+v, %v", plan, err)
	}
	for _, a := range []*archive.Archive{ours, theirs} {
		if err := a.MarkDone(ctx, b, 1); err != nil {
			t.Error(err)
		}
	}
	if ended, err := theirs.HasEnded(ctx, b); !ended || err != nil {
		t.Errorf("ended: %v, %v", ended, err)
	}
}

// A summary is never written over a later one, and comes after its report.
func TestWriteEndKeepsLater(t *testing.T) {
	ours, theirs, b := opened(t)
	ctx := t.Context()
	for _, version := range []int{1, 3, 2} {
		if err := ours.WriteEnd(ctx, b, &exam.Summary{Version: version}, []byte{byte(version)}); err != nil {
			t.Fatal(err)
		}
	}
	if sum, err := theirs.Summary(ctx, b); err != nil || sum.Version != 3 {
		t.Errorf("got %+v, %v", sum, err)
	}
}

// Whoever comes second to a mark learns that it is not the first, in another process and
// in the same one.
func TestMarks(t *testing.T) {
	ours, theirs, b := opened(t)
	ctx := t.Context()
	for i, a := range []*archive.Archive{ours, theirs, ours} {
		if first, err := a.Marks.MarkSecond(ctx, b, sheetID); err != nil || first != (i == 0) {
			t.Errorf("mark %d: first is %v, %v", i, first, err)
		}
	}
	if n, err := theirs.Marks.CountSeconds(ctx, b); n != 1 || err != nil {
		t.Errorf("counted %d, %v", n, err)
	}
	var tries []string
	for _, a := range []*archive.Archive{ours, theirs, ours} {
		mark, err := a.Marks.CreateAttempt(ctx, b, sheetID, 2)
		if err != nil {
			t.Fatal(err)
		}
		tries = append(tries, mark)
	}
	if tries[0] == "" || tries[1] == "" || tries[0] == tries[1] || tries[2] != "" {
		t.Errorf("tries %q, want two and no more", tries)
	}
	if err := ours.Marks.TakeBack(ctx, tries[0]); err != nil {
		t.Error(err)
	}
	if mark, err := theirs.Marks.CreateAttempt(ctx, b, sheetID, 2); err != nil || mark != tries[0] {
		t.Errorf("after one was taken back: %q, %v", mark, err)
	}
}
