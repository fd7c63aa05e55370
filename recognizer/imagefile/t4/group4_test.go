package t4_test

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"io"
	"math/rand/v2"
	"testing"

	"golang.org/x/image/ccitt"

	"hakbeon/recognizer/imagefile/t4"
)

// bitmap is a page of runs about as long as said.
func bitmap(size image.Point, long int, seed uint64) *image.Gray {
	r := rand.New(rand.NewPCG(seed, 0))
	page := image.NewGray(image.Rectangle{Max: size})
	for y := range size.Y {
		black := false
		for x := range size.X {
			if r.IntN(long) == 0 {
				black = !black
			}
			if y > 0 && r.IntN(3) > 0 { // rows are like the ones above
				black = page.GrayAt(x, y-1).Y == 0
			}
			if !black {
				page.SetGray(x, y, color.Gray{Y: 255})
			}
		}
	}
	return page
}

// TestGroup4 has another's reader unpack what was packed.
func TestGroup4(t *testing.T) {
	for i, tt := range []struct {
		size image.Point
		long int
	}{
		{image.Pt(1, 1), 1}, {image.Pt(64, 9), 1}, {image.Pt(127, 50), 4}, {image.Pt(1654, 80), 30}, {image.Pt(6000, 20), 4000}, {image.Pt(33, 40), 1 << 30},
	} {
		page := bitmap(tt.size, tt.long, uint64(i))
		packed := t4.Group4(page)
		rows := make([]byte, (tt.size.X+7)/8*tt.size.Y)
		r := ccitt.NewReader(bytes.NewReader(packed), ccitt.MSB, ccitt.Group4, tt.size.X, tt.size.Y, &ccitt.Options{})
		if _, err := io.ReadFull(r, rows); err != nil {
			t.Fatalf("%v: %v", tt.size, err)
		}
		for y := range tt.size.Y {
			for x := range tt.size.X {
				white := rows[y*((tt.size.X+7)/8)+x/8]>>(7-x%8)&1 == 1
				if white != (page.GrayAt(x, y).Y > 127) {
					t.Fatalf("%v: at %d, %d white is %v", tt.size, x, y, white)
				}
			}
		}
	}
}

func ExampleGroup4() {
	page := image.NewGray(image.Rect(0, 0, 8, 2)) // all black
	fmt.Printf("%x\n", t4.Group4(page))
	// Output: 26a2e0020020
}
