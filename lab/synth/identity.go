package synth

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
		plain.frame, plain.around = f.frame, f.around
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
