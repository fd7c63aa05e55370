package synth

import "math"

// heldOutIdentity sets the block with the ID's field on held-out forms.
type heldOutIdentity struct{ heldOutFields }

// set sets the block with the ID's field.
func (h heldOutIdentity) set() {
	kinds := []func(){h.card, h.band, h.declaration, h.declaration, h.signLines, h.signLines, h.turnedLabels, h.labelsBehind, h.labelsBehind, h.twoRows}
	pick(h.random, kinds)()
	h.y += h.digit
}

// card is a frame with a place for a photograph and fields beside it.
func (h heldOutIdentity) card() {
	top := h.y
	photo := h.between(18, 28)
	x := h.left + photo + 5
	h.frame(box{vec{h.left + 2, top + 2}, vec{h.left + 2 + photo*0.78, top + 2 + photo}})
	h.y += 2
	for _, e := range h.entries(1 + h.IntN(2)) {
		h.y += h.em * 1.2
		h.print(h.body[0], 0.75*h.em, e.label, vec{x, h.y})
		h.y += 1.9 * h.digit
		h.entry(e, vec{x, h.y}, h.right-x-3)
		h.y += 0.8 * h.digit
	}
	h.y = max(h.y, top+photo+4)
	h.frame(box{vec{h.left, top}, vec{h.right, h.y}})
	h.frame(box{vec{h.left - 1, top - 1}, vec{h.right + 1, h.y + 1}})
}

// entries are the ID's, the name's and other fields, the ID anywhere.
func (h heldOutIdentity) entries(others int) []entry {
	list := []entry{{pick(h.random, h.names), h.nameSlot(), 0}}
	for range others {
		list = append(list, entry{pick(h.random, h.others), slot{kind: otherKind(h.random), height: h.digit, filled: 0.7}, 0})
	}
	at := h.IntN(len(list) + 1)
	return append(list[:at:at], append([]entry{{pick(h.random, h.ids), h.idSlot(), 0}}, list[at:]...)...)
}

// entry sets a field, of a kind of its own for the ID and a plain line else.
func (h heldOutIdentity) entry(e entry, at vec, width float64) float64 {
	if e.slot.kind == slotID {
		return h.idField(at, width)
	}
	width = min(width, h.digit*h.between(5, 10))
	h.ruleOf(vec{at.x, at.y + 0.3*h.digit}, vec{at.x + width, at.y + 0.3*h.digit}, pick(h.random, []float64{0, 1.5}))
	return h.free(e.slot, at, width)
}

// band is a dark strip across with white boxes in it.
func (h heldOutIdentity) band() {
	list := h.entries(h.IntN(2))
	high := 3.1*h.digit + 1.3*h.em
	grey := uint8(h.between(90, 205))
	h.shade(box{vec{0, h.y}, vec{h.width, h.y + high}}, ink{r: grey, g: grey, b: grey})
	wide := (h.right - h.left) / float64(len(list))
	for i, e := range list {
		x := h.left + float64(i)*wide
		h.print(h.body[1], 0.8*h.em, e.label, vec{x, h.y + 1.1*h.em})
		b := box{vec{x, h.y + 1.5*h.em}, vec{x + wide - 3, h.y + high - 0.6*h.digit}}
		h.add(blank{b})
		e.slot.width, e.slot.bound, e.slot.height = wide-6, true, min(h.digit, 1.4*wide/float64(h.chars))
		h.slot(e.slot, vec{x + 1.5, b.max.y - 0.25*(b.max.y-b.min.y)})
	}
	h.y += high
}

// declaration is running text with the fields in it: "I, ..., number ..., declare".
func (h heldOutIdentity) declaration() {
	h.y += 2.4 * h.digit
	x := h.left
	say := func(words string) {
		if x > h.left && x+h.press.width(h.body[0], h.em, words) > h.right {
			x = h.left
			h.y += 2.4 * h.digit
		}
		x = h.print(h.body[0], h.em, words, vec{x, h.y}) + 1.2
	}
	list := h.entries(h.IntN(2))
	for _, e := range list {
		say(h.sentence(1 + h.IntN(4)))
		say(e.label)
		width := h.idWidth() + 3
		if x+width > h.right {
			x = h.left
			h.y += 2.4 * h.digit
		}
		if e.slot.kind == slotID && h.chance(0.5) {
			x = h.idField(vec{x, h.y}, width) + 1.2
			continue
		}
		h.ruleOf(vec{x, h.y + 0.2*h.digit}, vec{x + width, h.y + 0.2*h.digit}, pick(h.random, []float64{0, 0.8}))
		x = h.free(e.slot, vec{x, h.y}, width) + 1.2
	}
	say(h.sentence(3 + h.IntN(5)))
	h.text(h.left, h.right, 1+h.IntN(3), h.body[0], h.em)
}

// signLines are lines with small labels centred below them.
func (h heldOutIdentity) signLines() {
	list := h.entries(h.IntN(3))
	wide := (h.right - h.left) / float64(min(len(list), 2))
	for i, e := range list {
		if i%2 == 0 {
			h.y += 2.6*h.digit + h.em
		}
		x := h.left + float64(i%2)*wide
		room := wide - 8
		if e.slot.kind == slotID && h.chance(0.4) {
			h.idField(vec{x, h.y}, room)
		} else {
			h.rule(vec{x, h.y + 0.2*h.digit}, vec{x + room, h.y + 0.2*h.digit})
			h.free(e.slot, vec{x + h.digit, h.y}, room-h.digit)
		}
		h.print(h.body[0], 0.65*h.em, e.label, vec{x + room/2 - h.press.width(h.body[0], 0.65*h.em, e.label)/2, h.y + 0.6*h.digit + 0.8*h.em})
	}
	h.y += 0.6*h.digit + h.em
}

// turnedLabels is a table whose labels run upwards beside their cells.
func (h heldOutIdentity) turnedLabels() {
	list := h.entries(1 + h.IntN(2))
	wide, high := (h.right-h.left)/float64(len(list)), h.between(3, 4.5)*h.digit
	size := 0.7 * h.em
	for i, e := range list {
		x := h.left + float64(i)*wide
		h.frame(box{vec{x, h.y}, vec{x + wide, h.y + high}})
		h.rule(vec{x + 1.5*size, h.y}, vec{x + 1.5*size, h.y + high})
		label := []rune(e.label)
		label = label[:min(len(label), int(1.8*high/size))]
		up := rotate(-math.Pi / 2).then(translate(x+1.15*size, h.y+high-0.5))
		h.add(text{face: h.body[0], size: size, chars: string(label), at: up, ink: h.toner})
		room := wide - 1.5*size - 2
		e.slot.width, e.slot.height = room-1, min(h.digit, 1.3*room/float64(h.chars))
		h.slot(e.slot, vec{x + 1.5*size + 2, h.y + high/2 + 0.5*h.digit})
	}
	h.y += high
}

// labelsBehind are fields whose labels stand right of them.
func (h heldOutIdentity) labelsBehind() {
	left := h.left + h.between(0, 0.3)*(h.right-h.left)
	for _, e := range h.entries(h.IntN(3)) {
		h.y += 2.3 * h.digit
		x := h.entry(e, vec{left, h.y}, 0.6*(h.right-left))
		h.print(h.body[0], 0.85*h.em, "("+e.label+")", vec{x + 1.5, h.y})
	}
	h.y += 0.5 * h.digit
}

// twoRows is a row of small labels and, far below, a row of fields without any frame.
func (h heldOutIdentity) twoRows() {
	list := h.entries(h.IntN(2))
	wide := (h.right - h.left) / float64(len(list))
	h.y += h.em
	h.rule(vec{h.left, h.y + 0.4*h.em}, vec{h.right, h.y + 0.4*h.em})
	for i, e := range list {
		x := h.left + float64(i)*wide
		h.print(h.body[1], 0.8*h.em, e.label, vec{x + 1, h.y})
		e.slot.width = wide - 3
		h.slot(e.slot, vec{x + 1 + h.between(0, 0.1)*wide, h.y + 0.4*h.em + 2.2*h.digit})
	}
	h.y += 0.4*h.em + 3.2*h.digit
	h.rule(vec{h.left, h.y}, vec{h.right, h.y})
}
