package synth

import (
	"math"
	"strconv"
)

// combLook is how the boxes of a comb are ruled.
type combLook int

const (
	combBoxes    combLook = iota // touching boxes
	combApart                    // boxes with gaps between
	combTeeth                    // a line with ticks
	combDashed                   // a box divided by dashed lines
	combUnders                   // a short line below each character
	combSplit                    // boxes in two groups
	combHalves                   // two boxes, half of the characters in each
	combInvented                 // cells of an outline that is the form's own
)

func combLooks() []combLook {
	return []combLook{combBoxes, combBoxes, combBoxes, combBoxes, combApart, combApart, combTeeth, combDashed, combUnders, combSplit, combHalves, combInvented, combInvented, combInvented}
}

// frameLook is what is ruled around a field.
type frameLook int

const (
	frameNone frameLook = iota
	frameUnder
	frameDots
	frameBox
	frameTint
	frameComb
	frameInvented // strokes that stand anywhere around it
)

// fieldLook is what a form's fields look like.
type fieldLook struct {
	frame       frameLook
	comb        combLook
	pitch, high float64 // of a comb's boxes
	tint        ink
	// cell and around are what an invented look rules for each cell of a comb and around
	// a field; from 0, 0 at the upper left to 1, 1 at the lower right.
	cell, around []stretch
}

// stretch is a ruled stroke, dashed where dash isn't 0.
type stretch struct {
	from, to vec
	dash     float64
}

// outline invents a cell: a polygon of three to eight corners, the two ends of some of
// whose sides don't meet.
func (c *composer) outline() []stretch {
	corners := make([]vec, 3+c.random.IntN(6))
	turn, wide := c.between(0, 2*math.Pi), c.between(0.4, 0.6)
	for i := range corners {
		angle := turn + (float64(i)+c.between(-0.25, 0.25))*2*math.Pi/float64(len(corners))
		corners[i] = vec{0.5 + wide*math.Cos(angle), 0.5 + 0.55*math.Sin(angle)}
	}
	keep, dash := c.between(0.5, 1.3), pick(c.random, []float64{0, 0, 0.4})
	var out []stretch
	for i, p := range corners {
		if c.chance(keep) {
			out = append(out, stretch{p, corners[(i+1)%len(corners)], dash})
		}
	}
	return out
}

// surround invents what is ruled around a field: one to five strokes along its sides,
// short or long, inside or outside.
func (c *composer) surround() []stretch {
	out := make([]stretch, 1+c.random.IntN(5))
	for i := range out {
		from := c.between(-0.05, 0.8)
		s := stretch{vec{from, c.between(-0.1, 0.2)}, vec{from + c.between(0.05, 1), 0}, pick(c.random, []float64{0, 0, 0.4})}
		s.to.y = s.from.y
		if c.chance(0.7) {
			s.from.y, s.to.y = 1-s.from.y, 1-s.to.y
		}
		if c.chance(0.3) { // an upright one, at either end
			s.from, s.to = vec{s.from.y - 0.05, s.from.x}, vec{s.to.y - 0.05, s.to.x}
		}
		out[i] = s
	}
	return out
}

// strokes rules an invented look over a box.
func (c *composer) strokes(list []stretch, b box) {
	w, h := b.max.x-b.min.x, b.max.y-b.min.y
	at := func(p vec) vec { return vec{b.min.x + w*p.x, b.min.y + h*p.y} }
	for _, s := range list {
		c.ruleOf(at(s.from), at(s.to), s.dash)
	}
}

// anyLook invents a look for an ID's field with room of a width.
func (c *composer) anyLook(width float64) fieldLook {
	f := fieldLook{
		frame: pick(c.random, []frameLook{frameNone, frameNone, frameNone, frameUnder, frameUnder, frameDots, frameBox, frameBox, frameTint, frameComb, frameComb, frameComb, frameComb, frameInvented, frameInvented, frameInvented}),
		comb:  pick(c.random, combLooks()), tint: c.tint(), cell: c.outline(), around: c.surround(),
	}
	f.pitch = min(c.digit*c.between(0.8, 2), width/float64(c.chars))
	f.high = min(c.digit, f.pitch*1.3) * c.between(1.15, 1.9)
	return f
}

// comb rules boxes from the left end of their lower edge, leaves room in them and
// returns where they end.
func (c *composer) comb(f fieldLook, s slot, n int, at vec) float64 {
	gap, first := 0.0, len(c.items)
	if f.comb == combApart || f.comb == combUnders || f.comb == combInvented && len(f.cell)%2 == 0 {
		gap = f.pitch * c.between(0.08, 0.3)
	}
	x := at.x
	index := c.chance(0.06)
	for i := range n {
		if (f.comb == combSplit || f.comb == combHalves) && i == n/2 {
			x += f.pitch * 0.8
		}
		cell := [2]float64{x, x + f.pitch - gap}
		s.cells = append(s.cells, [2]float64{cell[0] - at.x, cell[1] - at.x})
		b := box{vec{cell[0], at.y - f.high}, vec{cell[1], at.y}}
		c.tooth(f, b, i == 0 || f.comb == combHalves && i == n/2, i == n-1 || f.comb == combHalves && i == n/2-1)
		if index {
			c.print(c.body[0], 0.3*f.high, strconv.Itoa(i+1), vec{(b.min.x+b.max.x)/2 - 0.1*f.high, b.min.y - 0.1*f.high})
		}
		x += f.pitch
	}
	if c.chance(0.12) {
		c.items = append(c.items[:first:first], append([]item{fill{box{vec{at.x, at.y - f.high}, vec{x, at.y}}, f.tint}}, c.items[first:]...)...)
	}
	s.width = x - at.x
	s.height = min(s.height, 0.85*f.high)
	lift := (f.high - s.height) * c.between(0.25, 0.6)
	c.slot(s, vec{at.x, at.y - lift})
	return x
}

// tooth rules one box of a comb.
func (c *composer) tooth(f fieldLook, b box, first, last bool) {
	q := b.quad()
	side := func(i int, dash float64) { c.ruleOf(q[i], q[(i+1)%4], dash) }
	switch f.comb {
	case combTeeth:
		side(2, 0)
		tick := 0.4 * f.high
		c.rule(q[3].sub(vec{0, tick}), q[3])
		if last {
			c.rule(q[2].sub(vec{0, tick}), q[2])
		}
	case combUnders:
		side(2, 0)
	case combInvented:
		c.strokes(f.cell, b)
	case combDashed, combHalves:
		side(0, 0)
		side(2, 0)
		if first {
			side(3, 0)
		} else if f.comb == combDashed {
			side(3, 0.5)
		}
		if last {
			side(1, 0)
		}
	default:
		c.frame(b)
	}
}

// room rules a field from the left end of its base line and leaves room to write in
// it. It returns where the field ends.
func (c *composer) room(f fieldLook, s slot, at vec, width float64) float64 {
	h := s.height
	b := box{vec{at.x, at.y - 1.35*h}, vec{at.x + width, at.y + 0.45*h}}
	switch f.frame {
	case frameComb:
		return c.comb(f, s, c.chars, vec{at.x, at.y + 0.3*f.high})
	case frameUnder:
		c.rule(vec{at.x, at.y + 0.15*h}, vec{at.x + width, at.y + 0.15*h})
	case frameDots:
		c.ruleOf(vec{at.x, at.y + 0.15*h}, vec{at.x + width, at.y + 0.15*h}, 0.5)
	case frameBox:
		c.frame(b)
	case frameTint:
		c.shade(b, f.tint)
		if c.chance(0.5) {
			c.frame(b)
		}
	case frameInvented:
		c.strokes(f.around, b)
	case frameNone:
	}
	pad := h * c.between(-0.15, 0.5)
	if f.frame == frameBox || f.frame == frameTint {
		pad = h * c.between(0.15, 0.6)
	}
	s.width = width - pad
	c.slot(s, vec{at.x + pad, at.y})
	return at.x + width
}

func (w white) draw(l *leaf) {
	for i, char := range []rune(w.chars) {
		g := l.press.glyph(w.face, char)
		if g.outline == nil {
			continue
		}
		pen := l.press.width(w.face, w.size, string([]rune(w.chars)[:i]))
		l.erase(g.outline.mask(scale(w.size, w.size).then(translate(pen, 0)).then(w.at).then(scale(l.unit, l.unit))))
	}
}
