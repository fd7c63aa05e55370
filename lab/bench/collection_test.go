package main

import (
	"errors"
	"testing"

	"hakbeon/lab/synth"
)

func TestCollectionsShareNoExam(t *testing.T) {
	next := make(map[uint64]string)
	for _, c := range collections() {
		if c.letter { // standard's, on purpose: what letters cost
			continue
		}
		for exam := range uint64(300) {
			if other, taken := next[c.first+exam]; taken {
				t.Fatalf("%s and %s both have exam %d", c.name, other, c.first+exam)
			}
			next[c.first+exam] = c.name
		}
	}
}

func TestCollectionNamed(t *testing.T) {
	for _, c := range collections() {
		if got := collectionNamed(c.name); got != c {
			t.Errorf("collection %s by name is %s", c.name, got.name)
		}
	}
}

// TestWithLetters has an exam's IDs begin or end with letters: roster, sheets and authors
// alike, and whose IDs differed still do.
func TestWithLetters(t *testing.T) {
	c := collectionNamed("letters")
	for index := range 5 {
		d, err := c.exam(nil, index)
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		hasLetter := func(id string) bool {
			if index%2 == 1 {
				return id[len(id)-1] >= 'A'
			}
			return id[0] >= 'A'
		}
		for _, p := range d.Roster {
			if !hasLetter(p.ID) || seen[p.ID] {
				t.Errorf("exam %d: ID %s", index, p.ID)
			}
			seen[p.ID] = true
		}
		for _, s := range d.Sheets {
			if s.Kind == synth.Normal && !seen[s.ID] || s.ID != "" && !hasLetter(s.ID) {
				t.Errorf("exam %d: a sheet of kind %s has the ID %s", index, s.Kind, s.ID)
			}
		}
	}
}

func TestFamilyOf(t *testing.T) {
	own := 0
	for exam := range 60 {
		if familyOf(exam) == synth.OwnForms {
			own++
		}
	}
	if own != 20 {
		t.Errorf("%d of 60 exams have our own forms, want a third", own)
	}
}

func TestHandsWithoutStrokes(t *testing.T) {
	all, err := synth.LoadAssets("")
	if err != nil {
		t.Skip("SKIPPED:", err)
	}
	if _, err := collectionNamed("hands").assets(all, t.TempDir()); !errors.Is(err, synth.ErrNoStrokes) {
		t.Errorf("error is %v, want %v", err, synth.ErrNoStrokes)
	}
}
