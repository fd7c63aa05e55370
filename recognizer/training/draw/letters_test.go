package main

import (
	"bytes"
	"math/rand/v2"
	"regexp"
	"testing"

	"hakbeon/lab/synth"
)

func TestLetteredID(t *testing.T) {
	form := regexp.MustCompile(`^[A-Za-z0-9]{5,10}$`)
	letter := regexp.MustCompile(`[A-Za-z]`)
	rng := rand.New(rand.NewPCG(1, 2))
	seen := map[string]bool{}
	for range 2000 {
		id := letteredID(rng)
		if !form.MatchString(id) || !letter.MatchString(id) {
			t.Errorf("got %q", id)
		}
		for _, l := range letter.FindAllString(id, -1) {
			seen[l] = true
		}
	}
	if len(seen) != 52 {
		t.Errorf("%d letters of 52 are drawn", len(seen))
	}
}

func TestAlphabet(t *testing.T) {
	for char, want := range map[rune][2]byte{'0': {1, 1}, '9': {10, 10}, 'A': {other, 12}, 'z': {other, 37}, '학': {other, other}, '-': {other, other}} {
		if got := [2]byte{alphabet(false).of(char), alphabet(true).of(char)}; got != want {
			t.Errorf("%q: labels %v without and with letters, want %v", char, got, want)
		}
	}
}

// TestLetterCrops draws crops of which most have letters, and others none.
func TestLetterCrops(t *testing.T) {
	all, err := synth.LoadAssets("")
	if err != nil {
		t.Fatal(err)
	}
	assets, err := all.Only(synth.Training)
	if err != nil {
		t.Fatal(err)
	}
	lettered, total := 0, 0
	var out bytes.Buffer
	if err := crops(&out, assets.WithLetters(), options{n: 30, step: 1, letters: 0.7, field: 0.6, rows: 0.5, others: true, part: synth.Training}); err != nil {
		t.Fatal(err)
	}
	for b := out.Bytes(); len(b) > 0; total++ {
		width, n := int(b[0])|int(b[1])<<8, int(b[2])
		has := false
		for _, label := range b[3 : 3+n] {
			if label > 37 {
				t.Fatalf("a label %d", label)
			}
			has = has || label > other
		}
		if has {
			lettered++
		}
		b = b[3+n+width*lineHeight:]
	}
	if total < 30 || 3*lettered < total || lettered == total {
		t.Errorf("%d of %d crops have letters, want most", lettered, total)
	}
}
