package recognizer_test

import (
	"context"
	"errors"
	"image"
	"testing"

	"hakbeon/lab/synth"
	"hakbeon/recognizer"
	"hakbeon/recognizer/roster"
)

// TestReadNames draws pages of a form that has a name's field, by hands and fonts that
// no training has seen: where a name is read, it fits its owner rather than another
// student, and nothing is read outside of the page.
func TestReadNames(t *testing.T) {
	r := open(t)
	all, err := loaded()
	if err != nil {
		t.Fatal(err)
	}
	hands, _, err := all.NameHands(synth.Testing)
	if err != nil {
		t.Fatal(err)
	}
	assets := all.WithNames(hands)
	var students roster.Roster
	var readings []*recognizer.Reading
	for seed := range uint64(8) {
		spec := synth.Spec{ID: "3214183" + string(rune('0'+seed)), Name: synth.KoreanName(seed), Title: "names 2", Family: synth.WorldForms, LongSide: 1650, Colour: synth.GreyOnly}
		page, _, err := assets.GreyPage(seed, spec)
		if err != nil {
			t.Fatal(err)
		}
		rd, err := r.Read(t.Context(), page)
		if err != nil {
			t.Fatal(err)
		}
		if err := r.ReadNames(t.Context(), page, rd); err != nil {
			t.Fatal(err)
		}
		for _, n := range rd.Names {
			if !n.Box.In(image.Rect(0, 0, rd.Width, rd.Height)) {
				t.Errorf("page %d: a name at %v, outside the page", seed, n.Box)
			}
		}
		students.Students = append(students.Students, roster.Student{ID: spec.ID, Name: spec.Name})
		readings = append(readings, rd)
	}
	said := map[string]int{}
	for _, d := range recognizer.Solve(readings, &students, recognizer.DefaultParams()).Decisions {
		said[string(d.Name)]++
	}
	t.Log(said)
	if said["fits"] < 2 || said["fits"] <= said["other"]+said["differs"] {
		t.Errorf("the names of eight sheets said %v", said)
	}
}

// TestReadMoreEnds asks for names and letters when nobody waits any more, and of a reader
// that is closed.
func TestReadMoreEnds(t *testing.T) {
	r, err := recognizer.Open(recognizer.Options{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	page := image.NewGray(image.Rect(0, 0, 10, 10))
	more := map[string]func(context.Context, image.Image, *recognizer.Reading) error{"names": r.ReadNames, "letters": r.ReadLetters}
	for what, ask := range more {
		if err := ask(ctx, page, &recognizer.Reading{}); !errors.Is(err, context.Canceled) {
			t.Errorf("%s after the context's end: %v", what, err)
		}
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	for what, ask := range more {
		if err := ask(t.Context(), page, &recognizer.Reading{}); !errors.Is(err, recognizer.ErrClosed) {
			t.Errorf("%s after Close: %v", what, err)
		}
	}
}
