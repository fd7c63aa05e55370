package synth

import (
	"fmt"
	"math"
)

// What follows is frozen: forms that nothing is trained with, to measure on. A change
// here makes earlier figures incomparable. None of the layouts and fields below are
// among the world's, and the world's are not among these.

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

// heldOutBlock sets one block of the body.
func (c *composer) heldOutBlock() {
	kinds := []func(){c.numberedLines, c.numberedLines, c.cloze, c.cloze, c.matching, c.squares, c.graphPaper, c.answerFrames, c.answerFrames, c.narrow, c.pointTable}
	pick(c.random, kinds)()
}

// numberedLines is running text with a number before every fifth line.
func (c *composer) numberedLines() {
	size := c.em * c.between(0.85, 1.1)
	for i := range 4 + c.IntN(14) {
		if c.y+2*size > c.height-8 {
			return
		}
		c.y += size * c.lead
		if i%5 == 4 {
			c.print(c.body[0], 0.75*size, fmt.Sprint(i+1), vec{c.left - 6, c.y})
		}
		c.print(c.body[0], size, c.lineOf(c.body[0], size, c.right-c.left), vec{c.left, c.y})
	}
}

// cloze is text with gaps that are filled in by hand.
func (c *composer) cloze() {
	for i := range 1 + c.IntN(6) {
		if c.y+3*c.em > c.height-8 {
			return
		}
		c.y += 2.3 * c.em
		x := c.print(c.body[0], c.em, fmt.Sprintf("%c. ", 'a'+i), vec{c.left, c.y})
		for x < c.right-45 {
			x = c.print(c.body[0], c.em, c.sentence(2+c.IntN(4)), vec{x, c.y}) + 1
			w := c.between(12, 30)
			if x+w > c.right {
				break
			}
			c.rule(vec{x, c.y + 0.5}, vec{x + w, c.y + 0.5})
			c.slot(slot{kind: c.answerKind(), width: w, height: 1.1 * c.em, filled: 0.8}, vec{x + 1, c.y})
			x += w + 1
		}
	}
}

// matching is two columns of terms with a box before each.
func (c *composer) matching() {
	half := (c.left + c.right) / 2
	for i := range 3 + c.IntN(7) {
		if c.y+3*c.em > c.height-8 {
			return
		}
		c.y += 2 * c.em
		c.frame(box{vec{c.left, c.y - 1.3*c.em}, vec{c.left + 2*c.em, c.y + 0.4*c.em}})
		c.slot(slot{kind: slotShort, width: 1.7 * c.em, height: c.em, bound: true, filled: 0.8}, vec{c.left + 0.4*c.em, c.y})
		c.fitted(c.body[0], c.em, c.sentence(3), vec{c.left + 2.8*c.em, c.y}, half-c.left-4*c.em)
		c.fitted(c.body[0], c.em, fmt.Sprintf("%c) ", 'A'+i)+c.sentence(3), vec{half, c.y}, c.right-half)
	}
}

// squares are boxes to tick, a letter beside each.
func (c *composer) squares() {
	side := c.between(2.2, 3.6)
	for i := range 2 + c.IntN(9) {
		if c.y+3*side > c.height-8 {
			return
		}
		c.y += 1.9 * side
		x := c.print(c.body[0], c.em, fmt.Sprintf("%d ", i+1), vec{c.left, c.y}) + 3
		s := slot{kind: slotBubbles, answers: true, filled: 0.9}
		var row []ring
		for k := range 4 {
			b := box{vec{x, c.y - side}, vec{x + side, c.y}}
			c.frame(b)
			row = append(row, ring{b.min.add(b.max).times(0.5), vec{side / 2, side / 2}, 0, c.ruled})
			x = c.print(c.body[0], 0.9*c.em, string(rune('a'+k)), vec{x + side + 1, c.y}) + 4
		}
		s.bubbles = [][]ring{row}
		c.slot(s, vec{})
	}
}

// graphPaper is squared paper with a curve drawn by hand.
func (c *composer) graphPaper() {
	high := min(c.between(25, 80), c.height-c.y-12)
	if high < 15 {
		return
	}
	step := c.between(3, 6)
	for y := 0.0; y <= high; y += step {
		c.rule(vec{c.left, c.y + y}, vec{c.right, c.y + y})
	}
	for x := c.left; x <= c.right; x += step {
		c.rule(vec{x, c.y}, vec{x, c.y + high})
	}
	c.slot(slot{kind: slotScrawl, width: 0.7 * (c.right - c.left), height: high / 2, filled: 0.6}, vec{c.left + 5, c.y + 0.7*high})
	c.slot(slot{kind: slotSums, width: 40, height: 4.5, filled: 0.6}, vec{c.left + 8, c.y + 0.9*high})
	c.y += high
}

// answerFrames are large boxes with a number on a tab.
func (c *composer) answerFrames() {
	high := c.between(14, 45)
	cols := 1 + c.IntN(2)
	wide := (c.right - c.left) / float64(cols)
	kind := c.answerKind()
	for row := range 1 + c.IntN(4) {
		if c.y+high > c.height-8 {
			return
		}
		for k := range cols {
			x := c.left + float64(k)*wide
			c.frame(box{vec{x, c.y}, vec{x + wide - 2, c.y + high}})
			c.shade(box{vec{x, c.y}, vec{x + 8, c.y + 1.5*c.em}}, ink{r: 70, g: 70, b: 80})
			c.add(white{text{face: c.body[1], size: c.em, chars: fmt.Sprint(row*cols + k + 1), at: translate(x+1.5, c.y+1.1*c.em)}})
			for y := 2.2 * c.em; y < high-2; y += 2 * c.digit {
				c.slot(slot{kind: kind, width: wide - 16, height: c.digit, filled: 0.75}, vec{x + 10, c.y + y})
			}
		}
		c.y += high + 2
	}
}

// narrow is a narrow column of text with a line beside it and room to write.
func (c *composer) narrow() {
	top := c.y
	edge := c.left + c.between(0.3, 0.5)*(c.right-c.left)
	c.text(c.left, edge, 6+c.IntN(14), c.body[0], 0.9*c.em)
	c.rule(vec{edge + 3, top}, vec{edge + 3, c.y})
	for y := top + 2*c.digit; y < c.y; y += 2 * c.digit {
		c.slot(slot{kind: c.answerKind(), width: c.right - edge - 10, height: c.digit, filled: 0.6}, vec{edge + 6, y})
	}
}

// pointTable is a table of marks with double lines.
func (c *composer) pointTable() {
	n := 4 + c.IntN(6)
	wide, high := min(14, (c.right-c.left)/float64(n)), 2.2*c.em
	for i := range n {
		x := c.left + float64(i)*wide
		c.frame(box{vec{x, c.y}, vec{x + wide, c.y + high}})
		c.frame(box{vec{x, c.y + high + 0.7}, vec{x + wide, c.y + 2*high + 0.7}})
		c.print(c.body[0], 0.8*c.em, fmt.Sprintf("%c%d", 'A'+i/3, 1+i%3), vec{x + 1, c.y + 1.5*c.em})
		c.slot(slot{kind: slotScore, width: wide - 2, height: 0.55 * high, bound: true, filled: 0.5}, vec{x + 1, c.y + 1.8*high})
	}
	c.y += 2*high + 1
}
