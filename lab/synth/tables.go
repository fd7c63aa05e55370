package synth

import (
	"fmt"
	"slices"
	"strconv"
)

// tables sets tables of print, of answers and of marks.
type tables struct{ *galley }

// grid is a ruled table of printed and handwritten cells.
func (t tables) grid() {
	rows, cols := 1+t.IntN(10), 2+t.IntN(7)
	if t.chance(0.2) {
		rows, cols = 1+t.IntN(3), 4+t.IntN(9)
	}
	high := t.em * t.between(1.5, 3.2)
	wide := (t.right - t.left) * t.between(0.45, 1) / float64(cols)
	head, side, hand := t.chance(0.7), t.chance(0.4), t.between(0, 0.8)
	kind, long := answerKind(t.random), t.chance(0.2)
	for r := range rows {
		if t.y+high > t.height-6 {
			return
		}
		for k := range cols {
			b := box{vec{t.left + float64(k)*wide, t.y}, vec{t.left + float64(k+1)*wide, t.y + high}}
			t.cell(b, cellKind{r == 0 && head || k == 0 && side, kind, hand, long}, r*cols+k)
		}
		t.y += high
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
func (t tables) cell(b box, k cellKind, number int) {
	if k.head && t.chance(0.3) {
		t.shade(b, tint(t.random))
	}
	t.frame(b)
	room, base := b.max.x-b.min.x-1.5, vec{b.min.x + 0.8, (b.min.y+b.max.y)/2 + 0.36*t.em}
	switch {
	case k.head:
		said := pick(t.random, slices.Concat(t.others, []string{strconv.Itoa(number), fmt.Sprintf("(%d)", number)}))
		t.fitted(t.body[1], 0.9*t.em, said, base, room)
	case t.chance(k.hand):
		h := min(0.6*(b.max.y-b.min.y), t.em*1.4)
		t.slot(slot{kind: k.kind, width: room, height: h, bound: true, filled: 0.9}, vec{base.x + 0.5, b.max.y - 0.2*(b.max.y-b.min.y)})
	case k.long:
		t.fitted(t.body[0], 0.9*t.em, anyDigits(t.random, 4+t.IntN(7)), base, room)
	case t.chance(0.4):
		t.fitted(t.body[0], 0.9*t.em, newPrinted(t.random), base, room)
	}
}

// grading is a row of boxes for the grader.
func (t tables) grading() {
	n := 2 + t.IntN(7)
	wide, high := t.between(9, 18), t.between(6, 11)
	left := max(t.left, t.right-float64(n)*wide)
	for i := range n {
		x := left + float64(i)*wide
		if x+wide > t.right {
			break
		}
		t.frame(box{vec{x, t.y}, vec{x + wide, t.y + high}})
		t.frame(box{vec{x, t.y + high}, vec{x + wide, t.y + 2*high}})
		t.fitted(t.body[0], 0.9*t.em, pick(t.random, []string{strconv.Itoa(i + 1), fmt.Sprintf("/%d", 5*(1+t.IntN(6)))}), vec{x + 1, t.y + high - 1}, wide-2)
		t.slot(slot{kind: slotScore, width: wide - 2, height: 0.6 * high, bound: true, filled: 0.6}, vec{x + 1, t.y + 1.85*high})
	}
	t.y += 2 * high
}

// answerTable is a ruled table of numbered answers.
func (t tables) answerTable() {
	left, right := t.left, t.right
	cols := []float64{left, left + t.between(8, 26), 0, right}
	cols[2] = cols[1] + t.between(6, 14)
	if t.chance(0.3) {
		cols = []float64{left, cols[1], right}
	}
	low, high := t.between(6, 11), t.between(11, 26)
	filled := t.between(0.5, 1)
	kind := pick(t.random, []slotKind{slotSums, slotWords, slotNumber})
	for n := 0; t.y+high < t.height-8; n++ {
		tall := t.between(low, high)
		if n == 0 {
			tall = low
		}
		t.answerCells(cols, tall, n, kind, filled)
		t.y += tall
	}
}

// answerCells is one row: its number, its points, and room for the answer.
func (t tables) answerCells(cols []float64, tall float64, n int, kind slotKind, filled float64) {
	heads := []string{pick(t.random, []string{"Problem", "문제", "No."}), pick(t.random, []string{"pt", "배점"}), pick(t.random, []string{"Answer", "답"})}
	for i := range len(cols) - 1 {
		b := box{vec{cols[i], t.y}, vec{cols[i+1], t.y + tall}}
		t.frame(b)
		said := []string{fmt.Sprintf("(%d)", n), strconv.Itoa(1 + t.IntN(10)), ""}[i]
		if n == 0 {
			said = heads[i]
		}
		room := b.max.x - b.min.x
		at := vec{b.min.x + max(0.5, (room-t.press.width(t.body[0], t.em, said))/2), t.y + tall/2 + 0.36*t.em}
		t.fitted(t.body[0], t.em, said, at, room-0.6)
		if i == len(cols)-2 && n > 0 {
			t.answer(b, kind, filled)
		}
	}
}

// answer leaves room for one line or two of an answer.
func (t tables) answer(b box, kind slotKind, filled float64) {
	if t.chance(0.4) {
		kind = answerKind(t.random)
	}
	lines := 1
	if b.max.y-b.min.y > 15 {
		lines = 1 + t.IntN(3)
	}
	step := (b.max.y - b.min.y) / float64(lines)
	for i := range lines {
		h := min(t.digit*t.between(0.8, 1.15), 0.6*step)
		x := b.min.x + t.between(1, 14)
		t.slot(slot{kind: kind, width: b.max.x - x - 2, height: h, filled: filled}, vec{x, b.min.y + (float64(i)+0.5)*step + h/2})
	}
}
