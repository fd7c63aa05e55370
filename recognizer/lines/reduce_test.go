package lines_test

import (
	"fmt"
	"image"
	"math/rand/v2"
	"testing"

	"hakbeon/recognizer/lines"
)

// TestQuarterIsHalfOfHalf compares on pages whose sides are no multiples of four,
// cut out of larger ones.
func TestQuarterIsHalfOfHalf(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	whole := image.NewGray(image.Rect(0, 0, 103, 57))
	for i := range whole.Pix {
		whole.Pix[i] = uint8(rng.IntN(256))
	}
	for _, size := range []image.Point{{4, 4}, {7, 5}, {8, 8}, {20, 9}, {41, 30}, {102, 56}} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			page := &image.Gray{Pix: whole.Pix[whole.Stride+1:], Stride: whole.Stride, Rect: image.Rectangle{Max: size}}
			got, want := lines.Quarter(page), lines.Halve(lines.Halve(page))
			if got.Rect != want.Rect {
				t.Fatalf("got %v, want %v", got.Rect, want.Rect)
			}
			for i, v := range want.Pix {
				if d := int(got.Pix[i]) - int(v); d < -1 || d > 1 { // halving twice rounds twice
					t.Fatalf("pixel %d is %d, want %d", i, got.Pix[i], v)
				}
			}
		})
	}
}
