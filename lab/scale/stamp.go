package main

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
)

// A stamp is the smallest picture that a worker takes for a page: it carries the number
// of its sheet, a bit a cell, most significant first, which the stub reads back.
const (
	stampBits = 24
	stampCell = 4
)

func stampSize() image.Rectangle { return image.Rect(0, 0, stampBits*stampCell, 8*stampCell) }

// stamp draws the picture of sheet n.
func stamp(n int) ([]byte, error) {
	page := image.NewGray(stampSize())
	for x := range page.Rect.Dx() {
		shade := uint8(255)
		if n>>(stampBits-1-x/stampCell)&1 == 1 {
			shade = 0
		}
		for y := range page.Rect.Dy() {
			page.Pix[y*page.Stride+x] = shade
		}
	}
	var out bytes.Buffer
	if err := png.Encode(&out, page); err != nil {
		return nil, fmt.Errorf("draw a stamp: %w", err)
	}
	return out.Bytes(), nil
}

// stamped is the number on a stamp.
func stamped(page image.Image) (n int) {
	box := page.Bounds()
	for bit := range stampBits {
		at := page.At(box.Min.X+bit*stampCell+stampCell/2, box.Min.Y+box.Dy()/2)
		n <<= 1
		if shade, ok := color.GrayModel.Convert(at).(color.Gray); ok && shade.Y < 128 {
			n |= 1
		}
	}
	return n
}
