package s3store_test

import (
	"slices"
	"testing"

	"hakbeon/s3store"
)

func TestFolders(t *testing.T) {
	s, at := store(t)
	for _, key := range []string{"b/1", "b/2/3", "a/1", "c", "a.b-c/x"} {
		must(t, s.Put(t.Context(), at+key, nil, s3store.TypeBinary))
	}
	for limit, want := range map[int][]string{10: {"a.b-c", "a", "b"}, 2: {"a.b-c", "a"}} {
		got, err := s.Folders(t.Context(), at, limit)
		must(t, err)
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("at most %d: got %q, want %q", limit, got, want)
		}
	}
	if got, err := s.Folders(t.Context(), at+"none/", 10); err != nil || len(got) != 0 {
		t.Errorf("where nothing is: %q, %v", got, err)
	}
}
