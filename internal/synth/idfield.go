package synth

import (
	"strconv"
	"strings"
)

// combLook is how the boxes of a comb are ruled.
type combLook int

const (
	combBoxes  combLook = iota // touching boxes
	combApart                  // boxes with gaps between
	combTeeth                  // a line with ticks
	combDashed                 // a box divided by dashed lines
	combUnders                 // a short line below each character
	combSplit                  // boxes in two groups
	combHalves                 // two boxes, half of the characters in each
)

func combLooks() []combLook {
	return []combLook{combBoxes, combBoxes, combBoxes, combBoxes, combApart, combApart, combTeeth, combDashed, combUnders, combSplit, combHalves}
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
)

// fieldLook is what a form's fields look like.
type fieldLook struct {
	frame       frameLook
	comb        combLook
	pitch, high float64 // of a comb's boxes
	tint        ink
}

// anyLook invents a look for an ID's field with room of a width.
func (c *composer) anyLook(width float64) fieldLook {
	f := fieldLook{
		frame: pick(c.random, []frameLook{frameNone, frameNone, frameNone, frameUnder, frameUnder, frameDots, frameBox, frameBox, frameTint, frameComb, frameComb, frameComb, frameComb}),
		comb:  pick(c.random, combLooks()), tint: c.tint(),
	}
	f.pitch = min(c.digit*c.between(0.8, 2), width/float64(c.chars))
	f.high = min(c.digit, f.pitch*1.3) * c.between(1.15, 1.9)
	return f
}

// comb rules boxes from the left end of their lower edge, leaves room in them and
// returns where they end.
func (c *composer) comb(f fieldLook, s slot, n int, at vec) float64 {
	gap, first := 0.0, len(c.items)
	if f.comb == combApart || f.comb == combUnders {
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

// idWidth is the room that an ID wants on a free line.
func (c *composer) idWidth() float64 { return c.digit * float64(c.chars) * c.between(0.75, 1.25) }

func (c *composer) idSlot() slot { return slot{kind: slotID, height: c.digit} }

func (c *composer) nameSlot() slot { return slot{kind: slotName, height: c.digit, filled: 0.95} }

func (c *composer) idLabel() string {
	label := pick(c.random, c.ids)
	if c.chance(0.08) { // any school may print it in English
		label = pick(c.random, englishTongue().ids)
	}
	return label
}

// entry is one label with its field.
type entry struct {
	label string
	slot  slot
	width float64
}

// entries are an ID, a name and others, in an order of the form's own.
func (c *composer) entries(others int) []entry {
	out := []entry{{c.idLabel(), c.idSlot(), c.idWidth()}}
	if c.chance(0.85) {
		name := entry{pick(c.random, c.names), c.nameSlot(), c.digit * c.between(4, 9)}
		if c.chance(0.5) {
			out = []entry{name, out[0]}
		} else {
			out = append(out, name)
		}
	}
	for range others {
		s := slot{kind: c.otherKind(), height: c.digit, filled: 0.75}
		at := c.IntN(len(out) + 1)
		e := entry{pick(c.random, c.others), s, c.digit * c.between(3, 8)}
		out = append(out[:at:at], append([]entry{e}, out[at:]...)...)
	}
	return out
}

// identity sets the block with the ID's field.
func (c *composer) identity() {
	if c.chance(0.12) {
		c.tilt = c.crooked()
	}
	c.y += 0.5 * c.digit
	kinds := []func(){c.inLine, c.inLine, c.inLine, c.inLine, c.inList, c.inList, c.inTable, c.inTable, c.inTable, c.inHeads, c.underLabel, c.underLabel, c.underLabel, c.amidText, c.byHand}
	pick(c.random, kinds)()
	c.tilt = translate(0, 0)
	c.y += c.digit * c.between(0.5, 2)
}

// crooked turns a block by up to three degrees, as when it is a sticker or a picture
// in the page.
func (c *composer) crooked() affine {
	at := vec{(c.left + c.right) / 2, c.y}
	return translate(-at.x, -at.y).then(rotate(c.around(0, 0.025))).then(translate(at.x, at.y))
}

// inLine sets labels and fields side by side, on as many lines as they need.
func (c *composer) inLine() {
	list := c.entries(pick(c.random, []int{0, 0, 0, 1, 2}))
	size := c.em * c.between(0.9, 1.3)
	f, plain := c.anyLook(0.6*(c.right-c.left)), fieldLook{frame: pick(c.random, []frameLook{frameNone, frameNone, frameUnder, frameUnder, frameBox})}
	if c.chance(0.3) {
		plain.frame = f.frame
	}
	if plain.frame == frameComb {
		plain.frame = frameBox
	}
	step := c.digit*1.9 + 0.4*f.high
	x := c.left + c.between(0, 0.35)*(c.right-c.left)*float64(c.IntN(2))
	c.y += step
	for _, e := range list {
		look := plain
		if e.slot.kind == slotID {
			look = f
			if f.frame == frameComb {
				e.width = f.pitch*float64(c.chars) + f.pitch
			}
		}
		need := c.press.width(c.body[0], size, e.label) + 1 + e.width
		if x > c.left && x+need > c.right {
			x = c.left
			c.y += step
		}
		if c.chance(0.06) && e.slot.kind == slotID {
			e.label = ""
		}
		x = c.print(c.body[c.bold()], size, e.label, vec{x, c.y}) + c.between(0.2, 2.5)
		x = c.room(look, e.slot, vec{x, c.y}, min(e.width, max(c.right-x, 12))) + c.digit*c.between(0.6, 3)
	}
	c.y += 0.5*c.digit + 0.3*f.high
}

// inList sets a label and a field a line.
func (c *composer) inList() {
	list := c.entries(c.IntN(4))
	size := c.em * c.between(0.9, 1.3)
	left := c.left + c.between(0, 0.5)*(c.right-c.left)*float64(c.IntN(2))
	indent := left + c.widest(list, size) + 2
	f, plain := c.anyLook(max(10, c.right-indent-4)), fieldLook{frame: pick(c.random, []frameLook{frameNone, frameUnder, frameUnder, frameDots, frameBox, frameTint})}
	plain.tint = f.tint
	width := c.idWidth() * c.between(1, 1.6)
	for _, e := range list {
		c.y += c.digit*c.between(1.8, 2.4) + 0.3*f.high
		look := plain
		if e.slot.kind == slotID && c.chance(0.6) {
			look = f
		}
		x := c.print(c.body[0], size, e.label, vec{left, c.y}) + 1
		if c.chance(0.8) {
			x = indent
		}
		c.room(look, e.slot, vec{x, c.y}, min(width, max(c.right-x, 15)))
	}
	c.y += 0.5*c.digit + 0.3*f.high
}

func (c *composer) widest(list []entry, size float64) float64 {
	var most float64
	for _, e := range list {
		most = max(most, c.press.width(c.body[0], size, e.label))
	}
	return most
}

// inTable sets labels and fields into the cells of a table, side by side.
func (c *composer) inTable() {
	list := c.entries(1 + c.IntN(5))
	cols := 1 + c.IntN(3)
	size := c.em * c.between(0.85, 1.15)
	room := (c.right - c.left) * pick(c.random, []float64{1, 1, c.between(0.5, 1)})
	label := min(c.widest(list, size)+3, 0.5*room/float64(cols))
	high := c.digit * c.between(1.3, 2.6)
	tint, tinted, stacked := c.tint(), c.chance(0.3), c.script == korean && c.chance(0.15)
	left := c.right - room
	if c.chance(0.7) {
		left = c.left
	}
	wide := max(room/float64(cols)-label, 12)
	for i, e := range list {
		x, y := left+float64(i%cols)*(label+wide), c.y+float64(i/cols)*high
		head := box{vec{x, y}, vec{x + label, y + high}}
		if tinted {
			c.shade(head, tint)
		}
		c.frame(head)
		c.frame(box{vec{x + label, y}, vec{x + label + wide, y + high}})
		if tall := []rune(e.label); stacked && len(tall) < 4 && high > float64(len(tall))*size*1.1 {
			for k, char := range tall {
				c.print(c.body[0], size, string(char), vec{x + label/2 - size/2, y + high/2 + size*(float64(k)-float64(len(tall))/2+0.9)})
			}
		} else {
			c.fitted(c.body[c.bold()], size, e.label, vec{x + 1, y + high/2 + 0.36*size}, label-1.2)
		}
		c.into(e.slot, box{vec{x + label, y}, vec{x + label + wide, y + high}})
	}
	c.y += float64((len(list)+cols-1)/cols) * high
}

// into leaves room in a cell; an ID's may be a comb.
func (c *composer) into(s slot, cell box) {
	wide, high := cell.max.x-cell.min.x, cell.max.y-cell.min.y
	s.height = min(s.height, 0.72*high)
	if pitch := wide / float64(c.chars); s.kind == slotID && pitch > 2.5 && c.chance(0.25) {
		c.comb(fieldLook{tint: c.tint(), comb: combDashed, pitch: pitch, high: high}, s, c.chars, vec{cell.min.x, cell.max.y})
		return
	}
	pad := min(s.height*c.between(0.1, 1), 0.1*wide)
	s.width, s.bound = wide-1.3*pad, high < 2*s.height
	c.slot(s, vec{cell.min.x + pad, cell.max.y - (high-s.height)*c.between(0.3, 0.6)})
}

// inHeads sets a table whose labels stand above their cells, or inside them in small
// print.
func (c *composer) inHeads() {
	list := c.entries(c.IntN(4))
	size := c.em * c.between(0.7, 1)
	wide := (c.right - c.left) / float64(len(list))
	if wide < c.digit*float64(c.chars)*0.6 {
		list = list[:min(len(list), 2)]
		wide = (c.right - c.left) / float64(len(list))
	}
	inside, high := c.chance(0.4), c.digit*c.between(1.5, 2.6)
	top := size * 1.6
	for i, e := range list {
		x := c.left + float64(i)*wide
		c.fitted(c.body[0], size, e.label, vec{x + 1, c.y + 1.2*size}, wide-2)
		if inside {
			c.frame(box{vec{x, c.y}, vec{x + wide, c.y + top + high}})
		} else {
			c.frame(box{vec{x, c.y}, vec{x + wide, c.y + top}})
			c.frame(box{vec{x, c.y + top}, vec{x + wide, c.y + top + high}})
		}
		c.into(e.slot, box{vec{x, c.y + top}, vec{x + wide, c.y + top + high}})
	}
	c.y += top + high
}

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
