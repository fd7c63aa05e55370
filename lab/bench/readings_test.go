package main

import (
	"image"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"hakbeon/recognizer"
)

func someReadings(n int) []*recognizer.Reading {
	out := make([]*recognizer.Reading, n)
	for i := range out {
		out[i] = &recognizer.Reading{Model: "test", Width: 100 + i, Height: 200}
		if i%2 > 0 {
			column := [recognizer.Classes]float64{0.25, 0.75}
			out[i].Lines = []recognizer.Line{recognizer.NewLine(image.Rect(1, 2, 30, 40), 0, [][recognizer.Classes]float64{column})}
		}
	}
	return out
}

func TestShelf(t *testing.T) {
	s := newShelf(t.TempDir(), "test", standardCollection())
	if got, err := s.load(3); got != nil || err != nil {
		t.Fatalf("an empty shelf gave %v, %v", got, err)
	}
	want := someReadings(sheetsOfExam)
	if err := s.save(3, want); err != nil {
		t.Fatal(err)
	}
	got, err := s.load(3)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(recognizer.Line{}), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("readings differ (-want +got):\n%s", diff)
	}
	data, err := os.ReadFile(s.path(3))
	if err != nil {
		t.Fatal(err)
	}
	for name, damaged := range map[string][]byte{"cut off": data[:len(data)-1], "too long": append(data, 1, 2), "empty": nil} {
		if err := os.WriteFile(s.path(3), damaged, 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := s.load(3); got != nil || err != nil {
			t.Errorf("%s: got %d readings, %v; want none, to be read again", name, len(got), err)
		}
	}
}

func TestMerge(t *testing.T) {
	p := recognizer.DefaultParams()
	if err := merge(&p, `{"skip":0.02}`); err != nil || p.Skip != 0.02 || p.Accept != recognizer.DefaultParams().Accept {
		t.Errorf("got %+v, %v", p, err)
	}
	if err := merge(&p, `{"skp":0.02}`); err == nil {
		t.Error("a field that isn't one was taken")
	}
}
