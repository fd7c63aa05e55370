package archive_test

import (
	"fmt"
	"slices"
	"testing"

	"hakbeon/jobs"
	"hakbeon/s3store/layout"
	"hakbeon/worker/archive"
)

func batch() layout.Batch { return layout.Batch{ExamCode: "SaS_2017_Final", BatchID: "a"} }

// What is written under a batch's prefix is understood when it is listed.
func TestFactsUnderstandWhatIsWritten(t *testing.T) {
	b := batch()
	sheet := jobs.SheetID(b.ExamCode, b.BatchID, "a.tif", 1)
	f := archive.NewFacts(b)
	for _, key := range []string{
		b.Job(), b.Part("0011"), b.Pages(sheet, 0, 3), b.Look(sheet), b.Papers(sheet), b.Evidence(sheet), b.Result(sheet),
		b.Second(sheet), b.Attempt(sheet, 1), b.Correction("2-x"), b.Request("late-" + sheet), b.Request("1-y"), b.Roster("ff"),
		b.Plan(1), b.Plan(12), b.Done(1), b.Summary(), b.Report(), b.Prefix() + "pages/strange", b.Prefix() + "of/tomorrow.json",
	} {
		f.Note(key[len(b.Prefix()):])
	}
	if !slices.Equal(f.Parts, []string{"0011"}) || !f.Sheets[sheet] || !f.Evidence[sheet] || !f.Looks[sheet] || !f.Papers[sheet] {
		t.Errorf("got %+v", f)
	}
	if len(f.Sheets) != 1 || len(f.Files) != 1 || f.Files[sheet] != (layout.PageCounts{Sheets: 0, Pages: 3}) {
		t.Errorf("got sheets %v and files %v", f.Sheets, f.Files)
	}
	if f.Epoch != 12 || !f.Done[1] || f.Done[12] {
		t.Errorf("got epoch %d, done %v", f.Epoch, f.Done)
	}
	if got, want := f.Asked(), []string{"1-y", "2-x", "late-" + sheet}; !slices.Equal(got, want) {
		t.Errorf("asked for %q, want %q", got, want)
	}
}

func TestUndivided(t *testing.T) {
	b := batch()
	page := func(n int) string { return jobs.SheetID(b.ExamCode, b.BatchID, "a.tif", n) }
	places := []archive.Place{{ID: page(1), Key: "a.tif", Page: 1}}
	for _, tt := range []struct {
		name string
		keys []string
		want []string
	}{
		{"a file of one page", nil, nil},
		{"a page is not looked at", []string{b.Pages(page(1), 0, 2), b.Look(page(1))}, nil},
		{"all are", []string{b.Pages(page(1), 0, 2), b.Look(page(1)), b.Look(page(2))}, []string{"a.tif"}},
		{"it is divided", []string{b.Pages(page(1), 0, 2), b.Look(page(1)), b.Look(page(2)), b.Papers(page(1))}, nil},
		{"its sheets are counted", []string{b.Pages(page(1), 2, 2), b.Look(page(1)), b.Look(page(2))}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := archive.NewFacts(b)
			for _, key := range tt.keys {
				f.Note(key[len(b.Prefix()):])
			}
			if got := f.Undivided(places); !slices.Equal(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// Facts are what a listing of a batch's records tells.
func ExampleFacts() {
	b := layout.Batch{ExamCode: "SaS_2017_Final", BatchID: "a"}
	f := archive.NewFacts(b)
	f.Note("sheets/0123456789abcdef.json")
	f.Note("plans/000001.json")
	fmt.Println(len(f.Sheets), f.Epoch, f.Done[1])
	// Output: 1 1 false
}
