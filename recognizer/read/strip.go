package read

import (
	"image"
	"math"
)

// Strip is a row of text on a page, at any angle, in pixels: Length along the
// direction of reading, from the middle of its left end on, and Height across.
// Pixel (0, 0) reaches from 0 to 1.
type Strip struct {
	X, Y           float64 // the middle of the left end
	Right, Down    float64 // the direction of reading, of length 1
	Length, Height float64
}

// Between is the strip around the line from one point to another.
func Between(x0, y0, x1, y1, height float64) Strip {
	length := max(math.Hypot(x1-x0, y1-y0), 1)
	return Strip{X: x0, Y: y0, Right: (x1 - x0) / length, Down: (y1 - y0) / length, Length: length, Height: height}
}

// Part is the strip from one length along it to another, which may lie beyond its
// ends, and of another height.
func (s Strip) Part(from, to, height float64) Strip {
	s.X, s.Y = s.X+from*s.Right, s.Y+from*s.Down
	s.Length, s.Height = to-from, height
	return s
}

// Reversed is the strip as somebody sees it who turns the page upside down.
func (s Strip) Reversed() Strip {
	s.X, s.Y = s.X+s.Length*s.Right, s.Y+s.Length*s.Down
	s.Right, s.Down = -s.Right, -s.Down
	return s
}

// Turn is how far the page must be turned for the strip to run to the right.
func (s Strip) Turn() Turn {
	switch {
	case math.Abs(s.Right) >= math.Abs(s.Down) && s.Right > 0:
		return 0
	case math.Abs(s.Right) >= math.Abs(s.Down):
		return 2
	case s.Down < 0:
		return 1
	}
	return 3
}

// Bounds is the upright rectangle around the strip.
func (s Strip) Bounds() image.Rectangle {
	x1, y1 := s.X+s.Length*s.Right, s.Y+s.Length*s.Down
	across, up := math.Abs(s.Down)*s.Height/2, math.Abs(s.Right)*s.Height/2
	return image.Rect(
		int(math.Floor(min(s.X, x1)-across)), int(math.Floor(min(s.Y, y1)-up)),
		int(math.Ceil(max(s.X, x1)+across)), int(math.Ceil(max(s.Y, y1)+up)),
	)
}
