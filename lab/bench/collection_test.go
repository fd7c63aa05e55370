package main

import (
	"errors"
	"testing"

	"hakbeon/lab/synth"
)

func TestCollectionsShareNoExam(t *testing.T) {
	next := make(map[uint64]string)
	for _, c := range collections() {
		for exam := range uint64(300) {
			if other, taken := next[c.first+exam]; taken {
				t.Fatalf("%s and %s both have exam %d", c.name, other, c.first+exam)
			}
			next[c.first+exam] = c.name
		}
		if got := collectionNamed(c.name); got != c {
			t.Errorf("collection %s by name is %s", c.name, got.name)
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
