package recognizer_test

import (
	"image"
	"image/color"
	"image/draw"
	"testing"

	"hakbeon/lab/synth"
	"hakbeon/recognizer"
)

// ink marks the dark pixels of boxes with a colour that reads as dark.
func ink(img *image.RGBA, c color.RGBA, boxes ...image.Rectangle) (n int) {
	for _, box := range boxes {
		box = box.Intersect(img.Rect)
		for y := box.Min.Y; y < box.Max.Y; y++ {
			for x := box.Min.X; x < box.Max.X; x++ {
				if at := img.RGBAAt(x, y); int(at.R)+int(at.G)+int(at.B) < 3*150 {
					img.SetRGBA(x, y, c)
					n++
				}
			}
		}
	}
	return n
}

// count counts the pixels that are nearly of the colour.
func count(img image.Image, c color.RGBA) (n int) {
	b := img.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			r, g, bl, _ := img.At(x, y).RGBA()
			if abs(int(r>>8)-int(c.R))+abs(int(g>>8)-int(c.G))+abs(int(bl>>8)-int(c.B)) < 60 {
				n++
			}
		}
	}
	return n
}

func abs(n int) int { return max(n, -n) }

// TestSecondLook looks at the pixels: of drawn sheets with the ID and a name on one
// line, whose name is blue and whose ID is red. No blue pixel may be shown, and the
// ID must be there as a whole.
func TestSecondLook(t *testing.T) {
	if testing.Short() {
		t.Skip("draws and reads 24 pages")
	}
	blue, red := color.RGBA{0, 0, 160, 255}, color.RGBA{130, 0, 0, 255}
	r, assets := open(t), drawing(t)
	ro := students(t, "32141837", "32157264", "32169902", "32170418")
	shown, whole := 0, 0
	for seed := range uint64(24) {
		sheet, err := assets.Sheet(seed, synth.Spec{ID: "32157264", Name: "김하늘", DPI: 150, Field: synth.Field(seed % 6)})
		if err != nil {
			t.Fatal(err)
		}
		img := image.NewRGBA(sheet.Image.Rect)
		draw.Draw(img, img.Rect, sheet.Image, image.Point{}, draw.Src)
		ink(img, blue, sheet.Truth.NameBox)
		digits := ink(img, red, sheet.Truth.Digits...)
		rd, err := r.Read(t.Context(), img)
		if err != nil {
			t.Fatal(err)
		}
		d := recognizer.Decide(rd, ro, recognizer.DefaultParams())
		picture, ok := rd.SecondLook(img, d.Line, d.Shown())
		if !ok {
			continue
		}
		shown++
		if n := count(picture, blue); n > 0 {
			t.Errorf("sheet %d: %d pixels of the name are shown", seed, n)
		}
		if n := count(picture, red); n > digits*9/10 {
			whole++
		}
	}
	t.Logf("24 sheets: %d shown, %d with the whole ID", shown, whole)
	if shown < 15 || whole < shown*8/10 {
		t.Errorf("of 24 sheets %d are shown, %d with the whole ID", shown, whole)
	}
}
