package synth

import "math"

// What follows is frozen: forms that nothing is trained with, to measure on. A change
// here makes earlier figures incomparable. None of the layouts and fields below are
// among the world's, and the world's are not among these.

// heldOutVersion is the Version that these forms were frozen at; they keep it.
const heldOutVersion = 2

// layOutHeldOut sets a page of a held-out form.
func (c *composer) layOutHeldOut(field bool) {
	c.masthead()
	before := pick(c.random, []int{0, 0, 0, 0, 1, 1, 2, 3, 5, 8})
	if c.height < 150 {
		before = 0
	}
	placed := !field
	for n := 0; c.y < c.height-2*c.em-10 && n < 50; n++ {
		if !placed && (n >= before || c.y > 0.6*c.height || c.height-c.y < 110) {
			c.heldOutIdentity()
			placed = true
			continue
		}
		c.heldOutBlock()
		c.y += c.em * c.between(0.4, 2.4)
	}
	if !placed {
		c.y = 0.8 * c.height
		c.heldOutIdentity()
	}
}

// masthead is a title between two lines, or on a dark ground.
func (c *composer) masthead() {
	size := c.em * c.between(1.2, 1.8)
	said := pick(c.random, c.tasks)
	c.y += 2
	if c.chance(0.3) {
		c.shade(box{vec{c.left, c.y}, vec{c.right, c.y + 1.8*size}}, ink{r: 50, g: 50, b: 60})
		c.add(white{text{face: c.head, size: size, chars: said, at: translate(c.left+2, c.y+1.25*size)}})
	} else {
		c.rule(vec{c.left, c.y}, vec{c.right, c.y})
		c.fitted(c.head, size, said, vec{c.left, c.y + 1.3*size}, c.right-c.left)
		c.rule(vec{c.left, c.y + 1.8*size}, vec{c.right, c.y + 1.8*size})
	}
	c.y += 2.4 * size
	if c.chance(0.4) {
		c.y += c.em
		c.print(c.body[0], 0.8*c.em, newDate(c.random)+" / "+pick(c.random, c.others)+" "+newCourse(c.random), vec{c.left, c.y})
		c.y += c.em
	}
}

// heldOutIdentity sets the block with the ID's field.
func (c *composer) heldOutIdentity() {
	kinds := []func(){c.card, c.band, c.declaration, c.declaration, c.signLines, c.signLines, c.turnedLabels, c.labelsBehind, c.labelsBehind, c.twoRows}
	pick(c.random, kinds)()
	c.y += c.digit
}

// card is a frame with a place for a photograph and fields beside it.
func (c *composer) card() {
	top := c.y
	photo := c.between(18, 28)
	x := c.left + photo + 5
	c.frame(box{vec{c.left + 2, top + 2}, vec{c.left + 2 + photo*0.78, top + 2 + photo}})
	c.y += 2
	for _, e := range c.heldOutEntries(1 + c.IntN(2)) {
		c.y += c.em * 1.2
		c.print(c.body[0], 0.75*c.em, e.label, vec{x, c.y})
		c.y += 1.9 * c.digit
		c.heldOutEntry(e, vec{x, c.y}, c.right-x-3)
		c.y += 0.8 * c.digit
	}
	c.y = max(c.y, top+photo+4)
	c.frame(box{vec{c.left, top}, vec{c.right, c.y}})
	c.frame(box{vec{c.left - 1, top - 1}, vec{c.right + 1, c.y + 1}})
}

// heldOutEntries are the ID's, the name's and other fields, the ID anywhere.
func (c *composer) heldOutEntries(others int) []entry {
	list := []entry{{pick(c.random, c.names), c.nameSlot(), 0}}
	for range others {
		list = append(list, entry{pick(c.random, c.others), slot{kind: c.otherKind(), height: c.digit, filled: 0.7}, 0})
	}
	at := c.IntN(len(list) + 1)
	return append(list[:at:at], append([]entry{{pick(c.random, c.ids), c.idSlot(), 0}}, list[at:]...)...)
}

// heldOutEntry sets a field, of a kind of its own for the ID and a plain line else.
func (c *composer) heldOutEntry(e entry, at vec, width float64) float64 {
	if e.slot.kind == slotID {
		return c.heldOutField(at, width)
	}
	width = min(width, c.digit*c.between(5, 10))
	c.ruleOf(vec{at.x, at.y + 0.3*c.digit}, vec{at.x + width, at.y + 0.3*c.digit}, pick(c.random, []float64{0, 1.5}))
	return c.free(e.slot, at, width)
}

// band is a dark strip across with white boxes in it.
func (c *composer) band() {
	list := c.heldOutEntries(c.IntN(2))
	high := 3.1*c.digit + 1.3*c.em
	grey := uint8(c.between(90, 205))
	c.shade(box{vec{0, c.y}, vec{c.width, c.y + high}}, ink{r: grey, g: grey, b: grey})
	wide := (c.right - c.left) / float64(len(list))
	for i, e := range list {
		x := c.left + float64(i)*wide
		c.print(c.body[1], 0.8*c.em, e.label, vec{x, c.y + 1.1*c.em})
		b := box{vec{x, c.y + 1.5*c.em}, vec{x + wide - 3, c.y + high - 0.6*c.digit}}
		c.add(blank{b})
		e.slot.width, e.slot.bound, e.slot.height = wide-6, true, min(c.digit, 1.4*wide/float64(c.chars))
		c.slot(e.slot, vec{x + 1.5, b.max.y - 0.25*(b.max.y-b.min.y)})
	}
	c.y += high
}

// blank makes a rectangle white.
type blank struct{ box }

func (b blank) draw(l *leaf) {
	area := box{b.min.times(l.unit), b.max.times(l.unit)}.pixels(0).Intersect(l.img.Rect)
	for y := area.Min.Y; y < area.Max.Y; y++ {
		row := l.img.Pix[l.img.PixOffset(area.Min.X, y):][:4*area.Dx()]
		for i := range row {
			row[i] = 255
		}
	}
}

// declaration is running text with the fields in it: "I, ..., number ..., declare".
func (c *composer) declaration() {
	c.y += 2.4 * c.digit
	x := c.left
	say := func(words string) {
		if x > c.left && x+c.press.width(c.body[0], c.em, words) > c.right {
			x = c.left
			c.y += 2.4 * c.digit
		}
		x = c.print(c.body[0], c.em, words, vec{x, c.y}) + 1.2
	}
	list := c.heldOutEntries(c.IntN(2))
	for _, e := range list {
		say(c.sentence(1 + c.IntN(4)))
		say(e.label)
		width := c.idWidth() + 3
		if x+width > c.right {
			x = c.left
			c.y += 2.4 * c.digit
		}
		if e.slot.kind == slotID && c.chance(0.5) {
			x = c.heldOutField(vec{x, c.y}, width) + 1.2
			continue
		}
		c.ruleOf(vec{x, c.y + 0.2*c.digit}, vec{x + width, c.y + 0.2*c.digit}, pick(c.random, []float64{0, 0.8}))
		x = c.free(e.slot, vec{x, c.y}, width) + 1.2
	}
	say(c.sentence(3 + c.IntN(5)))
	c.text(c.left, c.right, 1+c.IntN(3), c.body[0], c.em)
}

// signLines are lines with small labels centred below them.
func (c *composer) signLines() {
	list := c.heldOutEntries(c.IntN(3))
	wide := (c.right - c.left) / float64(min(len(list), 2))
	for i, e := range list {
		if i%2 == 0 {
			c.y += 2.6*c.digit + c.em
		}
		x := c.left + float64(i%2)*wide
		room := wide - 8
		if e.slot.kind == slotID && c.chance(0.4) {
			c.heldOutField(vec{x, c.y}, room)
		} else {
			c.rule(vec{x, c.y + 0.2*c.digit}, vec{x + room, c.y + 0.2*c.digit})
			c.free(e.slot, vec{x + c.digit, c.y}, room-c.digit)
		}
		c.print(c.body[0], 0.65*c.em, e.label, vec{x + room/2 - c.press.width(c.body[0], 0.65*c.em, e.label)/2, c.y + 0.6*c.digit + 0.8*c.em})
	}
	c.y += 0.6*c.digit + c.em
}

// turnedLabels is a table whose labels run upwards beside their cells.
func (c *composer) turnedLabels() {
	list := c.heldOutEntries(1 + c.IntN(2))
	wide, high := (c.right-c.left)/float64(len(list)), c.between(3, 4.5)*c.digit
	size := 0.7 * c.em
	for i, e := range list {
		x := c.left + float64(i)*wide
		c.frame(box{vec{x, c.y}, vec{x + wide, c.y + high}})
		c.rule(vec{x + 1.5*size, c.y}, vec{x + 1.5*size, c.y + high})
		label := []rune(e.label)
		label = label[:min(len(label), int(1.8*high/size))]
		up := rotate(-math.Pi / 2).then(translate(x+1.15*size, c.y+high-0.5))
		c.add(text{face: c.body[0], size: size, chars: string(label), at: up, ink: c.toner})
		room := wide - 1.5*size - 2
		e.slot.width, e.slot.height = room-1, min(c.digit, 1.3*room/float64(c.chars))
		c.slot(e.slot, vec{x + 1.5*size + 2, c.y + high/2 + 0.5*c.digit})
	}
	c.y += high
}

// labelsBehind are fields whose labels stand right of them.
func (c *composer) labelsBehind() {
	left := c.left + c.between(0, 0.3)*(c.right-c.left)
	for _, e := range c.heldOutEntries(c.IntN(3)) {
		c.y += 2.3 * c.digit
		x := c.heldOutEntry(e, vec{left, c.y}, 0.6*(c.right-left))
		c.print(c.body[0], 0.85*c.em, "("+e.label+")", vec{x + 1.5, c.y})
	}
	c.y += 0.5 * c.digit
}

// twoRows is a row of small labels and, far below, a row of fields without any frame.
func (c *composer) twoRows() {
	list := c.heldOutEntries(c.IntN(2))
	wide := (c.right - c.left) / float64(len(list))
	c.y += c.em
	c.rule(vec{c.left, c.y + 0.4*c.em}, vec{c.right, c.y + 0.4*c.em})
	for i, e := range list {
		x := c.left + float64(i)*wide
		c.print(c.body[1], 0.8*c.em, e.label, vec{x + 1, c.y})
		e.slot.width = wide - 3
		c.slot(e.slot, vec{x + 1 + c.between(0, 0.1)*wide, c.y + 0.4*c.em + 2.2*c.digit})
	}
	c.y += 0.4*c.em + 3.2*c.digit
	c.rule(vec{c.left, c.y}, vec{c.right, c.y})
}
