package ppocr

import (
	"image"
	"math"
)

// strip is a text line on the page, in pixels: from left to right, around a
// middle line that passes through (left, middle) with a slope. Its ends are
// upright, which for the few degrees of a scan's skew is as good as turning.
type strip struct {
	left, right float64
	middle      float64 // y of the middle line at the left end
	slope       float64 // pixels down per pixel right
	height      float64
	parts       int // how many detected strips it joins, 0 for one
}

func (s strip) width() float64 { return s.right - s.left }

// at returns the page's point at u pixels from the left end and v from the top.
func (s strip) at(u, v float64) (x, y float64) {
	return s.left + u, s.middle + s.slope*u - s.height/2 + v
}

// middleAt is the middle line's y at the page's x.
func (s strip) middleAt(x float64) float64 { return s.middle + s.slope*(x-s.left) }

// scaled changes the unit of length.
func (s strip) scaled(by float64) strip {
	s.left, s.right, s.middle, s.height = s.left*by, s.right*by, s.middle*by, s.height*by
	return s
}

// grown adds across at both ends and changes the height by a factor.
func (s strip) grown(across, factor float64) strip {
	s.middle -= s.slope * across
	s.left, s.right, s.height = s.left-across, s.right+across, s.height*factor
	return s
}

// bounds is the upright rectangle around the strip.
func (s strip) bounds() image.Rectangle {
	a, b := s.middle, s.middleAt(s.right)
	return image.Rect(
		int(math.Floor(s.left)), int(math.Floor(min(a, b)-s.height/2)),
		int(math.Ceil(s.right)), int(math.Ceil(max(a, b)+s.height/2)),
	)
}

// joined is the strip that spans several strips of one row, given from left to
// right.
func joined(row []strip) strip {
	first, last := row[0], row[len(row)-1]
	if len(row) == 1 {
		return first
	}
	out := strip{left: first.left, right: last.right, parts: len(row)}
	x0, x1 := (first.left+first.right)/2, (last.left+last.right)/2
	if x1 > x0 {
		out.slope = (last.middleAt(x1) - first.middleAt(x0)) / (x1 - x0)
		out.slope = max(-maxSlope, min(maxSlope, out.slope))
	}
	out.middle = first.middleAt(x0) - out.slope*(x0-first.left)
	var above, below float64
	for _, s := range row {
		x := (s.left + s.right) / 2
		off := s.middleAt(x) - out.middleAt(x)
		above, below = max(above, s.height/2-off), max(below, s.height/2+off)
		out.right = max(out.right, s.right)
	}
	out.middle += (below - above) / 2
	out.height = above + below
	return out
}
