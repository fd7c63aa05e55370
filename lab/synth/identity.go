package synth

// identity sets the block with the ID's field on the world's forms.
type identity struct{ fields }

// set sets the block with the ID's field.
func (id identity) set() {
	if id.chance(0.12) {
		id.tilt = id.crooked()
	}
	id.y += 0.5 * id.digit
	kinds := []func(){id.inLine, id.inLine, id.inLine, id.inLine, id.inList, id.inList, id.inTable, id.inTable, id.inTable, id.inHeads, id.underLabel, id.underLabel, id.underLabel, id.amidText, id.byHand}
	pick(id.random, kinds)()
	id.tilt = translate(0, 0)
	id.y += id.digit * id.between(0.5, 2)
}

// crooked turns a block by up to three degrees, as when it is a sticker or a picture
// in the page.
func (id identity) crooked() affine {
	at := vec{(id.left + id.right) / 2, id.y}
	return translate(-at.x, -at.y).then(rotate(id.around(0, 0.025))).then(translate(at.x, at.y))
}

// entry is one label with its field.
type entry struct {
	label string
	slot  slot
	width float64
}

// entries are an ID, a name and others, in an order of the form's own.
func (id identity) entries(others int) []entry {
	out := []entry{{id.idLabel(), id.idSlot(), id.idWidth()}}
	if id.chance(0.85) {
		name := entry{pick(id.random, id.names), id.nameSlot(), id.digit * id.between(4, 9)}
		if id.chance(0.5) {
			out = []entry{name, out[0]}
		} else {
			out = append(out, name)
		}
	}
	for range others {
		s := slot{kind: otherKind(id.random), height: id.digit, filled: 0.75}
		at := id.IntN(len(out) + 1)
		e := entry{pick(id.random, id.others), s, id.digit * id.between(3, 8)}
		out = append(out[:at:at], append([]entry{e}, out[at:]...)...)
	}
	return out
}

func (id identity) idLabel() string {
	label := pick(id.random, id.ids)
	if id.chance(0.08) { // any school may print it in English
		label = pick(id.random, englishTongue().ids)
	}
	return label
}

// inLine sets labels and fields side by side, on as many lines as they need.
func (id identity) inLine() {
	list := id.entries(pick(id.random, []int{0, 0, 0, 1, 2}))
	size := id.em * id.between(0.9, 1.3)
	f, plain := id.anyLook(0.6*(id.right-id.left)), fieldLook{frame: pick(id.random, []frameLook{frameNone, frameNone, frameUnder, frameUnder, frameBox})}
	if id.chance(0.3) {
		plain.frame, plain.around = f.frame, f.around
	}
	if plain.frame == frameComb {
		plain.frame = frameBox
	}
	step := id.digit*1.9 + 0.4*f.high
	x := id.left + id.between(0, 0.35)*(id.right-id.left)*float64(id.IntN(2))
	id.y += step
	for _, e := range list {
		look := plain
		if e.slot.kind == slotID {
			look = f
			if f.frame == frameComb {
				e.width = f.pitch*float64(id.chars) + f.pitch
			}
		}
		need := id.press.width(id.body[0], size, e.label) + 1 + e.width
		if x > id.left && x+need > id.right {
			x = id.left
			id.y += step
		}
		if id.chance(0.06) && e.slot.kind == slotID {
			e.label = ""
		}
		x = id.print(id.body[id.bold()], size, e.label, vec{x, id.y}) + id.between(0.2, 2.5)
		x = id.room(look, e.slot, vec{x, id.y}, min(e.width, max(id.right-x, 12))) + id.digit*id.between(0.6, 3)
	}
	id.y += 0.5*id.digit + 0.3*f.high
}

// inList sets a label and a field a line.
func (id identity) inList() {
	list := id.entries(id.IntN(4))
	size := id.em * id.between(0.9, 1.3)
	left := id.left + id.between(0, 0.5)*(id.right-id.left)*float64(id.IntN(2))
	indent := left + id.widest(list, size) + 2
	f, plain := id.anyLook(max(10, id.right-indent-4)), fieldLook{frame: pick(id.random, []frameLook{frameNone, frameUnder, frameUnder, frameDots, frameBox, frameTint})}
	plain.tint = f.tint
	width := id.idWidth() * id.between(1, 1.6)
	for _, e := range list {
		id.y += id.digit*id.between(1.8, 2.4) + 0.3*f.high
		look := plain
		if e.slot.kind == slotID && id.chance(0.6) {
			look = f
		}
		x := id.print(id.body[0], size, e.label, vec{left, id.y}) + 1
		if id.chance(0.8) {
			x = indent
		}
		id.room(look, e.slot, vec{x, id.y}, min(width, max(id.right-x, 15)))
	}
	id.y += 0.5*id.digit + 0.3*f.high
}

func (id identity) widest(list []entry, size float64) float64 {
	var most float64
	for _, e := range list {
		most = max(most, id.press.width(id.body[0], size, e.label))
	}
	return most
}

// inTable sets labels and fields into the cells of a table, side by side.
func (id identity) inTable() {
	list := id.entries(1 + id.IntN(5))
	cols := 1 + id.IntN(3)
	size := id.em * id.between(0.85, 1.15)
	room := (id.right - id.left) * pick(id.random, []float64{1, 1, id.between(0.5, 1)})
	label := min(id.widest(list, size)+3, 0.5*room/float64(cols))
	high := id.digit * id.between(1.3, 2.6)
	tint, tinted, stacked := tint(id.random), id.chance(0.3), id.script == korean && id.chance(0.15)
	left := id.right - room
	if id.chance(0.7) {
		left = id.left
	}
	wide := max(room/float64(cols)-label, 12)
	for i, e := range list {
		x, y := left+float64(i%cols)*(label+wide), id.y+float64(i/cols)*high
		head := box{vec{x, y}, vec{x + label, y + high}}
		if tinted {
			id.shade(head, tint)
		}
		id.frame(head)
		id.frame(box{vec{x + label, y}, vec{x + label + wide, y + high}})
		if tall := []rune(e.label); stacked && len(tall) < 4 && high > float64(len(tall))*size*1.1 {
			for k, char := range tall {
				id.print(id.body[0], size, string(char), vec{x + label/2 - size/2, y + high/2 + size*(float64(k)-float64(len(tall))/2+0.9)})
			}
		} else {
			id.fitted(id.body[id.bold()], size, e.label, vec{x + 1, y + high/2 + 0.36*size}, label-1.2)
		}
		id.into(e.slot, box{vec{x + label, y}, vec{x + label + wide, y + high}})
	}
	id.y += float64((len(list)+cols-1)/cols) * high
}

// inHeads sets a table whose labels stand above their cells, or inside them in small
// print.
func (id identity) inHeads() {
	list := id.entries(id.IntN(4))
	size := id.em * id.between(0.7, 1)
	wide := (id.right - id.left) / float64(len(list))
	if wide < id.digit*float64(id.chars)*0.6 {
		list = list[:min(len(list), 2)]
		wide = (id.right - id.left) / float64(len(list))
	}
	inside, high := id.chance(0.4), id.digit*id.between(1.5, 2.6)
	top := size * 1.6
	for i, e := range list {
		x := id.left + float64(i)*wide
		id.fitted(id.body[0], size, e.label, vec{x + 1, id.y + 1.2*size}, wide-2)
		if inside {
			id.frame(box{vec{x, id.y}, vec{x + wide, id.y + top + high}})
		} else {
			id.frame(box{vec{x, id.y}, vec{x + wide, id.y + top}})
			id.frame(box{vec{x, id.y + top}, vec{x + wide, id.y + top + high}})
		}
		id.into(e.slot, box{vec{x, id.y + top}, vec{x + wide, id.y + top + high}})
	}
	id.y += top + high
}
