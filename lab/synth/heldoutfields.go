package synth

// heldOutField leaves room for the ID in a field of a held-out kind, from the left end
// of its base line, and returns where it ends.
func (c *composer) heldOutField(at vec, width float64) float64 {
	s := c.idSlot()
	pitch := min(c.digit*c.between(1, 1.7), width/float64(c.chars))
	kinds := []func(slot, vec, float64, float64) float64{c.circles, c.zebra, c.brackets, c.leaders, c.guides, c.doubleBox, c.corners}
	return pick(c.random, kinds)(s, at, pitch, min(width, c.idWidth()+4))
}

// spaced gives a slot evenly spaced cells.
func (c *composer) spaced(s slot, at vec, pitch, high float64) float64 {
	for i := range c.chars {
		s.cells = append(s.cells, [2]float64{float64(i) * pitch, float64(i+1) * pitch})
	}
	s.height = min(s.height, 0.62*high)
	s.width = pitch * float64(c.chars)
	c.slot(s, vec{at.x, at.y - (high-s.height)/2})
	return at.x + s.width
}

// circles is a row of rings, a digit in each.
func (c *composer) circles(s slot, at vec, pitch, _ float64) float64 {
	r := min(0.5*pitch, 0.85*c.digit)
	for i := range c.chars {
		c.add(ring{vec{at.x + (float64(i)+0.5)*pitch, at.y - r}, vec{r * 0.95, r}, c.thick, c.ruled})
	}
	return c.spaced(s, at, pitch, 2*r)
}

// zebra is a row of cells of which every second one is tinted.
func (c *composer) zebra(s slot, at vec, pitch, _ float64) float64 {
	high, tint := 1.5*c.digit, c.tint()
	for i := range c.chars {
		b := box{vec{at.x + float64(i)*pitch, at.y - high}, vec{at.x + float64(i+1)*pitch, at.y}}
		if i%2 == 0 {
			c.shade(b, tint)
		}
	}
	return c.spaced(s, at, pitch, high)
}

// free leaves room on a line.
func (c *composer) free(s slot, at vec, width float64) float64 {
	s.width = width
	c.slot(s, at)
	return at.x + width
}

// brackets is room between printed brackets.
func (c *composer) brackets(s slot, at vec, _, width float64) float64 {
	pair := pick(c.random, [][2]string{{"[", "]"}, {"(", ")"}, {"<", ">"}})
	x := c.print(c.body[0], 1.6*c.digit, pair[0], at) + 1
	x = c.free(s, vec{x, at.y}, width)
	return c.print(c.body[0], 1.6*c.digit, pair[1], vec{x, at.y})
}

// leaders is a line of printed dots.
func (c *composer) leaders(s slot, at vec, _, width float64) float64 {
	dots := ""
	for c.press.width(c.body[0], c.em, dots) < width {
		dots += "."
	}
	c.print(c.body[0], c.em, dots, vec{at.x, at.y + 0.1*c.digit})
	return c.free(s, at, width)
}

// guides are four lines as in a copybook.
func (c *composer) guides(s slot, at vec, _, width float64) float64 {
	for i, dash := range []float64{0, 1, 0.7, 0} {
		y := at.y - c.digit*(1.35-0.55*float64(i))
		c.ruleOf(vec{at.x, y}, vec{at.x + width, y}, dash)
	}
	return c.free(s, at, width)
}

// doubleBox is a box in a box.
func (c *composer) doubleBox(s slot, at vec, _, width float64) float64 {
	b := box{vec{at.x, at.y - 1.5*c.digit}, vec{at.x + width, at.y + 0.5*c.digit}}
	c.frame(b)
	c.frame(box{b.min.add(vec{0.9, 0.9}), b.max.sub(vec{0.9, 0.9})})
	c.free(s, vec{at.x + 2, at.y}, width-4)
	return at.x + width
}

// corners are the four corners of a box and nothing between.
func (c *composer) corners(s slot, at vec, _, width float64) float64 {
	b := box{vec{at.x, at.y - 1.6*c.digit}, vec{at.x + width, at.y + 0.6*c.digit}}
	k := 0.5 * c.digit
	for i, q := range b.quad() {
		dx, dy := k, k
		if i == 1 || i == 2 {
			dx = -k
		}
		if i > 1 {
			dy = -k
		}
		c.rule(q, q.add(vec{dx, 0}))
		c.rule(q, q.add(vec{0, dy}))
	}
	c.free(s, vec{at.x + 1.5, at.y}, width-3)
	return at.x + width
}
