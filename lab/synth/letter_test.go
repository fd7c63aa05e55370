package synth_test

import (
	"testing"

	"hakbeon/lab/synth"
)

// TestWithLetters draws sheets of IDs with letters, which have boxes as digits have, as
// high as these; another letter is another drawing, and IDs without any are drawn as
// before.
func TestWithLetters(t *testing.T) {
	all := load(t)
	assets := all.WithLetters()
	for seed := range uint64(10) {
		line := func(a *synth.Assets, id string) *synth.Sheet {
			sheet, err := a.Line(seed, synth.Spec{ID: id, Title: "letters"})
			if err != nil {
				t.Fatal(err)
			}
			return sheet
		}
		sheet := line(assets, "A321F83z")
		digits := sheet.Truth.Digits
		if len(digits) != 8 {
			t.Fatalf("seed %d: %d boxes", seed, len(digits))
		}
		letters, others := digits[0].Dy()+digits[4].Dy(), digits[1].Dy()+digits[5].Dy()
		if 3*letters < 2*others || 2*letters > 3*others {
			t.Errorf("seed %d: letters are %d and digits %d pixels high", seed, letters/2, others/2)
		}
		if same(sheet, line(assets, "B321F83z")) {
			t.Errorf("seed %d: B is drawn as A", seed)
		}
		if !same(line(all, "32149837"), line(assets, "32149837")) {
			t.Errorf("seed %d: digits are drawn otherwise where there are letters", seed)
		}
	}
}

func same(a, b *synth.Sheet) bool { return string(a.Image.Pix) == string(b.Image.Pix) }
