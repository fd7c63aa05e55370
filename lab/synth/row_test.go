package synth_test

import (
	"testing"

	"hakbeon/lab/synth"
)

// TestGreyRow draws rows of forms: the ID's digits lie in the picture, in order and
// darker than the paper, and the picture is a small part of a page.
func TestGreyRow(t *testing.T) {
	all, seen := load(t), 0
	for seed := range uint64(12) {
		spec := synth.AnyPage(seed)
		spec.LongSide, spec.Colour = 1600, synth.GreyOnly
		page, truth, err := all.GreyRow(seed, spec)
		if err != nil {
			t.Fatal(err)
		}
		if page.Rect.Min.X != 0 || page.Rect.Min.Y != 0 || page.Rect.Dy() > 800 {
			t.Errorf("seed %d: the picture is %v", seed, page.Rect)
		}
		if len(truth.Digits) == 0 {
			continue
		}
		seen++
		if len(truth.Digits) != len([]rune(truth.ID)) {
			t.Errorf("seed %d: %d digits of %d", seed, len(truth.Digits), len(truth.ID))
		}
		for i, d := range truth.Digits {
			if !d.In(page.Rect) || d.Empty() {
				t.Errorf("seed %d: digit %d at %v lies outside %v", seed, i, d, page.Rect)
			}
			if i > 0 && d.Max.X <= truth.Digits[i-1].Min.X {
				t.Errorf("seed %d: digit %d lies left of the one before", seed, i)
			}
		}
	}
	if seen < 6 {
		t.Errorf("%d of 12 rows have an ID", seen)
	}
}
