package synth_test

import (
	"image"
	"image/color"
	"image/draw"
	"testing"

	"hakbeon/lab/synth"
)

// strip returns a yellowish picture with a black bar in it.
func strip(width, height int) (image.Image, image.Rectangle) {
	m := image.NewNRGBA(image.Rect(7, 9, 7+width, 9+height))
	draw.Draw(m, m.Rect, image.NewUniform(color.NRGBA{240, 235, 215, 255}), image.Point{}, draw.Src)
	bar := image.Rect(width/3, height/3, width/2, height/2)
	draw.Draw(m, bar.Add(m.Rect.Min), image.Black, image.Point{}, draw.Src)
	return m, bar
}

func TestPasteStrip(t *testing.T) {
	picture, bar := strip(500, 180)
	s, err := load(t).PasteStrip(3, picture, synth.Spec{ID: "32190090", Name: "송새롬", Pose: &synth.Pose{}})
	if err != nil {
		t.Fatal(err)
	}
	box := s.Truth.IDBox
	if s.Truth.ID != "32190090" || box.Dx() < 500 || box.Dx() > 502 || box.Dy() < 180 || box.Dy() > 182 {
		t.Errorf("truth is %q at %v, want the strip's 500x180 pixels", s.Truth.ID, box)
	}
	if !box.In(s.Truth.LineBox) || !s.Truth.NameBox.In(s.Truth.LineBox) || s.Truth.NameBox.Overlaps(box) {
		t.Errorf("strip %v, name %v, line %v", box, s.Truth.NameBox, s.Truth.LineBox)
	}
	middle := bar.Add(box.Min).Inset(6)
	if got := s.Image.RGBAAt(middle.Min.X, middle.Min.Y).G; got > 30 {
		t.Errorf("the strip's black is %d", got)
	}
	inside := s.Image.RGBAAt(box.Max.X-40, box.Max.Y-20)
	if diff := int(inside.G) - int(inside.B); inside.G < 225 || diff > 16 || diff < -16 {
		t.Errorf("the strip's paper is %v, want the page's", inside)
	}
}

func TestPasteStripRefuses(t *testing.T) {
	for _, size := range []image.Point{{10, 100}, {100, 10}, {1001, 100}, {100, 401}} {
		picture, _ := strip(size.X, size.Y)
		if _, err := load(t).PasteStrip(1, picture, synth.Spec{}); err == nil {
			t.Errorf("no error for a strip of %v", size)
		}
	}
	picture, _ := strip(100, 100)
	if _, err := load(t).PasteStrip(1, picture, synth.Spec{DPI: 1}); err == nil {
		t.Error("no error for 1 dpi")
	}
}
