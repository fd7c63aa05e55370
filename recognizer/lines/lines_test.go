package lines_test

import (
	"image"
	"image/color"
	"image/draw"
	"math"
	"testing"

	"hakbeon/internal/synth"
	"hakbeon/recognizer/lines"
)

func drawing(t testing.TB) *synth.Assets {
	t.Helper()
	assets, err := synth.LoadAssets("")
	if err != nil {
		t.Skipf("SKIPPED, no sheet is drawn: %v", err)
	}
	return assets
}

func grey(img *image.RGBA) *image.Gray {
	out := image.NewGray(img.Rect)
	draw.Draw(out, out.Rect, img, img.Rect.Min, draw.Src)
	return out
}

// framed is the place of the first candidate that holds the ID and little more
// above and below, -1 if there is none, and how many text lines come before it.
func framed(found []lines.Candidate, id image.Rectangle) (place, rows int) {
	before := map[int]bool{}
	for i, c := range found {
		in := c.Bounds().Intersect(id)
		if 10*in.Dx() > 9*id.Dx() && 4*in.Dy() > 3*id.Dy() && c.Height < 2.5*float64(id.Dy()) {
			delete(before, c.Row)
			return i, len(before)
		}
		before[c.Row] = true
	}
	return -1, len(before)
}

// TestFind looks for IDs in all fields of a form, at several resolutions and skews.
func TestFind(t *testing.T) {
	assets := drawing(t)
	late, lost := 0, 0
	tests := []struct {
		field synth.Field
		dpi   float64
		skew  float64
	}{
		{synth.Plain, 275, 0.5}, {synth.Underlined, 200, -0.5}, {synth.Boxed, 150, 0},
		{synth.Comb, 200, 1}, {synth.Split, 150, -1}, {synth.Cell, 275, 0.3},
		{synth.Plain, 100, 0}, {synth.Plain, 150, 5}, {synth.Comb, 150, -5}, {synth.Cell, 150, 3},
	}
	for i, tt := range tests {
		sheet, err := assets.Sheet(uint64(i), synth.Spec{
			ID: "32157264", Name: "김하늘", Field: tt.field, DPI: tt.dpi, Pose: &synth.Pose{Skew: tt.skew},
		})
		if err != nil {
			t.Fatal(err)
		}
		place, rows := framed(lines.Find(grey(sheet.Image)), sheet.Truth.IDBox)
		if place < 0 {
			lost++
			t.Logf("%+v: no candidate frames the ID", tt)
		}
		if rows > 2 {
			late++
		}
	}
	if lost > 1 { // a digit that touches the box may be taken for a part of it
		t.Errorf("on %d of %d pages no candidate frames the ID", lost, len(tests))
	}
	if late > 2 {
		t.Errorf("on %d of %d pages the ID isn't on one of the first three lines", late, len(tests))
	}
}

// TestTrim expects the digits' own strip of a candidate that holds more.
func TestTrim(t *testing.T) {
	sheet, err := drawing(t).Sheet(3, synth.Spec{ID: "32157264", Name: "김하늘", DPI: 200, Pose: &synth.Pose{}})
	if err != nil {
		t.Fatal(err)
	}
	found, id := lines.Find(grey(sheet.Image)), sheet.Truth.IDBox
	place, _ := framed(found, id)
	if place < 0 {
		t.Fatal("no candidate frames the ID")
	}
	got := found[place].Trim(float64(id.Min.X), float64(id.Max.X), 0).Bounds()
	for _, d := range []int{got.Min.X - id.Min.X, got.Max.X - id.Max.X, got.Min.Y - id.Min.Y, got.Max.Y - id.Max.Y} {
		if d > 8 || d < -8 {
			t.Errorf("trimmed to %v, the ID is at %v", got, id)
			break
		}
	}
	if c := found[place]; c.Trim(0, 1, 0) != c.Strip {
		t.Error("where nothing is, the strip is another one")
	}
}

// TestFindOnDegeneratePages expects no crash, and little found.
func TestFindOnDegeneratePages(t *testing.T) {
	filled := func(w, h int, v uint8) *image.Gray {
		img := image.NewGray(image.Rect(0, 0, w, h))
		draw.Draw(img, img.Rect, image.NewUniform(color.Gray{v}), image.Point{}, draw.Src)
		return img
	}
	for _, page := range []*image.Gray{
		filled(1, 1, 0), filled(3, 2000, 0), filled(5000, 1, 0), filled(5000, 3, 9),
		filled(700, 900, 255), filled(700, 900, 0), filled(17, 17, 128),
	} {
		if got := lines.Find(page); len(got) > 0 {
			t.Errorf("%v: found %d candidates on an even page", page.Rect, len(got))
		}
	}
}

func TestCut(t *testing.T) {
	page := image.NewGray(image.Rect(0, 0, 400, 120))
	for i := range page.Pix {
		page.Pix[i] = 200 // grey paper
	}
	for x := 50; x < 350; x++ {
		for y := range 9 {
			page.SetGray(x, 40+y+(x-50)/10, color.Gray{90}) // pencil
		}
	}
	s := lines.Strip{Left: 50, Right: 350, Middle: 44.5, Slope: 0.1, Height: 40}
	for _, tt := range []struct {
		stretch     float64
		most, width int
	}{{1, 384, 240}, {1.5, 384, 360}, {3, 384, 384}, {1, 100, 100}, {0.001, 384, 1}} {
		if c := lines.Cut(page, s, tt.stretch, tt.most); c.Width != tt.width || len(c.Ink) != tt.width*lines.Height {
			t.Errorf("%+v: the crop is %d wide and has %d pixels", tt, c.Width, len(c.Ink))
		}
	}
	c := lines.Cut(page, s, 1, 384)
	for x := 2; x < c.Width-2; x++ {
		if top, middle := c.Ink[4*c.Width+x], c.Ink[16*c.Width+x]; top > 0.05 || middle < 0.95 {
			t.Fatalf("column %d: %.2f above the stroke and %.2f on it, want paper and ink", x, top, middle)
		}
	}
}

func TestStrip(t *testing.T) {
	s := lines.Strip{Left: 10, Right: 110, Middle: 50, Slope: 0.1, Height: 20}
	if got, want := s.Bounds(), image.Rect(10, 40, 110, 70); got != want {
		t.Errorf("bounds %v, want %v", got, want)
	}
	if s.Width() != 100 || math.Abs(s.MiddleAt(60)-55) > 1e-9 {
		t.Errorf("width %g and middle %g, want 100 and 55", s.Width(), s.MiddleAt(60))
	}
}

func BenchmarkFind(b *testing.B) {
	sheet, err := drawing(b).Sheet(3, synth.Spec{ID: "32157264", Name: "김하늘"})
	if err != nil {
		b.Fatal(err)
	}
	page := grey(sheet.Image)
	for b.Loop() {
		lines.Find(page)
	}
}

func BenchmarkCut(b *testing.B) {
	page := image.NewGray(image.Rect(0, 0, 2257, 600))
	for b.Loop() {
		lines.Cut(page, lines.Strip{Left: 300, Right: 620, Middle: 300, Slope: 0.01, Height: 55}, 1, 384)
	}
}
