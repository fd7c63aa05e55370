package synth

import (
	"fmt"
	"slices"
	"strconv"
)

// grid is a ruled table of printed and handwritten cells.
func (c *composer) grid() {
	rows, cols := 1+c.IntN(10), 2+c.IntN(7)
	if c.chance(0.2) {
		rows, cols = 1+c.IntN(3), 4+c.IntN(9)
	}
	high := c.em * c.between(1.5, 3.2)
	wide := (c.right - c.left) * c.between(0.45, 1) / float64(cols)
	head, side, hand := c.chance(0.7), c.chance(0.4), c.between(0, 0.8)
	kind, long := c.answerKind(), c.chance(0.2)
	for r := range rows {
		if c.y+high > c.height-6 {
			return
		}
		for k := range cols {
			b := box{vec{c.left + float64(k)*wide, c.y}, vec{c.left + float64(k+1)*wide, c.y + high}}
			c.cell(b, cellKind{r == 0 && head || k == 0 && side, kind, hand, long}, r*cols+k)
		}
		c.y += high
	}
}

// cellKind is what is in a table's cell: a heading, or writing of a kind with the
// probability hand, or print, which is long numbers in a list of them.
type cellKind struct {
	head bool
	kind slotKind
	hand float64
	long bool
}

// cell rules a table's cell and sets what is in it.
func (c *composer) cell(b box, k cellKind, number int) {
	if k.head && c.chance(0.3) {
		c.shade(b, c.tint())
	}
	c.frame(b)
	room, base := b.max.x-b.min.x-1.5, vec{b.min.x + 0.8, (b.min.y+b.max.y)/2 + 0.36*c.em}
	switch {
	case k.head:
		said := pick(c.random, slices.Concat(c.others, []string{strconv.Itoa(number), fmt.Sprintf("(%d)", number)}))
		c.fitted(c.body[1], 0.9*c.em, said, base, room)
	case c.chance(k.hand):
		h := min(0.6*(b.max.y-b.min.y), c.em*1.4)
		c.slot(slot{kind: k.kind, width: room, height: h, bound: true, filled: 0.9}, vec{base.x + 0.5, b.max.y - 0.2*(b.max.y-b.min.y)})
	case k.long:
		c.fitted(c.body[0], 0.9*c.em, anyDigits(c.random, 4+c.IntN(7)), base, room)
	case c.chance(0.4):
		c.fitted(c.body[0], 0.9*c.em, newPrinted(c.random), base, room)
	}
}

// workings is empty room that people calculate in.
func (c *composer) workings() {
	lines := 1 + c.IntN(8)
	h := c.between(2.6, 6.5)
	ruled := c.chance(0.25)
	filled := c.between(0.3, 1)
	for range lines {
		step := h * c.between(1.3, 2.2)
		if c.y+step > c.height-6 {
			return
		}
		c.y += step
		if ruled {
			c.rule(vec{c.left, c.y}, vec{c.right, c.y})
		}
		kind := pick(c.random, []slotKind{slotSums, slotSums, slotWords, slotWords, slotWords, slotNumber, slotScrawl, slotCourse, slotDate, slotPhone})
		x := c.left + c.between(0, 0.35)*(c.right-c.left)
		c.slot(slot{kind: kind, width: c.right - x, height: h, filled: filled}, vec{x, c.y})
		if c.chance(0.3) {
			x += 0.4 * (c.right - c.left)
			c.slot(slot{kind: slotSums, width: c.right - x, height: h, filled: filled}, vec{x, c.y})
		}
	}
}

// grading is a row of boxes for the grader.
func (c *composer) grading() {
	n := 2 + c.IntN(7)
	wide, high := c.between(9, 18), c.between(6, 11)
	left := max(c.left, c.right-float64(n)*wide)
	for i := range n {
		x := left + float64(i)*wide
		if x+wide > c.right {
			break
		}
		c.frame(box{vec{x, c.y}, vec{x + wide, c.y + high}})
		c.frame(box{vec{x, c.y + high}, vec{x + wide, c.y + 2*high}})
		c.fitted(c.body[0], 0.9*c.em, pick(c.random, []string{strconv.Itoa(i + 1), fmt.Sprintf("/%d", 5*(1+c.IntN(6)))}), vec{x + 1, c.y + high - 1}, wide-2)
		c.slot(slot{kind: slotScore, width: wide - 2, height: 0.6 * high, bound: true, filled: 0.6}, vec{x + 1, c.y + 1.85*high})
	}
	c.y += 2 * high
}

// lineFields are labels with a line each, for what isn't the ID.
func (c *composer) lineFields() {
	for range 1 + c.IntN(3) {
		c.y += c.em * c.between(1.8, 2.8)
		x := c.left
		for x < c.right-30 {
			x = c.print(c.body[0], c.em, pick(c.random, c.others), vec{x, c.y}) + 1
			w := c.between(12, 45)
			if x+w > c.right {
				break
			}
			c.rule(vec{x, c.y + 0.5}, vec{x + w, c.y + 0.5})
			c.slot(slot{kind: c.otherKind(), width: w, height: c.digit * 0.9, filled: 0.7}, vec{x + 1, c.y})
			x += w + 3
		}
	}
}

// otherKind is what goes into fields that are neither ID nor name.
func (c *composer) otherKind() slotKind {
	return pick(c.random, []slotKind{slotDate, slotDate, slotWords, slotWords, slotShort, slotPhone, slotCourse, slotCourse, slotSign, slotNumber})
}
