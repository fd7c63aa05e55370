package synth_test

import (
	"bytes"
	"image"
	"image/jpeg"
	"slices"
	"sync"
	"testing"

	"hakbeon/lab/synth"
)

// assets are read once for all tests.
var assets = sync.OnceValues(func() (*synth.Assets, error) { return synth.LoadAssets("") })

func load(t testing.TB) *synth.Assets {
	t.Helper()
	a, err := assets()
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestSheet(t *testing.T) {
	spec := synth.Spec{ID: "32171720", Name: "김하늘"}
	s, err := load(t).Sheet(1, spec)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := s.Image.Bounds(), image.Rect(0, 0, 2257, 3125); got != want {
		t.Errorf("page is %v, want %v", got, want)
	}
	checkBoxes(t, s)
	checkLineOfSheet(t, s, drawLine(t, 1, spec))
	checkFile(t, s)
}

func TestSheetIsDeterministic(t *testing.T) {
	draw := func() *synth.Sheet {
		s, err := load(t).Sheet(7, synth.Spec{ID: "32171720", Name: "김하늘", DPI: 100})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	if one, same := draw(), draw(); !slices.Equal(one.Image.Pix, same.Image.Pix) {
		t.Error("the same seed draws other pixels")
	}
}

// checkLineOfSheet compares a sheet with the line drawn alone from the same seed.
func checkLineOfSheet(t *testing.T, sheet, line *synth.Sheet) {
	t.Helper()
	by := sheet.Truth.IDBox.Min.Sub(line.Truth.IDBox.Min)
	if line.Truth.LineBox.Add(by) != sheet.Truth.LineBox {
		t.Errorf("line %v, moved by %v, is not the sheet's %v", line.Truth.LineBox, by, sheet.Truth.LineBox)
	}
	box := line.Truth.IDBox
	for y := box.Min.Y; y < box.Max.Y; y++ {
		for x := box.Min.X; x < box.Max.X; x++ {
			a, b := int(line.Image.RGBAAt(x, y).G), int(sheet.Image.RGBAAt(x+by.X, y+by.Y).G)
			if max(a-b, b-a) > 40 {
				t.Fatalf("at %d,%d the line is %d, the sheet %d", x, y, a, b)
			}
		}
	}
}

func checkFile(t *testing.T, s *synth.Sheet) {
	t.Helper()
	file, err := s.JPEG(0)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(file); n < 800_000 || n > 1_600_000 {
		t.Errorf("JPEG has %d bytes, the real ones have 0.9 to 1.4 MB", n)
	}
	config, err := jpeg.DecodeConfig(bytes.NewReader(file))
	if err != nil || config.Width != 2257 || config.Height != 3125 {
		t.Errorf("JPEG is %dx%d, error %v", config.Width, config.Height, err)
	}
}

func TestResolution(t *testing.T) {
	a := load(t)
	low, err := a.Sheet(4, synth.Spec{ID: "32171720", Name: "류한결", DPI: 110})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := low.Image.Bounds().Max, image.Pt(903, 1250); got != want {
		t.Errorf("page at 110 dpi is %v, want %v", got, want)
	}
	high := drawLine(t, 4, synth.Spec{ID: "32171720", Name: "류한결", DPI: 275})
	ratio := float64(high.Truth.IDBox.Dx()) / float64(low.Truth.IDBox.Dx())
	if ratio < 2.3 || ratio > 2.7 {
		t.Errorf("the ID is %.2f times as wide at 275 dpi as at 110, want 2.5", ratio)
	}
	for _, dpi := range []float64{-1, 99, 401} {
		if _, err := a.Sheet(4, synth.Spec{DPI: dpi}); err == nil {
			t.Errorf("no error for %g dpi", dpi)
		}
	}
}

func TestPose(t *testing.T) {
	draw := func(p synth.Pose) image.Rectangle {
		return drawLine(t, 8, synth.Spec{ID: "32171720", Pose: &p, DPI: 200}).Image.Bounds()
	}
	straight, skewed := draw(synth.Pose{}), draw(synth.Pose{Skew: 1})
	if skewed.Dy() <= straight.Dy() {
		t.Errorf("the skewed line needs %v, the straight one %v", skewed, straight)
	}
	at := func(p synth.Pose) image.Point {
		s, err := load(t).Sheet(8, synth.Spec{ID: "32171720", Pose: &p, DPI: 137.5})
		if err != nil {
			t.Fatal(err)
		}
		return s.Truth.IDBox.Min
	}
	if got := at(synth.Pose{Right: 60, Down: -40}).Sub(at(synth.Pose{})); got != image.Pt(30, -20) {
		t.Errorf("60 right and 40 up at 275 dpi move the ID by %v at 137.5, want (30,-20)", got)
	}
}

func TestUnknownCharacterIsAnError(t *testing.T) {
	for name, spec := range map[string]synth.Spec{
		"name":  {ID: "1", Name: "\U0001F600"},
		"ID":    {ID: "\U0001F600"},
		"label": {Label: "\U0001F600"},
		"title": {Title: "\U0001F600"},
	} {
		if _, err := load(t).Line(1, spec); err == nil {
			t.Errorf("%s with a character that no font has: no error", name)
		}
	}
}

func BenchmarkSheet(b *testing.B) {
	a := load(b)
	for i := 0; b.Loop(); i++ {
		if _, err := a.Sheet(uint64(i), synth.Spec{ID: "32141837", Name: "김하늘"}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkJPEG(b *testing.B) {
	s, err := load(b).Sheet(1, synth.Spec{ID: "32141837", Name: "김하늘"})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := s.JPEG(0); err != nil {
			b.Fatal(err)
		}
	}
}

// What SourceOf says is what is drawn.
func TestSourceOf(t *testing.T) {
	seen := map[synth.Source]bool{}
	for seed := range uint64(40) {
		got := synth.SourceOf(seed, synth.Spec{})
		want, err := load(t).WriterSource(seed, synth.Spec{})
		if err != nil || got != want {
			t.Errorf("seed %d: source %v, drawn with %v (%v)", seed, got, want, err)
		}
		seen[got] = true
	}
	if len(seen) != 3 {
		t.Errorf("sources %v, want all three", seen)
	}
	if got := synth.SourceOf(1, synth.Spec{Source: synth.FontSource}); got != synth.FontSource {
		t.Errorf("source %v, want the Spec's", got)
	}
}
