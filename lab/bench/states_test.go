package main

import (
	"bytes"
	"image"
	"image/color"
	"testing"
)

// corner is a small page, white but for its upper left pixel.
func corner() *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, 30, 50))
	for i := range m.Pix {
		m.Pix[i] = 255
	}
	m.SetRGBA(0, 0, color.RGBA{A: 255})
	return m
}

func TestTurned(t *testing.T) {
	for quarters, want := range map[int]image.Point{1: {49, 0}, 2: {29, 49}, 3: {0, 29}} {
		out := turned(corner(), quarters)
		if r, _, _, _ := out.At(want.X, want.Y).RGBA(); r != 0 {
			t.Errorf("%d quarters: %v is not the dark pixel, in %v", quarters, want, out.Rect)
		}
	}
	page := corner()
	if back := turned(turned(page, 1), 3); !bytes.Equal(back.Pix, page.Pix) {
		t.Error("a page turned to the right and back is another one")
	}
}

// TestStates applies each state: the page's size and what is left of its whiteness.
func TestStates(t *testing.T) {
	for i, s := range states() {
		out, err := s.apply(corner())
		if err != nil {
			t.Fatalf("%s: %v", s.name, err)
		}
		size := out.Bounds().Size()
		switch {
		case i == 0 && out != image.Image(out.(*image.RGBA)):
			t.Errorf("%s: the page is of another kind", s.name)
		case s.name == "scaled to 50 %" && size != image.Pt(15, 25), s.name == "scaled to 200 %" && size != image.Pt(60, 100):
			t.Errorf("%s: size is %v", s.name, size)
		}
		if y := color.GrayModel.Convert(out.At(size.X/2, size.Y/2+1)).(color.Gray).Y; y < 190 {
			t.Errorf("%s: paper is %d", s.name, y)
		}
	}
}

func TestRuled(t *testing.T) {
	out := ruled(corner(), 1.0/5, true)
	dark := 0
	for i := 0; i < len(out.Pix); i += 4 {
		if out.Pix[i] < 200 {
			dark++
		}
	}
	if dark < 5*30 || dark > 5*30+3*50+1 {
		t.Errorf("%d pixels of rules, want five lines across and three down", dark)
	}
}
