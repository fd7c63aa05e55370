package synth

import (
	"image"
	"math"
)

// dab is the pen at one moment: where it is, how wide it draws (1 is its usual
// width) and how much ink it leaves (0 to 1).
type dab struct {
	at         vec
	width, ink float64
}

// strokes are lines drawn by a pen whose width is counted in pixels of the page.
type strokes struct {
	lines  [][]dab
	pen    float64
	extent box
}

func newStrokes(pen float64, lines ...[]dab) *strokes {
	s := &strokes{lines: lines, pen: pen, extent: emptyBox()}
	for _, line := range lines {
		for _, d := range line {
			s.extent = s.extent.with(d.at)
		}
	}
	return s
}

func (s *strokes) bounds() box { return s.extent }

// through returns the same strokes with every point mapped.
func (s *strokes) through(m affine) *strokes {
	lines := make([][]dab, len(s.lines))
	for i, line := range s.lines {
		for _, d := range line {
			d.at = m.apply(d.at)
			lines[i] = append(lines[i], d)
		}
	}
	return newStrokes(s.pen, lines...)
}

// first and last return where the pen touched down and where it lifted.
func (s *strokes) first() vec { return s.lines[0][0].at }

func (s *strokes) last() vec {
	line := s.lines[len(s.lines)-1]
	return line[len(line)-1].at
}

// mask draws the lines after m, antialiased; where they cross, the darker one counts.
func (s *strokes) mask(m affine) *image.Alpha {
	out := image.NewAlpha(s.extent.through(m).pixels(s.pen + 2))
	for _, line := range s.lines {
		for i := range line {
			from := line[max(i-1, 0)]
			drawSegment(out, m.apply(from.at), m.apply(line[i].at), s.pen/2, from, line[i])
		}
	}
	return out
}

// drawSegment draws a straight piece with round ends; its radius and ink run
// evenly from those of one dab to those of the other.
func drawSegment(out *image.Alpha, p, q vec, radius float64, from, to dab) {
	reach := radius*math.Max(from.width, to.width) + 1
	area := emptyBox().with(p).with(q).pixels(reach).Intersect(out.Rect)
	along := q.sub(p)
	norm := math.Max(along.dot(along), 1e-9)
	for y := area.Min.Y; y < area.Max.Y; y++ {
		row := out.Pix[(y-out.Rect.Min.Y)*out.Stride:]
		for x := area.Min.X; x < area.Max.X; x++ {
			d := vec{float64(x) + 0.5, float64(y) + 0.5}.sub(p)
			t := math.Max(0, math.Min(1, d.dot(along)/norm))
			off := d.sub(along.times(t))
			r := radius * (from.width + (to.width-from.width)*t)
			cover := r + 0.5 - math.Sqrt(off.dot(off))
			if cover <= 0 {
				continue
			}
			a := uint8(255 * math.Min(1, cover) * math.Min(1, 2*r) * (from.ink + (to.ink-from.ink)*t))
			at := x - out.Rect.Min.X
			row[at] = max(row[at], a)
		}
	}
}

// curve runs a smooth line through the knots (Catmull-Rom), breaking at corners.
func curve(knots []knot) []vec {
	const steps = 7
	out := []vec{knots[0].vec}
	for i := 0; i+1 < len(knots); i++ {
		p1, p2 := knots[i], knots[i+1]
		p0, p3 := p1.vec, p2.vec
		if i > 0 && !p1.corner {
			p0 = knots[i-1].vec
		}
		if i+2 < len(knots) && !p2.corner {
			p3 = knots[i+2].vec
		}
		for k := 1; k <= steps; k++ {
			out = append(out, catmullRom(p0, p1.vec, p2.vec, p3, float64(k)/steps))
		}
	}
	return out
}

func catmullRom(p0, p1, p2, p3 vec, t float64) vec {
	a := p1.times(2)
	b := p2.sub(p0).times(t)
	c := p0.times(2).sub(p1.times(5)).add(p2.times(4)).sub(p3).times(t * t)
	d := p1.times(3).sub(p0).sub(p2.times(3)).add(p3).times(t * t * t)
	return a.add(b).add(c).add(d).times(0.5)
}
