package synth

// heldOutFields rules places to write in, as held-out forms have them.
type heldOutFields struct{ *galley }

// idField leaves room for the ID in a field of a held-out kind, from the left end
// of its base line, and returns where it ends.
func (h heldOutFields) idField(at vec, width float64) float64 {
	s := h.idSlot()
	pitch := min(h.digit*h.between(1, 1.7), width/float64(h.chars))
	kinds := []func(slot, vec, float64, float64) float64{h.circles, h.zebra, h.brackets, h.leaders, h.guides, h.doubleBox, h.corners}
	return pick(h.random, kinds)(s, at, pitch, min(width, h.idWidth()+4))
}

// spaced gives a slot evenly spaced cells.
func (h heldOutFields) spaced(s slot, at vec, pitch, high float64) float64 {
	for i := range h.chars {
		s.cells = append(s.cells, [2]float64{float64(i) * pitch, float64(i+1) * pitch})
	}
	s.height = min(s.height, 0.62*high)
	s.width = pitch * float64(h.chars)
	h.slot(s, vec{at.x, at.y - (high-s.height)/2})
	return at.x + s.width
}

// circles is a row of rings, a digit in each.
func (h heldOutFields) circles(s slot, at vec, pitch, _ float64) float64 {
	r := min(0.5*pitch, 0.85*h.digit)
	for i := range h.chars {
		h.add(ring{vec{at.x + (float64(i)+0.5)*pitch, at.y - r}, vec{r * 0.95, r}, h.thick, h.ruled})
	}
	return h.spaced(s, at, pitch, 2*r)
}

// zebra is a row of cells of which every second one is tinted.
func (h heldOutFields) zebra(s slot, at vec, pitch, _ float64) float64 {
	high, tint := 1.5*h.digit, tint(h.random)
	for i := range h.chars {
		b := box{vec{at.x + float64(i)*pitch, at.y - high}, vec{at.x + float64(i+1)*pitch, at.y}}
		if i%2 == 0 {
			h.shade(b, tint)
		}
	}
	return h.spaced(s, at, pitch, high)
}

// free leaves room on a line.
func (h heldOutFields) free(s slot, at vec, width float64) float64 {
	s.width = width
	h.slot(s, at)
	return at.x + width
}

// brackets is room between printed brackets.
func (h heldOutFields) brackets(s slot, at vec, _, width float64) float64 {
	pair := pick(h.random, [][2]string{{"[", "]"}, {"(", ")"}, {"<", ">"}})
	x := h.print(h.body[0], 1.6*h.digit, pair[0], at) + 1
	x = h.free(s, vec{x, at.y}, width)
	return h.print(h.body[0], 1.6*h.digit, pair[1], vec{x, at.y})
}

// leaders is a line of printed dots.
func (h heldOutFields) leaders(s slot, at vec, _, width float64) float64 {
	dots := ""
	for h.press.width(h.body[0], h.em, dots) < width {
		dots += "."
	}
	h.print(h.body[0], h.em, dots, vec{at.x, at.y + 0.1*h.digit})
	return h.free(s, at, width)
}

// guides are four lines as in a copybook.
func (h heldOutFields) guides(s slot, at vec, _, width float64) float64 {
	for i, dash := range []float64{0, 1, 0.7, 0} {
		y := at.y - h.digit*(1.35-0.55*float64(i))
		h.ruleOf(vec{at.x, y}, vec{at.x + width, y}, dash)
	}
	return h.free(s, at, width)
}

// doubleBox is a box in a box.
func (h heldOutFields) doubleBox(s slot, at vec, _, width float64) float64 {
	b := box{vec{at.x, at.y - 1.5*h.digit}, vec{at.x + width, at.y + 0.5*h.digit}}
	h.frame(b)
	h.frame(box{b.min.add(vec{0.9, 0.9}), b.max.sub(vec{0.9, 0.9})})
	h.free(s, vec{at.x + 2, at.y}, width-4)
	return at.x + width
}

// corners are the four corners of a box and nothing between.
func (h heldOutFields) corners(s slot, at vec, _, width float64) float64 {
	b := box{vec{at.x, at.y - 1.6*h.digit}, vec{at.x + width, at.y + 0.6*h.digit}}
	k := 0.5 * h.digit
	for i, q := range b.quad() {
		dx, dy := k, k
		if i == 1 || i == 2 {
			dx = -k
		}
		if i > 1 {
			dy = -k
		}
		h.rule(q, q.add(vec{dx, 0}))
		h.rule(q, q.add(vec{0, dy}))
	}
	h.free(s, vec{at.x + 1.5, at.y}, width-3)
	return at.x + width
}
