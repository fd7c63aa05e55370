package recognizer_test

import (
	"testing"

	"hakbeon/lab/synth"
	"hakbeon/recognizer"
	"hakbeon/recognizer/roster"
)

// TestReadLetters draws IDs with a letter, by hands and fonts that no training has seen:
// with letters read, most students are told from those whose IDs have any other letter,
// none is taken for one of these, and nobody is known without.
func TestReadLetters(t *testing.T) {
	r := open(t)
	assets, err := loaded()
	if err != nil {
		t.Fatal(err)
	}
	assets = assets.WithLetters()
	const sheets = 26
	accepted, wrong, blind := 0, 0, 0
	for i := range sheets {
		id := string(rune('A'+i)) + "2141837"
		page, _, err := assets.GreyPage(uint64(i), synth.Spec{ID: id, Title: "letters", Family: synth.WorldForms, LongSide: 1650, Colour: synth.GreyOnly})
		if err != nil {
			t.Fatal(err)
		}
		var ids []string
		for c := 'A'; c <= 'Z'; c++ {
			ids = append(ids, string(c)+id[1:])
		}
		ro, err := roster.New(ids...)
		if err != nil {
			t.Fatal(err)
		}
		rd, err := r.Read(t.Context(), page)
		if err != nil {
			t.Fatal(err)
		}
		if recognizer.Decide(rd, ro, recognizer.DefaultParams()).Status == recognizer.Matched {
			blind++
		}
		if err := r.ReadLetters(t.Context(), page, rd); err != nil {
			t.Fatal(err)
		}
		if d := recognizer.Decide(rd, ro, recognizer.DefaultParams()); d.Status == recognizer.Matched {
			accepted++
			if d.StudentID != id {
				wrong++
			}
		}
	}
	t.Logf("%d of %d accepted, %d of them wrong, %d without letters", accepted, sheets, wrong, blind)
	if accepted < sheets/3 || wrong > 0 || blind > 0 {
		t.Errorf("%d of %d accepted, %d of them wrong, %d without letters; want %d, 0 and 0", accepted, sheets, wrong, blind, sheets/3)
	}
}
