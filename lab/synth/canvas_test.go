package synth_test

import (
	"image"
	"image/color"
	"testing"

	"hakbeon/lab/synth"
)

func TestStampStaysOnTheCanvas(t *testing.T) {
	area := image.Rect(100, 50, 200, 150)
	tests := map[string]struct {
		square, ink image.Rectangle
		dirty       int
	}{
		"inside":        {image.Rect(110, 60, 120, 70), image.Rect(110, 60, 120, 70), 1},
		"over tiles":    {image.Rect(130, 80, 140, 90), image.Rect(130, 80, 140, 90), 4},
		"over a corner": {image.Rect(90, 40, 110, 60), image.Rect(100, 50, 110, 60), 1},
		"all of it":     {image.Rect(0, 0, 300, 300), area, 16},
		"outside":       {image.Rect(0, 0, 50, 50), image.Rectangle{}, 0},
		"beside":        {image.Rect(200, 50, 210, 60), image.Rectangle{}, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			img, dirty := synth.StampSquare(area, test.square, 255)
			if dirty != test.dirty {
				t.Errorf("%d tiles are dirty, want %d", dirty, test.dirty)
			}
			for y := area.Min.Y; y < area.Max.Y; y++ {
				for x := area.Min.X; x < area.Max.X; x++ {
					black := img.RGBAAt(x, y) == color.RGBA{A: 255}
					if want := image.Pt(x, y).In(test.ink); black != want {
						t.Fatalf("ink at %d,%d: %v, want %v", x, y, black, want)
					}
				}
			}
		})
	}
}

func TestHalfInkIsGrey(t *testing.T) {
	img, _ := synth.StampSquare(image.Rect(0, 0, 40, 40), image.Rect(10, 10, 20, 20), 128)
	if got := img.RGBAAt(15, 15).G; got < 125 || got > 129 {
		t.Errorf("half covered by black: %d, want 127", got)
	}
}

func TestFilter(t *testing.T) {
	area, square := image.Rect(0, 0, 90, 70), image.Rect(20, 20, 60, 50)
	at := func(m *image.RGBA, x, y int) uint8 { return m.RGBAAt(x, y).G }

	same := synth.FilterSquare(area, square, [5]int{0, 0, 256, 0, 0})
	if at(same, 19, 30) != 255 || at(same, 20, 30) != 0 {
		t.Errorf("a kernel that does nothing gives %d and %d at an edge", at(same, 19, 30), at(same, 20, 30))
	}
	soft := synth.FilterSquare(area, square, [5]int{0, 64, 128, 64, 0})
	if got := at(soft, 19, 35); got < 188 || got > 194 {
		t.Errorf("blurred, the paper beside an edge is %d, want 191", got)
	}
	if got := at(soft, 31, 20); got < 61 || got > 67 {
		t.Errorf("blurred, the ink inside an edge is %d, want 64", got)
	}
	for _, p := range []image.Point{{40, 35}, {31, 32}} {
		if at(soft, p.X, p.Y) != 0 {
			t.Errorf("blurred, the middle at %v is %d, want 0", p, at(soft, p.X, p.Y))
		}
	}
	for _, p := range []image.Point{{0, 0}, {89, 69}, {80, 10}} {
		if at(soft, p.X, p.Y) != 255 {
			t.Errorf("blurred, the paper at %v is %d, want 255", p, at(soft, p.X, p.Y))
		}
	}
}
