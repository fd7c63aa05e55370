package synth

import "strings"

// underLabel sets the ID's field below, or above, its label, bubbles below it at times.
func (c *composer) underLabel() {
	size := c.em * c.between(0.9, 1.4)
	f := c.anyLook(0.9 * (c.right - c.left))
	if c.chance(0.6) {
		f.frame = frameComb
	}
	wide := f.pitch * float64(c.chars)
	if f.frame != frameComb {
		wide = min(c.idWidth(), c.right-c.left)
	}
	x := c.left + c.between(0, 1)*max(0, c.right-c.left-wide-2)
	below := c.chance(0.12)
	barred := f.frame == frameComb && c.chance(0.2)
	if !below {
		c.y += 1.3 * size
		c.bar(barred, box{vec{x, c.y - 1.2*size}, vec{x + wide, c.y + 0.5*size}})
		c.label(barred, size, vec{x + c.between(0, 2), c.y})
		c.y += 0.5 * size
		if !barred {
			c.y += c.digit * c.between(0.1, 0.7)
		}
	}
	c.y += max(f.high*0.7, c.digit*1.35)
	c.room(f, c.idSlot(), vec{x, c.y}, wide)
	c.y += max(0.3*f.high, 0.45*c.digit)
	if below {
		c.y += 1.2 * size
		c.print(c.body[0], size, c.idLabel(), vec{x, c.y})
	}
	if f.frame == frameComb && f.comb != combSplit && f.comb != combHalves && f.pitch > 3 && c.chance(0.45) {
		c.gridBelow(f, vec{x, c.y})
	}
	c.nameAnywhere()
}

// bar is a black header above a comb.
func (c *composer) bar(barred bool, b box) {
	if barred {
		c.shade(b, ink{r: 20, g: 20, b: 22})
	}
}

// label prints the ID's label, white on a bar.
func (c *composer) label(barred bool, size float64, at vec) {
	if !barred {
		c.print(c.body[c.bold()], size, c.idLabel(), at)
		return
	}
	c.add(white{text{face: c.body[1], size: size, chars: c.idLabel(), at: translate(at.x, at.y).then(c.tilt)}})
}

// gridBelow prints ten bubbles below each box.
func (c *composer) gridBelow(f fieldLook, at vec) {
	r := min(f.pitch*0.38, 2)
	step := r * c.between(2.15, 2.8)
	if at.y+10*step > c.height-6 {
		return
	}
	s := slot{kind: slotBubbles, filled: 0.85}
	for i := range c.chars {
		var column []ring
		for n := range 10 {
			centre := vec{at.x + (float64(i)+0.5)*f.pitch, at.y + (float64(n)+0.7)*step}
			column = append(column, c.bubble(c.tilt.apply(centre), r, string(rune('0'+n))))
		}
		s.bubbles = append(s.bubbles, column)
	}
	c.slots = append(c.slots, slot{kind: s.kind, at: translate(0, 0), filled: s.filled, bubbles: s.bubbles})
	c.y = at.y + 10.5*step
}

// nameAnywhere sets the name's field on a line of its own.
func (c *composer) nameAnywhere() {
	if c.chance(0.3) {
		return
	}
	c.y += c.digit * c.between(1.8, 2.6)
	x := c.print(c.body[0], c.em, pick(c.random, c.names), vec{c.left, c.y}) + 1.5
	look := fieldLook{frame: pick(c.random, []frameLook{frameNone, frameUnder, frameUnder, frameBox})}
	c.room(look, c.nameSlot(), vec{x, c.y}, min(c.right-x, c.digit*c.between(6, 16)))
}

// amidText sets the ID's field among running text, a code before it at times.
func (c *composer) amidText() {
	c.y += c.em * c.lead
	c.print(c.body[0], c.em, c.idLabel()+" "+strings.TrimSpace(c.sentence(c.IntN(4))), vec{c.left, c.y})
	c.y += c.em
	f := c.anyLook(0.55 * (c.right - c.left))
	if c.chance(0.8) {
		f.frame = frameComb
	}
	wide := c.idWidth()
	if f.frame == frameComb {
		wide = f.pitch * float64(c.chars)
	}
	x, top := c.left+c.between(0, 0.25)*(c.right-c.left), c.y
	if x-c.left > 25 {
		c.text(c.left, x-3, 2+c.IntN(4), c.body[0], c.em)
	}
	bottom := c.y
	if c.chance(0.5) {
		side := min(f.high*c.between(1.2, 2.2), 24)
		c.square(vec{x, top + 1}, side)
		x += side + 2
		bottom = max(bottom, top+side+2)
	}
	end := c.room(f, c.idSlot(), vec{x, top + max(f.high, 1.6*c.digit)}, wide)
	if c.right-end > 30 {
		c.y = top
		c.text(end+4, c.right, 2+c.IntN(5), c.body[0], c.em)
		bottom = max(bottom, c.y)
	}
	c.y = max(bottom, top+max(f.high, 1.6*c.digit)*1.5)
}

// corner sets ID and name into a box at the page's upper right. It fails if there
// is no room.
func (c *composer) corner() bool {
	wide := max(c.idWidth()+6, 45)
	if wide > 0.5*(c.right-c.left) {
		return false
	}
	left, right, y := c.left, c.right, c.y
	c.left, c.y = right-wide, max(6, c.y-12)
	pick(c.random, []func(){c.inList, c.inTable, c.underLabel})()
	bottom := c.y
	c.left, c.right, c.y = left, right, y
	if c.chance(0.5) {
		c.y = max(y, bottom)
	}
	return true
}

// margin sets ID and name into a column of their own, at any height, beside the body.
// It fails if there is no room.
func (c *composer) margin() bool {
	wide := max(c.idWidth()+6, 45)
	if wide > 0.4*(c.right-c.left) {
		return false
	}
	left, right, y := c.left, c.right, c.y
	c.y += c.between(0, 0.6) * (c.height - y)
	body := [2]float64{left, right - wide - 4}
	if c.chance(0.7) {
		c.left = right - wide
	} else {
		c.right = left + wide
		body = [2]float64{left + wide + 4, right}
	}
	pick(c.random, []func(){c.inList, c.inTable, c.underLabel, c.inHeads})()
	if c.chance(0.3) {
		c.questions()
	}
	c.left, c.right, c.y = body[0], body[1], y
	return true
}

// white is text printed white on black.
type white struct{ text }
