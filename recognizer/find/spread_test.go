package find_test

import (
	"image"
	"testing"

	"hakbeon/recognizer/find"
)

// Ink counts where it lies, and a shadow doesn't.
func TestSpread(t *testing.T) {
	page := image.NewGray(image.Rect(0, 0, 840, 1200))
	for y := range 1200 {
		for x := range 840 {
			page.Pix[y*page.Stride+x] = uint8(255 - x/8) // darker to the right
			if y >= 400 && y < 480 && x%8 < 4 {
				page.Pix[y*page.Stride+x] = 0
			}
		}
	}
	got := find.Spread(page, 21, 30)
	if len(got) != 21*30 {
		t.Fatalf("%d cells, want %d", len(got), 21*30)
	}
	for i, v := range got {
		inked := i/21 == 10 || i/21 == 11
		if inked != (v > 20) {
			t.Errorf("cell %d of row %d has %d", i%21, i/21, v)
		}
	}
	if got := find.Spread(image.NewGray(image.Rect(0, 0, 20, 20)), 21, 30); got != nil {
		t.Error("a page with fewer pixels than cells has a sketch")
	}
}
