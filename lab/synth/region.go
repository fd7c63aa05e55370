package synth

import (
	"cmp"
	"math"
	"slices"
)

// RegionKind is what stands in a Region.
type RegionKind int

// The kinds of regions.
const (
	IDRow         RegionKind = iota // the student ID, by hand; with gaps in it, too, it is one row
	DigitRow                        // another row by hand of three digits or more
	NameHand                        // the name in the name's field, by hand
	OtherHand                       // anything else by hand: words, single digits, scribbles
	PrintedLine                     // a line of printed text, or a part of one
	BackInk                         // what shines through from the back, mirrored
	FilledBubbles                   // bubbles that were filled in, below a row of digits or as answers
)

// Point is a place in a picture, in pixels from its upper left corner.
type Point struct{ X, Y float64 }

// Region is a piece of ink of one kind.
type Region struct {
	Kind RegionKind
	// Quad are the corners in reading direction: upper left, upper right, lower
	// right, lower left of the ink. The upper side runs along the digits' tops
	// and the lower one along their base line, on average.
	Quad [4]Point
	// Height is that of the digits, or of the ink, in pixels.
	Height float64
}

// quad are four corners as those of a Region.
type quad [4]vec

// quadOf is the rectangle of a box.
func (b box) quad() quad {
	return quad{b.min, {b.max.x, b.min.y}, b.max, {b.min.x, b.max.y}}
}

func (q quad) through(f func(vec) vec) quad {
	for i, p := range q {
		q[i] = f(p)
	}
	return q
}

// height is the mean length of a quad's left and right side.
func (q quad) height() float64 {
	return (q[3].sub(q[0]).length() + q[2].sub(q[1]).length()) / 2
}

func (q quad) region(kind RegionKind) Region {
	r := Region{Kind: kind, Height: q.height()}
	for i, p := range q {
		r.Quad[i] = Point{p.x, p.y}
	}
	return r
}

// around lays a quad around characters' boxes: its sides run along a line fitted to
// the boxes' middles, its height is the boxes' median height.
func around(boxes []box) quad {
	left, right := math.Inf(1), math.Inf(-1)
	heights := make([]float64, len(boxes))
	for i, b := range boxes {
		left, right = math.Min(left, b.min.x), math.Max(right, b.max.x)
		heights[i] = b.max.y - b.min.y
	}
	slices.Sort(heights)
	half := heights[len(heights)/2] / 2
	at, slope := fitLine(boxes)
	y := func(x float64) float64 { return at.y + slope*(x-at.x) }
	return quad{{left, y(left) - half}, {right, y(right) - half}, {right, y(right) + half}, {left, y(left) + half}}
}

// fitLine fits a line to the boxes' middles by least squares. Few boxes make a level one.
func fitLine(boxes []box) (at vec, slope float64) {
	n := float64(len(boxes))
	middle := func(b box) vec { return b.min.add(b.max).times(0.5) }
	for _, b := range boxes {
		at = at.add(middle(b).times(1 / n))
	}
	var xx, xy float64
	for _, b := range boxes {
		d := middle(b).sub(at)
		xx, xy = xx+d.x*d.x, xy+d.x*d.y
	}
	if len(boxes) < 4 || xx == 0 {
		return at, 0
	}
	return at, clamp(xy/xx, -0.2, 0.2)
}

// regionsInOrder puts the ID first, then by place, so that truth doesn't depend on
// the order of drawing.
func regionsInOrder(regions []Region) {
	slices.SortStableFunc(regions, func(a, b Region) int { return cmp.Compare(a.Kind, b.Kind) })
}
