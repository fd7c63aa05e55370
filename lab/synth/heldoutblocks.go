package synth

import (
	"fmt"
	"strconv"
)

// heldOutBlocks sets the body's blocks on held-out forms.
type heldOutBlocks struct{ *galley }

// block sets one block of the body.
func (h heldOutBlocks) block() {
	kinds := []func(){h.numberedLines, h.numberedLines, h.cloze, h.cloze, h.matching, h.squares, h.graphPaper, h.answerFrames, h.answerFrames, h.narrow, h.pointTable}
	pick(h.random, kinds)()
}

// numberedLines is running text with a number before every fifth line.
func (h heldOutBlocks) numberedLines() {
	size := h.em * h.between(0.85, 1.1)
	for i := range 4 + h.IntN(14) {
		if h.y+2*size > h.height-8 {
			return
		}
		h.y += size * h.lead
		if i%5 == 4 {
			h.print(h.body[0], 0.75*size, strconv.Itoa(i+1), vec{h.left - 6, h.y})
		}
		h.print(h.body[0], size, h.lineOf(h.body[0], size, h.right-h.left), vec{h.left, h.y})
	}
}

// cloze is text with gaps that are filled in by hand.
func (h heldOutBlocks) cloze() {
	for i := range 1 + h.IntN(6) {
		if h.y+3*h.em > h.height-8 {
			return
		}
		h.y += 2.3 * h.em
		x := h.print(h.body[0], h.em, fmt.Sprintf("%c. ", 'a'+i), vec{h.left, h.y})
		for x < h.right-45 {
			x = h.print(h.body[0], h.em, h.sentence(2+h.IntN(4)), vec{x, h.y}) + 1
			w := h.between(12, 30)
			if x+w > h.right {
				break
			}
			h.rule(vec{x, h.y + 0.5}, vec{x + w, h.y + 0.5})
			h.slot(slot{kind: answerKind(h.random), width: w, height: 1.1 * h.em, filled: 0.8}, vec{x + 1, h.y})
			x += w + 1
		}
	}
}

// matching is two columns of terms with a box before each.
func (h heldOutBlocks) matching() {
	half := (h.left + h.right) / 2
	for i := range 3 + h.IntN(7) {
		if h.y+3*h.em > h.height-8 {
			return
		}
		h.y += 2 * h.em
		h.frame(box{vec{h.left, h.y - 1.3*h.em}, vec{h.left + 2*h.em, h.y + 0.4*h.em}})
		h.slot(slot{kind: slotShort, width: 1.7 * h.em, height: h.em, bound: true, filled: 0.8}, vec{h.left + 0.4*h.em, h.y})
		h.fitted(h.body[0], h.em, h.sentence(3), vec{h.left + 2.8*h.em, h.y}, half-h.left-4*h.em)
		h.fitted(h.body[0], h.em, fmt.Sprintf("%c) ", 'A'+i)+h.sentence(3), vec{half, h.y}, h.right-half)
	}
}

// squares are boxes to tick, a letter beside each.
func (h heldOutBlocks) squares() {
	side := h.between(2.2, 3.6)
	for i := range 2 + h.IntN(9) {
		if h.y+3*side > h.height-8 {
			return
		}
		h.y += 1.9 * side
		x := h.print(h.body[0], h.em, fmt.Sprintf("%d ", i+1), vec{h.left, h.y}) + 3
		s := slot{kind: slotBubbles, answers: true, filled: 0.9}
		var row []ring
		for k := range 4 {
			b := box{vec{x, h.y - side}, vec{x + side, h.y}}
			h.frame(b)
			row = append(row, ring{b.min.add(b.max).times(0.5), vec{side / 2, side / 2}, 0, h.ruled})
			x = h.print(h.body[0], 0.9*h.em, string(rune('a'+k)), vec{x + side + 1, h.y}) + 4
		}
		s.bubbles = [][]ring{row}
		h.slot(s, vec{})
	}
}

// graphPaper is squared paper with a curve drawn by hand.
func (h heldOutBlocks) graphPaper() {
	high := min(h.between(25, 80), h.height-h.y-12)
	if high < 15 {
		return
	}
	step := h.between(3, 6)
	for y := 0.0; y <= high; y += step {
		h.rule(vec{h.left, h.y + y}, vec{h.right, h.y + y})
	}
	for x := h.left; x <= h.right; x += step {
		h.rule(vec{x, h.y}, vec{x, h.y + high})
	}
	h.slot(slot{kind: slotScrawl, width: 0.7 * (h.right - h.left), height: high / 2, filled: 0.6}, vec{h.left + 5, h.y + 0.7*high})
	h.slot(slot{kind: slotSums, width: 40, height: 4.5, filled: 0.6}, vec{h.left + 8, h.y + 0.9*high})
	h.y += high
}

// answerFrames are large boxes with a number on a tab.
func (h heldOutBlocks) answerFrames() {
	high := h.between(14, 45)
	cols := 1 + h.IntN(2)
	wide := (h.right - h.left) / float64(cols)
	kind := answerKind(h.random)
	for row := range 1 + h.IntN(4) {
		if h.y+high > h.height-8 {
			return
		}
		for k := range cols {
			x := h.left + float64(k)*wide
			h.frame(box{vec{x, h.y}, vec{x + wide - 2, h.y + high}})
			h.shade(box{vec{x, h.y}, vec{x + 8, h.y + 1.5*h.em}}, ink{r: 70, g: 70, b: 80})
			h.add(white{text{face: h.body[1], size: h.em, chars: strconv.Itoa(row*cols + k + 1), at: translate(x+1.5, h.y+1.1*h.em)}})
			for y := 2.2 * h.em; y < high-2; y += 2 * h.digit {
				h.slot(slot{kind: kind, width: wide - 16, height: h.digit, filled: 0.75}, vec{x + 10, h.y + y})
			}
		}
		h.y += high + 2
	}
}

// narrow is a narrow column of text with a line beside it and room to write.
func (h heldOutBlocks) narrow() {
	top := h.y
	edge := h.left + h.between(0.3, 0.5)*(h.right-h.left)
	h.text(h.left, edge, 6+h.IntN(14), h.body[0], 0.9*h.em)
	h.rule(vec{edge + 3, top}, vec{edge + 3, h.y})
	for y := top + 2*h.digit; y < h.y; y += 2 * h.digit {
		h.slot(slot{kind: answerKind(h.random), width: h.right - edge - 10, height: h.digit, filled: 0.6}, vec{edge + 6, y})
	}
}

// pointTable is a table of marks with double lines.
func (h heldOutBlocks) pointTable() {
	n := 4 + h.IntN(6)
	wide, high := min(14, (h.right-h.left)/float64(n)), 2.2*h.em
	for i := range n {
		x := h.left + float64(i)*wide
		h.frame(box{vec{x, h.y}, vec{x + wide, h.y + high}})
		h.frame(box{vec{x, h.y + high + 0.7}, vec{x + wide, h.y + 2*high + 0.7}})
		h.print(h.body[0], 0.8*h.em, fmt.Sprintf("%c%d", 'A'+i/3, 1+i%3), vec{x + 1, h.y + 1.5*h.em})
		h.slot(slot{kind: slotScore, width: wide - 2, height: 0.55 * high, bound: true, filled: 0.5}, vec{x + 1, h.y + 1.8*high})
	}
	h.y += 2*high + 1
}
