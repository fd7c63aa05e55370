package read_test

import (
	"image"
	"testing"

	"hakbeon/recognizer/read"
)

// TestTurns turns a small page and finds each of its pixels where it belongs, also
// on a page that is a part of a larger one.
func TestTurns(t *testing.T) {
	whole := image.NewGray(image.Rect(0, 0, 90, 80))
	for i := range whole.Pix {
		whole.Pix[i] = uint8(7 * i)
	}
	part := &image.Gray{Pix: whole.Pix[5:], Stride: whole.Stride, Rect: image.Rect(0, 0, 70, 75)}
	for turn := range read.Turn(4) {
		got := turn.Apply(part)
		for y := range got.Rect.Dy() {
			for x := range got.Rect.Dx() {
				from := turn.Back(image.Rect(x, y, x+1, y+1), part.Rect.Size())
				if from.Dx() != 1 || from.Dy() != 1 || got.GrayAt(x, y) != part.GrayAt(from.Min.X, from.Min.Y) {
					t.Fatalf("turn %d: %d,%d doesn't come from %v", turn, x, y, from)
				}
			}
		}
	}
}
