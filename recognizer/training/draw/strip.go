package main

import (
	"image"

	"hakbeon/recognizer/read"
)

// strip is a text line, or a part of one, in pixels of a drawn page: from left to right
// around a middle line that passes through (left, middle) with a slope.
type strip struct {
	left, right float64
	middle      float64 // y of the middle line at the left end
	slope       float64 // pixels down per pixel right
	height      float64
}

func (s strip) width() float64 { return s.right - s.left }

// middleAt is the middle line's y at the page's x.
func (s strip) middleAt(x float64) float64 { return s.middle + s.slope*(x-s.left) }

// lineHeight is the height of the line model's input in pixels.
const lineHeight = 32

// cropWidth is how wide a strip becomes, in pixels of a crop.
func (s strip) cropWidth(stretch float64) float64 { return stretch * s.width() * lineHeight / s.height }

// cut makes a crop of a strip as the reader does.
func (s strip) cut(page *image.Gray, stretch float64) read.LineImage {
	along := read.Between(s.left, s.middle, s.right, s.middleAt(s.right), s.height)
	return read.Cut(page, along, lineHeight, stretch, maxWidth)
}
