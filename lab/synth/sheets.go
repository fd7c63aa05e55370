package synth

import (
	"fmt"
	"strconv"
	"strings"
)

// ground rules the whole page at times: lines or squares to write on, a frame.
func (c *composer) ground() {
	pale := c.ruled
	if c.chance(0.07) {
		shade := uint8(c.between(150, 225))
		c.ruled = pick(c.random, []ink{{r: shade, g: shade, b: shade}, {r: shade, g: shade, b: 235}})
		step := c.between(5, 10)
		for y := c.between(10, 40); y < c.height-8; y += step {
			c.rule(vec{c.left, y}, vec{c.right, y})
		}
		if c.chance(0.3) {
			for x := c.left; x < c.right; x += step {
				c.rule(vec{x, 10}, vec{x, c.height - 8})
			}
		}
		c.ruled = pale
	}
	if c.chance(0.07) {
		rim := c.between(3, 0.9*c.left)
		c.frame(box{vec{rim, rim}, vec{c.width - rim, c.height - rim}})
	}
}

// plainSheet is an answer sheet as our own users print it: a line for ID and name
// without any box, then a table of answers that fills the page.
func (c *composer) plainSheet() {
	size := c.em * c.between(0.95, 1.2)
	c.y += c.digit * c.between(1.4, 2.4)
	x := c.left
	if c.chance(0.3) {
		x += c.between(0.2, 0.4) * (c.right - c.left)
	}
	colon := pick(c.random, []string{"  :", " : ", " :", ":"})
	x = c.print(c.head, size, strings.TrimRight(c.idLabel(), ":： ")+colon, vec{x, c.y})
	gap := c.idWidth() * c.between(0.9, 1.2)
	c.room(fieldLook{}, c.idSlot(), vec{x, c.y}, gap)
	x += gap + c.digit*c.between(0.2, 1.5)
	if x < c.right-25 {
		x = c.print(c.head, size, strings.TrimRight(pick(c.random, c.names), ":： ")+colon, vec{x, c.y})
		c.room(fieldLook{}, c.nameSlot(), vec{x, c.y}, max(c.right-x, 12))
	}
	c.y += c.digit*c.between(0.5, 1.4) + 1
	c.answerTable()
	c.footer()
}

// answerTable is a ruled table of numbered answers.
func (c *composer) answerTable() {
	left, right := c.left, c.right
	cols := []float64{left, left + c.between(8, 26), 0, right}
	cols[2] = cols[1] + c.between(6, 14)
	if c.chance(0.3) {
		cols = []float64{left, cols[1], right}
	}
	low, high := c.between(6, 11), c.between(11, 26)
	filled := c.between(0.5, 1)
	kind := pick(c.random, []slotKind{slotSums, slotWords, slotNumber})
	for n := 0; c.y+high < c.height-8; n++ {
		tall := c.between(low, high)
		if n == 0 {
			tall = low
		}
		c.answerCells(cols, tall, n, kind, filled)
		c.y += tall
	}
}

// answerCells is one row: its number, its points, and room for the answer.
func (c *composer) answerCells(cols []float64, tall float64, n int, kind slotKind, filled float64) {
	heads := []string{pick(c.random, []string{"Problem", "문제", "No."}), pick(c.random, []string{"pt", "배점"}), pick(c.random, []string{"Answer", "답"})}
	for i := range len(cols) - 1 {
		b := box{vec{cols[i], c.y}, vec{cols[i+1], c.y + tall}}
		c.frame(b)
		said := []string{fmt.Sprintf("(%d)", n), strconv.Itoa(1 + c.IntN(10)), ""}[i]
		if n == 0 {
			said = heads[i]
		}
		room := b.max.x - b.min.x
		at := vec{b.min.x + max(0.5, (room-c.press.width(c.body[0], c.em, said))/2), c.y + tall/2 + 0.36*c.em}
		c.fitted(c.body[0], c.em, said, at, room-0.6)
		if i == len(cols)-2 && n > 0 {
			c.answer(b, kind, filled)
		}
	}
}

// answer leaves room for one line or two of an answer.
func (c *composer) answer(b box, kind slotKind, filled float64) {
	if c.chance(0.4) {
		kind = c.answerKind()
	}
	lines := 1
	if b.max.y-b.min.y > 15 {
		lines = 1 + c.IntN(3)
	}
	step := (b.max.y - b.min.y) / float64(lines)
	for i := range lines {
		h := min(c.digit*c.between(0.8, 1.15), 0.6*step)
		x := b.min.x + c.between(1, 14)
		c.slot(slot{kind: kind, width: b.max.x - x - 2, height: h, filled: filled}, vec{x, b.min.y + (float64(i)+0.5)*step + h/2})
	}
}

// essay is a page's worth of writing.
func (c *composer) essay() {
	h := c.between(2.4, 5)
	step := h * c.between(1.4, 2)
	ruled := c.chance(0.4)
	for n := 6 + c.IntN(24); n > 0 && c.y+step < c.height-8; n-- {
		c.y += step
		if ruled {
			c.rule(vec{c.left, c.y}, vec{c.right, c.y})
		}
		for x := c.left + c.between(0, 6); x < c.right-20; {
			w := c.between(20, 80)
			c.slot(slot{kind: pick(c.random, []slotKind{slotWords, slotWords, slotWords, slotSums}), width: min(w, c.right-x), height: h, filled: 0.9}, vec{x, c.y})
			x += w * c.between(0.9, 1.3)
		}
	}
}

// byHand is room for people to write ID and name without any label, or to write
// the label too, as on an empty sheet.
func (c *composer) byHand() {
	h := c.digit
	c.y += 1.6 * h
	x := c.left + c.between(0, 0.6)*(c.right-c.left)*float64(c.IntN(2))
	if c.chance(0.4) {
		c.slot(slot{kind: slotLabel, width: 2.6 * h, height: h}, vec{x, c.y})
		x += 3 * h
	}
	if c.chance(0.3) {
		c.slot(slot{kind: slotWords, width: 5 * h, height: h}, vec{x, c.y})
		x += 5.5 * h
	}
	id, name := c.idSlot(), c.nameSlot()
	id.width, name.width = c.idWidth(), 5*h
	if x+id.width > c.right {
		x = c.left
		c.y += 2 * h
	}
	c.slot(id, vec{x, c.y})
	x += id.width + h*c.between(0.4, 2)
	if x+name.width > c.right {
		x = c.left + c.between(0, 20)
		c.y += 1.7 * h
	}
	c.slot(name, vec{x, c.y})
	c.y += h
}
