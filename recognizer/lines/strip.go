package lines

import (
	"image"
	"math"
)

// Strip is a text line, or a part of one, in pixels of the page: from Left to Right
// around a middle line that passes through (Left, Middle) with a slope. Its ends
// are upright, which for the few degrees of a scan's skew is as good as turning.
type Strip struct {
	Left, Right float64
	Middle      float64 // y of the middle line at the left end
	Slope       float64 // pixels down per pixel right
	Height      float64
}

// Width is the strip's length from left to right.
func (s Strip) Width() float64 { return s.Right - s.Left }

// at returns the page's point at u pixels from the left end and v from the top.
func (s Strip) at(u, v float64) (x, y float64) {
	return s.Left + u, s.Middle + s.Slope*u - s.Height/2 + v
}

// MiddleAt is the middle line's y at the page's x.
func (s Strip) MiddleAt(x float64) float64 { return s.Middle + s.Slope*(x-s.Left) }

// Bounds is the upright rectangle around the strip.
func (s Strip) Bounds() image.Rectangle {
	a, b := s.Middle, s.MiddleAt(s.Right)
	return image.Rect(
		int(math.Floor(s.Left)), int(math.Floor(min(a, b)-s.Height/2)),
		int(math.Ceil(s.Right)), int(math.Ceil(max(a, b)+s.Height/2)),
	)
}
