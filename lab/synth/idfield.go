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

// fields rules places to write in, as the world's forms have them.
type fields struct{ *galley }

// anyLook invents a look for an ID's field with room of a width.
func (fs fields) anyLook(width float64) fieldLook {
	f := fieldLook{
		frame: pick(fs.random, []frameLook{frameNone, frameNone, frameNone, frameUnder, frameUnder, frameDots, frameBox, frameBox, frameTint, frameComb, frameComb, frameComb, frameComb, frameInvented, frameInvented, frameInvented}),
		comb:  pick(fs.random, combLooks()), tint: tint(fs.random), cell: fs.outline(), around: fs.surround(),
	}
	f.pitch = min(fs.digit*fs.between(0.8, 2), width/float64(fs.chars))
	f.high = min(fs.digit, f.pitch*1.3) * fs.between(1.15, 1.9)
	return f
}

// outline invents a cell: a polygon of three to eight corners, the two ends of some of
// whose sides don't meet.
func (fs fields) outline() []stretch {
	corners := make([]vec, 3+fs.IntN(6))
	turn, wide := fs.between(0, 2*math.Pi), fs.between(0.4, 0.6)
	for i := range corners {
		angle := turn + (float64(i)+fs.between(-0.25, 0.25))*2*math.Pi/float64(len(corners))
		corners[i] = vec{0.5 + wide*math.Cos(angle), 0.5 + 0.55*math.Sin(angle)}
	}
	keep, dash := fs.between(0.5, 1.3), pick(fs.random, []float64{0, 0, 0.4})
	var out []stretch
	for i, p := range corners {
		if fs.chance(keep) {
			out = append(out, stretch{p, corners[(i+1)%len(corners)], dash})
		}
	}
	return out
}

// surround invents what is ruled around a field: one to five strokes along its sides,
// short or long, inside or outside.
func (fs fields) surround() []stretch {
	out := make([]stretch, 1+fs.IntN(5))
	for i := range out {
		from := fs.between(-0.05, 0.8)
		s := stretch{vec{from, fs.between(-0.1, 0.2)}, vec{from + fs.between(0.05, 1), 0}, pick(fs.random, []float64{0, 0, 0.4})}
		s.to.y = s.from.y
		if fs.chance(0.7) {
			s.from.y, s.to.y = 1-s.from.y, 1-s.to.y
		}
		if fs.chance(0.3) { // an upright one, at either end
			s.from, s.to = vec{s.from.y - 0.05, s.from.x}, vec{s.to.y - 0.05, s.to.x}
		}
		out[i] = s
	}
	return out
}

// strokes rules an invented look over a box.
func (fs fields) strokes(list []stretch, b box) {
	w, h := b.max.x-b.min.x, b.max.y-b.min.y
	at := func(p vec) vec { return vec{b.min.x + w*p.x, b.min.y + h*p.y} }
	for _, s := range list {
		fs.ruleOf(at(s.from), at(s.to), s.dash)
	}
}

// room rules a field from the left end of its base line and leaves room to write in
// it. It returns where the field ends.
func (fs fields) room(f fieldLook, s slot, at vec, width float64) float64 {
	h := s.height
	b := box{vec{at.x, at.y - 1.35*h}, vec{at.x + width, at.y + 0.45*h}}
	switch f.frame {
	case frameComb:
		return fs.comb(f, s, fs.chars, vec{at.x, at.y + 0.3*f.high})
	case frameUnder:
		fs.rule(vec{at.x, at.y + 0.15*h}, vec{at.x + width, at.y + 0.15*h})
	case frameDots:
		fs.ruleOf(vec{at.x, at.y + 0.15*h}, vec{at.x + width, at.y + 0.15*h}, 0.5)
	case frameBox:
		fs.frame(b)
	case frameTint:
		fs.shade(b, f.tint)
		if fs.chance(0.5) {
			fs.frame(b)
		}
	case frameInvented:
		fs.strokes(f.around, b)
	case frameNone:
	}
	pad := h * fs.between(-0.15, 0.5)
	if f.frame == frameBox || f.frame == frameTint {
		pad = h * fs.between(0.15, 0.6)
	}
	s.width = width - pad
	fs.slot(s, vec{at.x + pad, at.y})
	return at.x + width
}

// comb rules boxes from the left end of their lower edge, leaves room in them and
// returns where they end.
func (fs fields) comb(f fieldLook, s slot, n int, at vec) float64 {
	gap, first := 0.0, len(fs.items)
	if f.comb == combApart || f.comb == combUnders || f.comb == combInvented && len(f.cell)%2 == 0 {
		gap = f.pitch * fs.between(0.08, 0.3)
	}
	x := at.x
	index := fs.chance(0.06)
	for i := range n {
		if (f.comb == combSplit || f.comb == combHalves) && i == n/2 {
			x += f.pitch * 0.8
		}
		cell := [2]float64{x, x + f.pitch - gap}
		s.cells = append(s.cells, [2]float64{cell[0] - at.x, cell[1] - at.x})
		b := box{vec{cell[0], at.y - f.high}, vec{cell[1], at.y}}
		fs.tooth(f, b, i == 0 || f.comb == combHalves && i == n/2, i == n-1 || f.comb == combHalves && i == n/2-1)
		if index {
			fs.print(fs.body[0], 0.3*f.high, strconv.Itoa(i+1), vec{(b.min.x+b.max.x)/2 - 0.1*f.high, b.min.y - 0.1*f.high})
		}
		x += f.pitch
	}
	if fs.chance(0.12) {
		fs.items = append(fs.items[:first:first], append([]item{fill{box{vec{at.x, at.y - f.high}, vec{x, at.y}}, f.tint}}, fs.items[first:]...)...)
	}
	s.width = x - at.x
	s.height = min(s.height, 0.85*f.high)
	lift := (f.high - s.height) * fs.between(0.25, 0.6)
	fs.slot(s, vec{at.x, at.y - lift})
	return x
}

// tooth rules one box of a comb.
func (fs fields) tooth(f fieldLook, b box, first, last bool) {
	q := b.quad()
	side := func(i int, dash float64) { fs.ruleOf(q[i], q[(i+1)%4], dash) }
	switch f.comb {
	case combTeeth:
		side(2, 0)
		tick := 0.4 * f.high
		fs.rule(q[3].sub(vec{0, tick}), q[3])
		if last {
			fs.rule(q[2].sub(vec{0, tick}), q[2])
		}
	case combUnders:
		side(2, 0)
	case combInvented:
		fs.strokes(f.cell, b)
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
		fs.frame(b)
	}
}

// into leaves room in a cell; an ID's may be a comb.
func (fs fields) into(s slot, cell box) {
	wide, high := cell.max.x-cell.min.x, cell.max.y-cell.min.y
	s.height = min(s.height, 0.72*high)
	if pitch := wide / float64(fs.chars); s.kind == slotID && pitch > 2.5 && fs.chance(0.25) {
		fs.comb(fieldLook{tint: tint(fs.random), comb: combDashed, pitch: pitch, high: high}, s, fs.chars, vec{cell.min.x, cell.max.y})
		return
	}
	pad := min(s.height*fs.between(0.1, 1), 0.1*wide)
	s.width, s.bound = wide-1.3*pad, high < 2*s.height
	fs.slot(s, vec{cell.min.x + pad, cell.max.y - (high-s.height)*fs.between(0.3, 0.6)})
}

// numberComb is a row of boxes for a number that isn't the ID.
func (fs fields) numberComb() {
	n := 3 + fs.IntN(7)
	h := fs.digit * fs.between(0.6, 1)
	fs.y += fs.em * 1.2
	fs.print(fs.body[0], fs.em, pick(fs.random, fs.others), vec{fs.left, fs.y})
	fs.y += 0.5*fs.em + 1.5*h
	f := fieldLook{tint: tint(fs.random), comb: pick(fs.random, combLooks()), pitch: h * fs.between(0.9, 1.8), high: 1.4 * h, cell: fs.outline()}
	s := slot{kind: slotNumber, height: h, bound: true, filled: 0.4}
	if fs.chance(0.5) {
		s.kind = slotDate
	}
	if fs.chance(0.25) { // filled in by the printer
		s.filled = 1e-9
		for i := range n {
			at := vec{fs.left + (float64(i)+0.5)*f.pitch - 0.3*h, fs.y - 0.2*f.high}
			fs.print(pick(fs.random, []*face{fs.mono, fs.body[0]}), 1.2*h, anyDigits(fs.random, 1), at)
		}
	}
	fs.comb(f, s, n, vec{fs.left, fs.y})
}
