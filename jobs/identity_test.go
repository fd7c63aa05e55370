package jobs_test

import (
	"slices"
	"testing"

	"hakbeon/jobs"
)

const (
	one = "uploads/SaS_2017_Final/001.jpg"
	two = "uploads/SaS_2017_Final/002.jpg"
)

// The names are stored in S3: they must never change. The values were computed by
// another program.
func TestNamesAreStable(t *testing.T) {
	tests := []struct{ what, got, want string }{
		{"batch", jobs.DefaultBatchID("SaS_2017_Final", []string{one, two}, ""), "auto-e7c668b0c9ae26ab"},
		{"batch with a roster", jobs.DefaultBatchID("SaS_2017_Final", []string{one, two}, "rosters/x.xlsx"), "auto-e3adb49f91b7b573"},
		{"part", jobs.PartID([]string{one, two}), "0ef24313d4879f53"},
		{"empty part", jobs.PartID(nil), "e3b0c44298fc1c14"},
		{"sheet", jobs.SheetID("SaS_2017_Final", "2017-12-18-a", one, 1), "30d4fc24d66cfd87"},
		{"refusal", jobs.RejectionID("4c7a1b1e-0000-4000-8000-000000000001"), "fab58bb511a744ee"},
		{"second page", jobs.SheetID("SaS_2017_Final", "2017-12-18-a", one, 2), "5972bb02fba072cd"},
	}
	for _, tt := range tests {
		if tt.got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.what, tt.got, tt.want)
		}
	}
	if id := jobs.DefaultBatchID("x", []string{one}, ""); !jobs.ValidCode(id) {
		t.Errorf("%s is no valid batch id", id)
	}
}

func TestNamesIgnoreOrderAndRepeats(t *testing.T) {
	for _, keys := range [][]string{{two, one}, {one, two, one}, {two, two, one}} {
		if got, want := jobs.DefaultBatchID("x", keys, ""), jobs.DefaultBatchID("x", []string{one, two}, ""); got != want {
			t.Errorf("batch of %v: got %s, want %s", keys, got, want)
		}
		if got, want := jobs.PartID(keys), jobs.PartID([]string{one, two}); got != want {
			t.Errorf("part of %v: got %s, want %s", keys, got, want)
		}
	}
}

// Lists that look alike when written one after the other have different names.
func TestNamesTellListsApart(t *testing.T) {
	names := []string{
		jobs.PartID([]string{"ab"}), jobs.PartID([]string{"a", "b"}), jobs.PartID([]string{"a", "b", ""}),
		jobs.PartID([]string{"a\x00b"}), jobs.PartID([]string{"a\x00\x00\x00\x01b"}),
		jobs.SheetID("a", "bc", "d", 1), jobs.SheetID("ab", "c", "d", 1), jobs.SheetID("a", "b", "cd", 1), jobs.SheetID("a", "bc", "d1", 1),
		jobs.SheetID("a", "bc", "d", 11), jobs.DefaultBatchID("a", []string{"b"}, "c"), jobs.DefaultBatchID("a", []string{"c"}, "b"),
		jobs.DefaultBatchID("a", []string{"b", "c"}, ""),
	}
	slices.Sort(names)
	if n := len(slices.Compact(slices.Clone(names))); n != len(names) {
		t.Errorf("got %d different names, want %d: %v", n, len(names), names)
	}
}

func TestDistinct(t *testing.T) {
	in := []string{"b", "a", "b", "c", "a"}
	if got, want := jobs.Distinct(in), []string{"b", "a", "c"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if !slices.Equal(in, []string{"b", "a", "b", "c", "a"}) {
		t.Errorf("the list given was changed: %v", in)
	}
	if got := jobs.Distinct(nil); len(got) != 0 {
		t.Errorf("got %v of no keys", got)
	}
}

// Every field of a job counts for its name, however small the difference; what a
// person says has a new name each time.
func TestSendingID(t *testing.T) {
	job := func(change func(*jobs.Recognize)) string {
		in := &jobs.Recognize{ExamCode: "a", BatchID: "b", Keys: []string{one}}
		change(in)
		return jobs.SendingID(in)
	}
	names := []string{
		job(func(*jobs.Recognize) {}), job(func(in *jobs.Recognize) { in.Keys = []string{two} }),
		job(func(in *jobs.Recognize) { in.BatchID = "" }), job(func(in *jobs.Recognize) { in.RosterKey = "r" }),
		job(func(in *jobs.Recognize) { in.CallbackURL = "r" }), job(func(in *jobs.Recognize) { in.ManifestKey = "r" }),
		job(func(in *jobs.Recognize) { in.DownloadURL = "r" }), job(func(in *jobs.Recognize) { in.Filename = "r" }),
		job(func(in *jobs.Recognize) { in.BatchTotal = 2 }), job(func(in *jobs.Recognize) { in.PagesPerSheet = 2 }),
		jobs.SendingID(&jobs.Rematch{ExamCode: "a", BatchID: "b"}), jobs.SendingID(&jobs.Rematch{ExamCode: "a", BatchID: "b"}),
	}
	if names[0] != job(func(in *jobs.Recognize) { in.Keys = []string{one, one} }) {
		t.Error("the same keys twice are another job")
	}
	slices.Sort(names)
	if n := len(slices.Compact(slices.Clone(names))); n != len(names) {
		t.Errorf("got %d different names, want %d: %v", n, len(names), names)
	}
}
