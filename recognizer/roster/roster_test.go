package roster_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"hakbeon/recognizer/roster"
)

func TestNew(t *testing.T) {
	r, err := roster.New("32141837", "A-17", "32141837")
	must(t, err)
	if got, want := ids(r), []string{"32141837", "A-17"}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	want := []roster.Skip{{Row: 3, Reason: "duplicate of row 1", ReasonKO: "1행과 중복", Harmless: true}}
	if !reflect.DeepEqual(r.Skipped, want) {
		t.Errorf("skipped: got %v, want %v", r.Skipped, want)
	}
}

func TestNewRefusesMalformedIDs(t *testing.T) {
	for _, id := range []string{"", " 1", "1/2", "학번", "1\n", strings.Repeat("1", 33)} {
		if _, err := roster.New("1", id); err == nil {
			t.Errorf("New took the ID %q", id)
		}
	}
	if _, err := roster.New(); !errors.Is(err, roster.ErrNoIDs) {
		t.Errorf("no IDs: got %v, want ErrNoIDs", err)
	}
}

func TestLookup(t *testing.T) {
	made, err := roster.New("1", "2", "3")
	must(t, err)
	literal := &roster.Roster{Students: made.Students}
	for name, r := range map[string]*roster.Roster{"made": made, "literal": literal} {
		if i, ok := r.Lookup("2"); i != 1 || !ok {
			t.Errorf("%s: Lookup(2): got %d, %v, want 1, true", name, i, ok)
		}
		if i, ok := r.Lookup("9"); ok {
			t.Errorf("%s: Lookup(9): got %d, true, want false", name, i)
		}
	}
}

func TestSnapshotRoundTrip(t *testing.T) {
	r, err := roster.Read(workbook(t, sheet{"명단", [][]any{
		{"학번", "이름"}, {"30000002", "나"}, {"30000001", "가"}, {"30000002", "나"},
	}}), roster.Limits{})
	must(t, err)
	snapshot, err := json.Marshal(r)
	must(t, err)
	got, err := roster.Decode(snapshot)
	must(t, err)
	if !reflect.DeepEqual(got, r) {
		t.Errorf("got %+v, want %+v", got, r)
	}
	if i, ok := got.Lookup("30000001"); i != 1 || !ok {
		t.Errorf("Lookup after Decode: got %d, %v, want 1, true", i, ok)
	}
}

func TestDecodeRefuses(t *testing.T) {
	tests := []struct {
		name, snapshot string
		want           error
	}{
		{"nothing", ``, roster.ErrFormat},
		{"broken", `{"students":[`, roster.ErrFormat},
		{"no students", `{"students":[]}`, roster.ErrNoIDs},
		{"malformed ID", `{"students":[{"id":"a/b"}]}`, roster.ErrFormat},
		{"twice", `{"students":[{"id":"1"},{"id":"1"}]}`, roster.ErrFormat},
	}
	for _, tt := range tests {
		if _, err := roster.Decode([]byte(tt.snapshot)); !errors.Is(err, tt.want) {
			t.Errorf("%s: got %v, want %v", tt.name, err, tt.want)
		}
	}
}

func TestHasLetters(t *testing.T) {
	if (*roster.Roster)(nil).HasLetters() || mustNew(t, "1", "2-3").HasLetters() {
		t.Error("a roster of digits has letters")
	}
	for _, id := range []string{"A1", "1z", "1-x-1"} {
		if !mustNew(t, "1", id).HasLetters() {
			t.Errorf("a roster with %s has no letters", id)
		}
	}
}

func TestHash(t *testing.T) {
	base := mustNew(t, "1", "2")
	// Stored next to results: changing how it is computed orphans them.
	if got, want := base.Hash(), "6dcfd5038e71e993"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if mustNew(t, "1", "2", "2").Hash() != base.Hash() {
		t.Error("a skipped row changes the hash")
	}
	for _, other := range []*roster.Roster{mustNew(t, "2", "1"), mustNew(t, "1"), mustNew(t, "1", "2", "3"), mustNew(t, "12")} {
		if other.Hash() == base.Hash() {
			t.Errorf("roster %v has the hash of %v", ids(other), ids(base))
		}
	}
}

func mustNew(t testing.TB, list ...string) *roster.Roster {
	t.Helper()
	r, err := roster.New(list...)
	must(t, err)
	return r
}

func ids(r *roster.Roster) []string {
	var list []string
	for _, s := range r.Students {
		list = append(list, s.ID)
	}
	return list
}
