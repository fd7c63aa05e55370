package ppocr_test

import (
	"image"
	"image/color"
	"math"
	"testing"

	"hakbeon/internal/bench/ppocr"
)

func TestShrinkAverages(t *testing.T) {
	src := image.NewGray(image.Rect(0, 0, 5, 2))
	copy(src.Pix, []uint8{0, 100, 200, 50, 30, 20, 40, 60, 80, 255})
	tests := []struct {
		w, h int
		want []float32
	}{
		{5, 2, []float32{0, 100, 200, 50, 30, 20, 40, 60, 80, 255}},
		{1, 1, []float32{83.5}},
		{5, 1, []float32{10, 70, 130, 65, 142.5}},
		{2, 2, []float32{80, 72, 36, 143.8 + 2}}, // 2.5 pixels each
		{10, 2, []float32{0, 0, 100, 100, 200, 200, 50, 50, 30, 30, 20, 20, 40, 40, 60, 60, 80, 80, 255, 255}},
	}
	tests[3].want[3] = (0.5*60 + 80 + 255) / 2.5
	for _, tt := range tests {
		got := ppocr.Shrink(src, tt.w, tt.h)
		for i := range tt.want {
			if math.Abs(float64(got[i]-tt.want[i])) > 0.01 {
				t.Errorf("%dx%d: got %v, want %v", tt.w, tt.h, got, tt.want)
				break
			}
		}
	}
}

// TestStraighten cuts a slanted stroke out level.
func TestStraighten(t *testing.T) {
	page := image.NewGray(image.Rect(0, 0, 400, 120))
	for i := range page.Pix {
		page.Pix[i] = 255
	}
	for x := 50; x < 350; x++ {
		for y := range 9 {
			page.SetGray(x, 40+y+(x-50)/10, color.Gray{})
		}
	}
	got := ppocr.Straighten(page, ppocr.Strip{Left: 50, Right: 350, Middle: 44.5, Slope: 0.1, Height: 40}, 150, 20)
	for x := 2; x < 148; x++ {
		if top, middle := got[3*150+x], got[10*150+x]; top < 200 || middle > 60 {
			t.Fatalf("column %d: %.0f above the stroke and %.0f on it, want white and black", x, top, middle)
		}
	}
}

// TestJoined spans strips that lie beside each other, higher and lower, and
// slanted.
func TestJoined(t *testing.T) {
	tests := []struct {
		name string
		row  []ppocr.Strip
		want ppocr.Strip
	}{
		{"one alone", []ppocr.Strip{line(10, 50, 20, 8)}, line(10, 50, 20, 8)},
		{"two level", []ppocr.Strip{line(10, 50, 20, 8), line(60, 100, 20, 8)}, line(10, 100, 20, 8)},
		{"a small one between", []ppocr.Strip{line(0, 20, 50, 10), line(30, 40, 50, 4), line(50, 70, 50, 10)}, line(0, 70, 50, 10)},
		{"one within another", []ppocr.Strip{line(0, 200, 50, 10), line(90, 150, 50, 10)}, line(0, 200, 50, 10)},
		{"a lower one between", []ppocr.Strip{line(0, 20, 50, 10), line(30, 40, 54, 10), line(50, 70, 50, 10)}, line(0, 70, 52, 14)},
		{"rising", []ppocr.Strip{line(0, 100, 60, 10), line(100, 200, 50, 10)},
			ppocr.Strip{Left: 0, Right: 200, Middle: 65, Slope: -0.1, Height: 10}},
	}
	for _, tt := range tests {
		got := ppocr.Joined(tt.row...)
		for _, d := range []float64{got.Left - tt.want.Left, got.Right - tt.want.Right, got.Middle - tt.want.Middle, got.Slope - tt.want.Slope, got.Height - tt.want.Height} {
			if math.Abs(d) > 1e-9 {
				t.Errorf("%s: got %+v, want %+v", tt.name, got, tt.want)
				break
			}
		}
	}
}
