package recognizer_test

import (
	"image"
	"image/color"
	"image/draw"
	"math"
	"testing"

	"hakbeon/recognizer"
)

// TestGreyOfEveryKind draws the same picture in every kind of image, at an odd
// origin, and expects nearly the same brightness.
func TestGreyOfEveryKind(t *testing.T) {
	r := image.Rect(3, 5, 23, 18)
	picture := func(x, y int) color.RGBA {
		return color.RGBA{uint8(10 * x), uint8(12 * y), uint8(x * y), 255}
	}
	kinds := map[string]draw.Image{
		"RGBA": image.NewRGBA(r), "NRGBA": image.NewNRGBA(r), "Gray": image.NewGray(r),
		"RGBA64": image.NewRGBA64(r), "Gray16": image.NewGray16(r), "CMYK": image.NewCMYK(r),
	}
	for name, img := range kinds {
		for y := r.Min.Y; y < r.Max.Y; y++ {
			for x := r.Min.X; x < r.Max.X; x++ {
				img.Set(x, y, picture(x, y))
			}
		}
		g := recognizer.Grey(img)
		if g.Rect != image.Rect(0, 0, 20, 13) {
			t.Fatalf("%s: rectangle %v, want 20x13 at the origin", name, g.Rect)
		}
		for y := range 13 {
			for x := range 20 {
				want := color.GrayModel.Convert(picture(x+3, y+5)).(color.Gray).Y
				if got := g.GrayAt(x, y).Y; math.Abs(float64(got)-float64(want)) > 2 {
					t.Fatalf("%s: brightness %d at %d,%d, want %d", name, got, x, y, want)
				}
			}
		}
	}
}

func TestGreySharesLuma(t *testing.T) {
	img := image.NewYCbCr(image.Rect(0, 0, 16, 8), image.YCbCrSubsampleRatio420)
	sub := img.SubImage(image.Rect(4, 2, 12, 8)).(*image.YCbCr)
	img.Y[img.YOffset(5, 3)] = 99
	g := recognizer.Grey(sub)
	if g.Rect != image.Rect(0, 0, 8, 6) || g.GrayAt(1, 1).Y != 99 || &g.Pix[0] != &sub.Y[0] {
		t.Errorf("got %v with %d at 1,1, want a view of the luma plane", g.Rect, g.GrayAt(1, 1).Y)
	}
}

func TestGreyPaletted(t *testing.T) {
	p := image.NewPaletted(image.Rect(2, 2, 6, 4), color.Palette{color.White, color.Black, color.Transparent})
	p.SetColorIndex(3, 2, 1)
	p.SetColorIndex(4, 3, 2)
	g := recognizer.Grey(p)
	for _, tt := range []struct {
		x, y int
		want uint8
	}{{0, 0, 255}, {1, 0, 0}, {2, 1, 255}} {
		if got := g.GrayAt(tt.x, tt.y).Y; got != tt.want {
			t.Errorf("brightness %d at %d,%d, want %d", got, tt.x, tt.y, tt.want)
		}
	}
}

// TestGreyPutsTransparencyOnPaper expects what can't be seen to be white.
func TestGreyPutsTransparencyOnPaper(t *testing.T) {
	half := color.NRGBA{0, 0, 0, 128}
	for _, img := range []draw.Image{image.NewRGBA(image.Rect(0, 0, 2, 1)), image.NewNRGBA(image.Rect(0, 0, 2, 1)), image.NewRGBA64(image.Rect(0, 0, 2, 1))} {
		img.Set(0, 0, half)
		g := recognizer.Grey(img)
		if a, b := g.GrayAt(0, 0).Y, g.GrayAt(1, 0).Y; a < 126 || a > 129 || b != 255 {
			t.Errorf("%T: half black is %d and nothing is %d, want 127 and 255", img, a, b)
		}
	}
}
