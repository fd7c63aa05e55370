package synth

import (
	"fmt"
	"strconv"
)

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
			c.print(c.body[0], 0.75*size, strconv.Itoa(i+1), vec{c.left - 6, c.y})
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
			c.add(white{text{face: c.body[1], size: c.em, chars: strconv.Itoa(row*cols + k + 1), at: translate(x+1.5, c.y+1.1*c.em)}})
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
