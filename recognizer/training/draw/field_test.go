package main

import (
	"image"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hakbeon/lab/synth"
)

// rowOf are characters of 20 x 30 pixels, 10 apart, from 100, 100 on.
func rowOf(text string) []synth.Glyph {
	var out []synth.Glyph
	for i, char := range text {
		out = append(out, synth.Glyph{Char: char, Box: image.Rect(100+30*i, 100, 120+30*i, 130)})
	}
	return out
}

func TestSeen(t *testing.T) {
	level := func(left, right, top, bottom float64) strip {
		return strip{left: left, right: right, middle: (top + bottom) / 2, height: bottom - top}
	}
	above := append(rowOf("12"), synth.Glyph{Char: '5', Box: image.Rect(101, 80, 119, 98)})
	for name, test := range map[string]struct {
		glyphs []synth.Glyph
		strip  strip
		want   []byte
		ok     bool
	}{
		"all":                     {rowOf("x0-19"), level(90, 260, 95, 135), []byte{other, 1, 2, 10}, true},
		"without the label":       {rowOf("x0-19"), level(125, 260, 95, 135), []byte{1, 2, 10}, true},
		"the last one cut":        {rowOf("123"), level(90, 170, 95, 135), []byte{2, 3, other}, true},
		"the last one hardly in":  {rowOf("123"), level(90, 165, 95, 135), []byte{2, 3}, true},
		"too low for digits":      {rowOf("12"), level(90, 200, 118, 150), nil, true},
		"half of the height":      {rowOf("12"), level(90, 200, 112, 150), []byte{other, other}, true},
		"something stands above":  {above, level(90, 200, 70, 135), nil, false},
		"what is above is cut":    {above, level(90, 200, 95, 135), []byte{2, 3}, true},
		"nothing in it but paper": {nil, level(90, 200, 95, 135), nil, true},
	} {
		got, ok := seen(&synth.Truth{Glyphs: test.glyphs}, test.strip, false)
		if ok != test.ok || ok && !cmp.Equal(got, test.want) {
			t.Errorf("%s: got %v, %v, want %v, %v", name, got, ok, test.want, test.ok)
		}
	}
}

// TestAlong holds strips against what the field finder promises.
func TestAlong(t *testing.T) {
	var digits []image.Rectangle
	for _, g := range rowOf("32171720") {
		digits = append(digits, g.Box)
	}
	const high, left, right, middle = 30.0, 100.0, 330.0, 115.0
	rng := rand.New(rand.NewPCG(1, 1))
	short := 0
	for range 1000 {
		s := along(rng, digits, 0)
		if s.height < 1.2*high-1e-9 || s.height > 2.1*high+1e-9 {
			t.Fatalf("a strip is %g high, want 1.2 to 2.1 of %g", s.height, high)
		}
		if off := math.Abs(s.middleAt((left+right)/2) - middle); off > 0.15*high+1e-9 {
			t.Fatalf("a strip lies %g off the digits' middle", off)
		}
		if math.Abs(s.slope) > math.Tan(1.5*math.Pi/180)+1e-9 {
			t.Fatalf("a strip has the slope %g", s.slope)
		}
		switch {
		case s.left > left || s.right < right:
			short++
		case left-s.left < 0.3*high-1e-9 || s.right-right < 0.3*high-1e-9 || left-s.left > 1.3*high+1e-9:
			t.Fatalf("a strip goes from %g to %g", s.left, s.right)
		}
	}
	if short < 60 || short > 180 {
		t.Errorf("%d of 1000 strips are cut short, want about one in eight", short)
	}
}
