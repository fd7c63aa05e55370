package synth

import (
	"fmt"
	"strings"
)

// headings sets what stands above and below a page's body.
type headings struct{ *galley }

// top is what most pages begin with: a logo, a title, a date, a course's code.
func (h headings) top() {
	if h.chance(0.2) {
		h.logo()
	}
	if h.chance(0.7) {
		h.title()
		if h.chance(0.5) {
			f, size := h.body[0], h.em
			when := newDate(h.random) + "  " + newPrinted(h.random)
			h.print(f, size, when, vec{h.right - h.press.width(f, size, when), h.y - h.em*h.between(0.3, 1)})
		}
		h.y += h.em * h.between(0.3, 2)
	}
	if h.chance(0.25) {
		h.scored()
	}
}

// title sets a line in a size of its own.
func (h headings) title() {
	size := h.em * h.between(1.1, 2.1)
	if h.chance(0.12) {
		size = h.between(9, 22)
	}
	said := pick(h.random, h.tasks)
	if h.chance(0.3) {
		said += " " + newPrinted(h.random)
	}
	width := h.press.width(h.head, size, said)
	room := h.right - h.left
	h.y += size
	at := h.left + pick(h.random, []float64{0, 0, 0.5, 1})*max(0, room-width)
	h.fitted(h.head, size, said, vec{at, h.y}, room)
	h.y += size * h.between(0.3, 0.9)
}

// scored is a mark that a grader wrote at the top, in red or blue.
func (h headings) scored() {
	tall := h.between(7, 14)
	h.slot(slot{kind: slotScore, width: 40, height: tall, bound: true, filled: 0.6}, vec{h.left + h.between(0.1, 0.85)*(h.right-h.left), h.y + tall})
}

// logo is an emblem with a name.
func (h headings) logo() {
	size := h.between(6, 20)
	at := vec{h.left + h.between(0, 0.6)*(h.right-h.left), h.y + size}
	if h.chance(0.5) {
		radius := size * h.between(0.35, 0.6)
		h.add(ring{at.add(vec{0, -size / 2}), vec{radius, radius}, pick(h.random, []float64{0, 0.4, 1.2}), h.ruled})
		at.x += radius * 1.4
	}
	name := []rune(strings.ToUpper(pick(h.random, h.tasks)))
	end := h.fitted(h.head, size, string(name[:min(len(name), 1+h.IntN(9))]), at, h.right-at.x)
	if h.chance(0.4) {
		h.print(h.body[0], h.em, newPhone(h.random), vec{end + 2, at.y})
	}
	h.y = at.y + h.em
}

// footer is a page's number, and a code in a corner at times.
func (h headings) footer() {
	if h.chance(0.5) {
		said := pick(h.random, []string{"%d", "- %d -", "%d / 8", "Page %d of 8", "p. %d"})
		h.print(h.body[0], 0.85*h.em, fmt.Sprintf(said, 1+h.IntN(8)), vec{h.width * pick(h.random, []float64{0.1, 0.5, 0.85}), h.height - h.between(4, 9)})
	}
	if h.chance(0.15) {
		size := h.between(8, 24)
		h.square(vec{h.between(3, h.width-size-3), pick(h.random, []float64{3, h.height - size - 4})}, size)
	}
	if h.chance(0.06) {
		h.barcode(vec{h.between(5, h.width-60), h.between(4, 12)})
	}
}

// barcode is a row of bars with its number below.
func (h headings) barcode(at vec) {
	dark := make([]bool, 70+h.IntN(50))
	for i := range dark {
		dark[i] = i%2 == 0 && i%3 > 0 || h.chance(0.4)
	}
	high := h.between(5, 11)
	h.add(pattern{at, vec{h.between(0.3, 0.5), high}, len(dark), dark, h.toner})
	if h.chance(0.7) {
		h.print(h.body[0], 0.9*h.em, anyDigits(h.random, 8+h.IntN(5)), vec{at.x + 4, at.y + high + h.em})
	}
}
