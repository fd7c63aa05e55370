package read_test

import (
	"image"
	"math"
	"testing"

	"hakbeon/recognizer/read"
)

// TestCutAtAnyAngle draws a strip of stripes at an angle and expects to see them
// upright in the picture that is cut out.
func TestCutAtAnyAngle(t *testing.T) {
	const height, length = 40.0, 200.0
	for angle := 0.0; angle < 360; angle += 15 {
		sin, cos := math.Sincos(angle * math.Pi / 180)
		s := read.Strip{X: 300 - cos*length/2, Y: 300 - sin*length/2, Right: cos, Down: sin, Length: length, Height: height}
		page := image.NewGray(image.Rect(0, 0, 600, 600))
		for i := range page.Pix {
			x, y := float64(i%600)+0.5-s.X, float64(i/600)+0.5-s.Y
			u, v := x*cos+y*sin, y*cos-x*sin
			page.Pix[i] = 255
			// A stripe a quarter of the strip from its left end, in its upper half.
			if u > 0.25*length && u < 0.3*length && v > -height/2 && v < 0 {
				page.Pix[i] = 0
			}
		}
		got := read.Cut(page, s, 32, 1, 384)
		if got.Width != 160 || got.Height != 32 {
			t.Fatalf("%g degrees: %d x %d pixels", angle, got.Width, got.Height)
		}
		for y := range got.Height {
			for x := range got.Width {
				u, v := (float64(x)+0.5)/160, (float64(y)+0.5)/32
				if math.Abs(u-0.25) < 0.01 || math.Abs(u-0.3) < 0.01 || math.Abs(v-0.5) < 0.04 || v < 0.04 {
					continue
				}
				inside := u > 0.25 && u < 0.3 && v < 0.5
				if ink := got.Ink[y*160+x]; inside && ink < 0.9 || !inside && ink > 0.1 {
					t.Fatalf("%g degrees: ink %g at %d, %d", angle, ink, x, y)
				}
			}
		}
	}
}

func TestCutOffThePage(t *testing.T) {
	page := image.NewGray(image.Rect(0, 0, 50, 50))
	got := read.Cut(page, read.Between(500, 500, 600, 500, 30), 32, 1, 384)
	for _, v := range got.Ink {
		if v != 0 {
			t.Fatal("there is ink where no page is")
		}
	}
	if wide := read.Cut(page, read.Between(0, 25, 5000, 25, 10), 32, 1, 384); wide.Width != 384 {
		t.Errorf("a long strip is %d pixels wide, want 384", wide.Width)
	}
}

func TestStripTurns(t *testing.T) {
	for _, c := range []struct {
		x, y float64
		want read.Turn
	}{{10, 1, 0}, {1, -10, 1}, {-10, -1, 2}, {-1, 10, 3}} {
		s := read.Between(100, 100, 100+c.x, 100+c.y, 8)
		if got := s.Turn(); got != c.want {
			t.Errorf("along (%g, %g): turn %d, want %d", c.x, c.y, got, c.want)
		}
		if got, want := s.Reversed().Turn(), (c.want+2)%4; got != want {
			t.Errorf("along (%g, %g) reversed: turn %d, want %d", c.x, c.y, got, want)
		}
		if b := s.Bounds(); !image.Pt(100, 100).In(b) || b.Dx() > 20 || b.Dy() > 20 {
			t.Errorf("along (%g, %g): bounds %v", c.x, c.y, b)
		}
	}
}

func TestPart(t *testing.T) {
	s := read.Between(0, 100, 0, 0, 10).Part(20, 130, 24) // runs up
	if s.X != 0 || s.Y != 80 || s.Length != 110 || s.Height != 24 {
		t.Errorf("got %+v", s)
	}
	if b := s.Bounds(); b != image.Rect(-12, -30, 12, 80) {
		t.Errorf("bounds %v", b)
	}
}
