// Package picture makes small grey pictures of pages for people to look at.
package picture

import (
	"image"
	"image/draw"
)

// Grey is the image in grey; of a photo's own kind it is the brightness that is
// there already, and shares its memory.
func Grey(img image.Image) *image.Gray {
	switch img := img.(type) {
	case *image.Gray:
		return img
	case *image.YCbCr:
		return &image.Gray{Pix: img.Y, Stride: img.YStride, Rect: img.Rect}
	}
	out := image.NewGray(img.Bounds())
	draw.Draw(out, out.Rect, img, out.Rect.Min, draw.Src)
	return out
}

// Reduce makes one pixel of each square of that side: the mean, so that thin
// strokes stay. With a side of 1 it is the image itself.
func Reduce(img *image.Gray, side int) *image.Gray {
	if side <= 1 {
		return img
	}
	size := img.Rect.Size()
	out := image.NewGray(image.Rect(0, 0, max(size.X/side, 1), max(size.Y/side, 1)))
	for y := range out.Rect.Dy() {
		for x := range out.Rect.Dx() {
			sum, n := 0, 0
			for row := y * side; row < min((y+1)*side, size.Y); row++ {
				from := row*img.Stride + x*side
				for _, pixel := range img.Pix[from : from+min(side, size.X-x*side)] {
					sum += int(pixel)
					n++
				}
			}
			out.Pix[y*out.Stride+x] = uint8(sum / n)
		}
	}
	return out
}

// Within is the least side by which Reduce makes the image fit.
func Within(size image.Point, width, height int) int {
	return max((size.X+width-1)/width, (size.Y+height-1)/height, 1)
}
