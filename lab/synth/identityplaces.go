package synth

import "strings"

// underLabel sets the ID's field below, or above, its label, bubbles below it at times.
func (id identity) underLabel() {
	size := id.em * id.between(0.9, 1.4)
	f := id.anyLook(0.9 * (id.right - id.left))
	if id.chance(0.6) {
		f.frame = frameComb
	}
	wide := f.pitch * float64(id.chars)
	if f.frame != frameComb {
		wide = min(id.idWidth(), id.right-id.left)
	}
	x := id.left + id.between(0, 1)*max(0, id.right-id.left-wide-2)
	below := id.chance(0.12)
	barred := f.frame == frameComb && id.chance(0.2)
	if !below {
		id.y += 1.3 * size
		id.bar(barred, box{vec{x, id.y - 1.2*size}, vec{x + wide, id.y + 0.5*size}})
		id.label(barred, size, vec{x + id.between(0, 2), id.y})
		id.y += 0.5 * size
		if !barred {
			id.y += id.digit * id.between(0.1, 0.7)
		}
	}
	id.y += max(f.high*0.7, id.digit*1.35)
	id.room(f, id.idSlot(), vec{x, id.y}, wide)
	id.y += max(0.3*f.high, 0.45*id.digit)
	if below {
		id.y += 1.2 * size
		id.print(id.body[0], size, id.idLabel(), vec{x, id.y})
	}
	if f.frame == frameComb && f.comb != combSplit && f.comb != combHalves && f.pitch > 3 && id.chance(0.45) {
		id.gridBelow(f, vec{x, id.y})
	}
	id.nameAnywhere()
}

// bar is a black header above a comb.
func (id identity) bar(barred bool, b box) {
	if barred {
		id.shade(b, ink{r: 20, g: 20, b: 22})
	}
}

// label prints the ID's label, white on a bar.
func (id identity) label(barred bool, size float64, at vec) {
	if !barred {
		id.print(id.body[id.bold()], size, id.idLabel(), at)
		return
	}
	id.add(white{text{face: id.body[1], size: size, chars: id.idLabel(), at: translate(at.x, at.y).then(id.tilt)}})
}

// gridBelow prints ten bubbles below each box.
func (id identity) gridBelow(f fieldLook, at vec) {
	r := min(f.pitch*0.38, 2)
	step := r * id.between(2.15, 2.8)
	if at.y+10*step > id.height-6 {
		return
	}
	s := slot{kind: slotBubbles, filled: 0.85}
	for i := range id.chars {
		var column []ring
		for n := range 10 {
			centre := vec{at.x + (float64(i)+0.5)*f.pitch, at.y + (float64(n)+0.7)*step}
			column = append(column, id.bubble(id.tilt.apply(centre), r, string(rune('0'+n))))
		}
		s.bubbles = append(s.bubbles, column)
	}
	id.slots = append(id.slots, slot{kind: s.kind, at: translate(0, 0), filled: s.filled, bubbles: s.bubbles})
	id.y = at.y + 10.5*step
}

// nameAnywhere sets the name's field on a line of its own.
func (id identity) nameAnywhere() {
	if id.chance(0.3) {
		return
	}
	id.y += id.digit * id.between(1.8, 2.6)
	x := id.print(id.body[0], id.em, pick(id.random, id.names), vec{id.left, id.y}) + 1.5
	look := fieldLook{frame: pick(id.random, []frameLook{frameNone, frameUnder, frameUnder, frameBox})}
	id.room(look, id.nameSlot(), vec{x, id.y}, min(id.right-x, id.digit*id.between(6, 16)))
}

// amidText sets the ID's field among running text, a code before it at times.
func (id identity) amidText() {
	id.y += id.em * id.lead
	id.print(id.body[0], id.em, id.idLabel()+" "+strings.TrimSpace(id.sentence(id.IntN(4))), vec{id.left, id.y})
	id.y += id.em
	f := id.anyLook(0.55 * (id.right - id.left))
	if id.chance(0.8) {
		f.frame = frameComb
	}
	wide := id.idWidth()
	if f.frame == frameComb {
		wide = f.pitch * float64(id.chars)
	}
	x, top := id.left+id.between(0, 0.25)*(id.right-id.left), id.y
	if x-id.left > 25 {
		id.text(id.left, x-3, 2+id.IntN(4), id.body[0], id.em)
	}
	bottom := id.y
	if id.chance(0.5) {
		side := min(f.high*id.between(1.2, 2.2), 24)
		id.square(vec{x, top + 1}, side)
		x += side + 2
		bottom = max(bottom, top+side+2)
	}
	end := id.room(f, id.idSlot(), vec{x, top + max(f.high, 1.6*id.digit)}, wide)
	if id.right-end > 30 {
		id.y = top
		id.text(end+4, id.right, 2+id.IntN(5), id.body[0], id.em)
		bottom = max(bottom, id.y)
	}
	id.y = max(bottom, top+max(f.high, 1.6*id.digit)*1.5)
}

// byHand is room for people to write ID and name without any label, or to write
// the label too, as on an empty sheet.
func (id identity) byHand() {
	h := id.digit
	id.y += 1.6 * h
	x := id.left + id.between(0, 0.6)*(id.right-id.left)*float64(id.IntN(2))
	if id.chance(0.4) {
		id.slot(slot{kind: slotLabel, width: 2.6 * h, height: h}, vec{x, id.y})
		x += 3 * h
	}
	if id.chance(0.3) {
		id.slot(slot{kind: slotWords, width: 5 * h, height: h}, vec{x, id.y})
		x += 5.5 * h
	}
	number, name := id.idSlot(), id.nameSlot()
	number.width, name.width = id.idWidth(), 5*h
	if x+number.width > id.right {
		x = id.left
		id.y += 2 * h
	}
	id.slot(number, vec{x, id.y})
	x += number.width + h*id.between(0.4, 2)
	if x+name.width > id.right {
		x = id.left + id.between(0, 20)
		id.y += 1.7 * h
	}
	id.slot(name, vec{x, id.y})
	id.y += h
}
