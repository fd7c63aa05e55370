package lines_test

import (
	"fmt"
	"image"
	"image/color"

	"hakbeon/recognizer/lines"
)

// Eight strokes of a pen side by side are a candidate.
func Example() {
	page := image.NewGray(image.Rect(0, 0, 600, 800))
	for i := range page.Pix {
		page.Pix[i] = 255
	}
	for digit := range 8 {
		for y := 100; y < 130; y++ {
			for x := range 6 {
				page.SetGray(200+20*digit+x, y, color.Gray{})
			}
		}
	}
	for _, c := range lines.Find(page) {
		fmt.Println(c.Bounds())
	}
	// Output: (200,100)-(346,130)
}
