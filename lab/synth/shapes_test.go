package synth_test

import (
	"fmt"
	"image"
	"math"
	"testing"

	"hakbeon/lab/synth"
)

// inkOf returns the smallest rectangle around what is darker than half.
func inkOf(mask *image.Alpha) image.Rectangle {
	var out image.Rectangle
	for y := mask.Rect.Min.Y; y < mask.Rect.Max.Y; y++ {
		for x := mask.Rect.Min.X; x < mask.Rect.Max.X; x++ {
			if mask.AlphaAt(x, y).A > 127 {
				out = out.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	return out
}

// amount returns how many pixels the ink would fill.
func amount(mask *image.Alpha) float64 {
	var sum float64
	for _, a := range mask.Pix {
		sum += float64(a) / 255
	}
	return sum
}

// soft returns the share of the ink's pixels that are neither black nor empty.
func soft(mask *image.Alpha) float64 {
	var edge, ink float64
	for _, a := range mask.Pix {
		if a > 0 {
			ink++
		}
		if a > 20 && a < 235 {
			edge++
		}
	}
	return edge / ink
}

func TestEveryFormIsDrawn(t *testing.T) {
	for digit := range 10 {
		if n := synth.Forms(digit); n < 5 {
			t.Errorf("%d ways to write a %d, want at least 5", n, digit)
		}
		for form := range synth.Forms(digit) {
			t.Run(fmt.Sprintf("%d/%d", digit, form), func(t *testing.T) {
				mask, err := synth.DrawForm(digit, form)
				if err != nil {
					t.Fatal(err)
				}
				box := inkOf(mask)
				if box.Dy() < 55 || box.Dy() > 145 || box.Dx() > 85 {
					t.Errorf("ink covers %v, want a digit about 100 high", box)
				}
				if box.Max.Y < -25 || box.Max.Y > 30 {
					t.Errorf("ink ends at %d, want about the baseline at 0", box.Max.Y)
				}
				if n := amount(mask); n < 300 || n > 2500 {
					t.Errorf("%.0f pixels of ink", n)
				}
			})
		}
	}
}

func TestEverySourceDrawsEveryDigit(t *testing.T) {
	a := load(t)
	for _, source := range []synth.Source{synth.PenSource, synth.MNISTSource, synth.FontSource} {
		for digit := range 10 {
			for seed := range uint64(8) {
				mask, err := a.DrawDigit(seed, source, digit)
				if err != nil {
					t.Fatal(err)
				}
				box := inkOf(mask)
				if box.Dy() < 30 || box.Dy() > 170 || box.Min.X < -8 {
					t.Errorf("%v, seed %d: the ink of %d covers %v", source, seed, digit, box)
				}
				if soft(mask) < 0.05 {
					t.Errorf("%v, seed %d: %d is not antialiased", source, seed, digit)
				}
			}
		}
	}
}

func TestParseForm(t *testing.T) {
	tests := []struct {
		text         string
		lines, knots int
		ok           bool
	}{
		{"0,0 10,100", 1, 2, true},
		{"0,0 10,100! 20,-5.5 / 3,3 4,4", 2, 5, true},
		{"0,0 x,1", 0, 0, false},
		{"0,0 1,y", 0, 0, false},
		{"0,0 1", 0, 0, false},
	}
	for _, test := range tests {
		lines, knots, err := synth.ParseForm(test.text)
		if lines != test.lines || knots != test.knots || (err == nil) != test.ok {
			t.Errorf("%q: %d lines, %d knots, error %v", test.text, lines, knots, err)
		}
	}
}

func TestNoCharacterIsABox(t *testing.T) {
	a := load(t)
	text := "0123456789()+-=x/,.%*"
	for _, s := range append(synth.Words(), synth.Titles()...) {
		text += s
	}
	for face := range a.HandFaces() {
		box := a.NotDefined(face)
		for _, char := range text {
			if char == ' ' {
				continue
			}
			mask, err := a.Glyph(face, char)
			if err != nil {
				t.Fatal(err)
			}
			if amount(mask) < 5 {
				t.Errorf("face %d draws nothing for %q", face, char)
			}
			if amount(box) > 0 && mask.Rect == box.Rect && amount(mask) == amount(box) {
				t.Errorf("face %d draws the box of missing glyphs for %q", face, char)
			}
		}
	}
}

func TestMissingGlyphFallsBack(t *testing.T) {
	a := load(t)
	var fell int
	for face := range a.HandFaces() {
		for _, char := range "7A뷁똠쀍" {
			if a.OwnGlyph(face, char) {
				continue
			}
			fell++
			if mask, err := a.Glyph(face, char); err != nil || amount(mask) < 5 {
				t.Errorf("face %d: %q is not drawn by another font: %v", face, char, err)
			}
		}
	}
	if fell == 0 {
		t.Error("no face lacks any of the characters: nothing was tested")
	}
	if _, err := a.Glyph(0, '\U0001F600'); err == nil {
		t.Error("no error for a character that no font has")
	}
}

func TestStrokeHasItsWidth(t *testing.T) {
	tests := []struct{ x0, y0, x1, y1, width, want float64 }{
		{10, 10, 110, 10, 4, 4*100 + math.Pi*4},
		{10, 10, 10, 60, 7, 7*50 + math.Pi*3.5*3.5},
		{10, 10, 40, 50, 5, 5*50 + math.Pi*2.5*2.5},
		{20, 20, 20, 20, 10, math.Pi * 25},
	}
	for _, test := range tests {
		got := amount(synth.DrawLine(test.x0, test.y0, test.x1, test.y1, test.width))
		if math.Abs(got-test.want) > 0.03*test.want {
			t.Errorf("%+v: %.1f pixels of ink, want %.1f", test, got, test.want)
		}
	}
}

func TestSwollenGlyphGrows(t *testing.T) {
	a := load(t)
	last := 0.0
	for _, by := range []float64{0, 0.6, 1.2, 2, 2.5} {
		mask, err := a.Swell('한', by)
		if err != nil {
			t.Fatal(err)
		}
		if got := amount(mask); got <= last {
			t.Errorf("grown by %g: %.0f pixels of ink after %.0f", by, got, last)
		} else {
			last = got
		}
	}
}

func TestMapsGoThereAndBack(t *testing.T) {
	for _, p := range [][2]float64{{0, 0}, {1, 2}, {-300, 4000}} {
		if x, y := synth.AffineRoundTrip(p[0], p[1]); math.Hypot(x-p[0], y-p[1]) > 1e-9 {
			t.Errorf("%v comes back as %g, %g", p, x, y)
		}
		composed, inTurn := synth.AffineChain(p[0], p[1])
		if math.Hypot(composed[0]-inTurn[0], composed[1]-inTurn[1]) > 1e-9 {
			t.Errorf("%v goes to %v at once, to %v in turn", p, composed, inTurn)
		}
	}
}
