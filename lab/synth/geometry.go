package synth

import (
	"image"
	"math"
)

// vec is a point or a displacement; y grows downwards.
type vec struct{ x, y float64 }

func (p vec) add(q vec) vec           { return vec{p.x + q.x, p.y + q.y} }
func (p vec) sub(q vec) vec           { return vec{p.x - q.x, p.y - q.y} }
func (p vec) times(k float64) vec     { return vec{p.x * k, p.y * k} }
func (p vec) dot(q vec) float64       { return p.x*q.x + p.y*q.y }
func (p vec) length() float64         { return math.Hypot(p.x, p.y) }
func lerp(a, b, t float64) float64    { return a + (b-a)*t }
func clamp(v, lo, hi float64) float64 { return math.Max(lo, math.Min(hi, v)) }

// affine maps (x, y) to (a x + b y + c, d x + e y + f).
type affine struct{ a, b, c, d, e, f float64 }

func translate(x, y float64) affine { return affine{1, 0, x, 0, 1, y} }
func scale(x, y float64) affine     { return affine{x, 0, 0, 0, y, 0} }

// shear leans upright strokes to the right: k is the tangent of the slant.
func shear(k float64) affine { return affine{1, -k, 0, 0, 1, 0} }

// rotate turns clockwise on the page by an angle in radians.
func rotate(angle float64) affine {
	s, c := math.Sincos(angle)
	return affine{c, -s, 0, s, c, 0}
}

func (m affine) apply(p vec) vec {
	return vec{m.a*p.x + m.b*p.y + m.c, m.d*p.x + m.e*p.y + m.f}
}

// then returns the map that applies m first and n after it.
func (m affine) then(n affine) affine {
	return affine{
		n.a*m.a + n.b*m.d, n.a*m.b + n.b*m.e, n.a*m.c + n.b*m.f + n.c,
		n.d*m.a + n.e*m.d, n.d*m.b + n.e*m.e, n.d*m.c + n.e*m.f + n.f,
	}
}

// inverse returns the map back. The maps here never collapse an area.
func (m affine) inverse() affine {
	det := m.a*m.e - m.b*m.d
	a, b, d, e := m.e/det, -m.b/det, -m.d/det, m.a/det
	return affine{a, b, -(a*m.c + b*m.f), d, e, -(d*m.c + e*m.f)}
}

// size returns by how much m enlarges lengths, on average.
func (m affine) size() float64 { return math.Sqrt(math.Abs(m.a*m.e - m.b*m.d)) }

// box is a rectangle that grows with the points added to it.
type box struct{ min, max vec }

func emptyBox() box {
	return box{vec{math.Inf(1), math.Inf(1)}, vec{math.Inf(-1), math.Inf(-1)}}
}

func (b box) with(p vec) box {
	return box{
		vec{math.Min(b.min.x, p.x), math.Min(b.min.y, p.y)},
		vec{math.Max(b.max.x, p.x), math.Max(b.max.y, p.y)},
	}
}

// through returns the box around b's four corners after m.
func (b box) through(m affine) box {
	out := emptyBox()
	for _, p := range []vec{b.min, {b.max.x, b.min.y}, b.max, {b.min.x, b.max.y}} {
		out = out.with(m.apply(p))
	}
	return out
}

// pixels returns the pixels that b touches, with a margin around them.
func (b box) pixels(margin float64) image.Rectangle {
	if b.min.x > b.max.x {
		return image.Rectangle{}
	}
	return image.Rect(
		int(math.Floor(b.min.x-margin)), int(math.Floor(b.min.y-margin)),
		int(math.Ceil(b.max.x+margin)), int(math.Ceil(b.max.y+margin)))
}
