package batch_test

import (
	"errors"
	"slices"
	"testing"

	"hakbeon/exam"
	"hakbeon/recognizer/roster"
	"hakbeon/s3store"
	"hakbeon/s3store/layout"
	"hakbeon/web/batch"
)

const one, two, gone = "0123456789abcdef", "1123456789abcdef", "2123456789abcdef"

// ended is a batch with one end: one of its sheets has moved on since, one has no record.
func ended(t *testing.T) (bucket, batch.View) {
	t.Helper()
	store := bucket{}
	v := batch.View{Batch: layout.Batch{ExamCode: "e", BatchID: "b"}, Store: store}
	ro, err := roster.New("1001", "1002")
	if err != nil {
		t.Fatal(err)
	}
	first, second := "1001", "1002"
	old := exam.Result{Version: 1, ExamCode: "other", StudentID: &first}
	store.put(t, v.Batch.Result(one), exam.Sheet{Result: exam.Result{Version: 2, StudentID: &second}, Earlier: []exam.Result{old}})
	store.put(t, v.Batch.Result(two), exam.Sheet{Result: exam.Result{Version: 3}})
	store.put(t, v.Batch.Roster(ro.Hash()), ro)
	store.put(t, v.Batch.Plan(1), exam.Plan{Epoch: 1, Roster: ro.Hash(), Sheets: []exam.PlannedSheet{
		{Sheet: one, Version: 1}, {Sheet: two, Version: 3}, {Sheet: gone, Version: 1},
	}})
	return store, v
}

func TestEndIsOneState(t *testing.T) {
	store, v := ended(t)
	if _, err := v.End(t.Context()); !errors.Is(err, batch.ErrNotEnded) {
		t.Errorf("before the end is done: %v", err)
	}
	store[v.Done(1)] = nil
	// The next end has been planned, and its results are being written.
	store.put(t, v.Batch.Plan(2), exam.Plan{Epoch: 2})
	end, err := v.End(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if end.Plan.Epoch != 1 || len(end.Roster.Students) != 2 || len(end.Results) != 3 {
		t.Fatalf("got %+v", end)
	}
	if r := end.Results[0]; r.Student() != "1001" || r.ExamCode != "e" || r.BatchID != "b" || r.Sheet != one {
		t.Errorf("a sheet that has moved on: %+v", r)
	}
	if r := end.Results[2]; r.Sheet != gone || r.Version != 0 {
		t.Errorf("a sheet without a record: %+v", r)
	}
	for epoch, want := range map[int]bool{1: true, 2: true, 3: false} {
		if begun, err := v.Begun(t.Context(), epoch); begun != want || err != nil {
			t.Errorf("epoch %d: %v, %v", epoch, begun, err)
		}
	}
	store.put(t, v.Batch.Result(two), exam.Sheet{Result: exam.Result{Version: 90}})
	if _, err := v.End(t.Context()); !errors.Is(err, s3store.ErrChanged) {
		t.Errorf("a version that is gone: %v", err)
	}
}

func TestFiled(t *testing.T) {
	key := func(s string) *string { return &s }
	for _, tt := range []struct {
		name     string
		original *string
		others   []string
		want     int
	}{
		{"no original", nil, nil, 0},
		{"one page", key("original/e/1001/a.jpg"), nil, 1},
		{"three", key("original/e/1001/a.jpg"), []string{"original/e/1001/b.jpg", "original/e/1001/c.jpg"}, 3},
		{"another exam's", key("original/ee/1001/a.jpg"), nil, 0},
		{"another exam's page", key("original/e/1001/a.jpg"), []string{"rosters/e.xlsx"}, 0},
	} {
		r := exam.Result{ExamCode: "e"}
		r.Meta.S3Keys.Original, r.Meta.S3Keys.Others = tt.original, tt.others
		got := batch.Filed(&r)
		if len(got) != tt.want || tt.want > 0 && !slices.Equal(got, append([]string{*tt.original}, tt.others...)) {
			t.Errorf("%s: got %v", tt.name, got)
		}
	}
}
