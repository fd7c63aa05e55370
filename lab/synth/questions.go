package synth

import (
	"fmt"
	"strconv"
)

// questions sets blocks that are answered, but for tables.
type questions struct{ *galley }

// list is questions that are numbered, with room for short answers.
func (q questions) list() {
	n, cols := 1+q.IntN(12), pick(q.random, []int{1, 1, 1, 2, 3})
	label := pick(q.random, []string{"(%d)", "%d.", "Q%d", "%d)", "[%d]", q.numbered()})
	step := q.em * q.between(1.4, 3)
	answers := q.between(0, 1)
	for i := range n {
		if q.y+step > q.height-8 {
			return
		}
		q.y += step
		for k := range cols {
			left := q.left + float64(k)*(q.right-q.left)/float64(cols)
			room := left + 0.95*(q.right-q.left)/float64(cols)
			x := q.print(q.body[q.bold()], q.em, fmt.Sprintf(label, 1+i*cols+k), vec{left, q.y})
			q.question(x+q.em*0.5, room, answers)
		}
	}
}

// question is a text, an answer, or both on a line.
func (q questions) question(x, right, answers float64) {
	if q.chance(0.55) {
		asked := q.lineOf(q.body[0], q.em, max(q.em, (right-x)*q.between(0.2, 0.95)))
		x = q.print(q.body[0], q.em, asked, vec{x, q.y}) + q.em
	}
	if right-x > 3*q.em && q.chance(answers) {
		q.slot(slot{kind: answerKind(q.random), width: right - x, height: q.em * q.between(0.9, 1.5), filled: 0.9}, vec{x, q.y})
	}
}

// numbered is a question's heading in the form's language.
func (q questions) numbered() string {
	if q.script == korean {
		return "문제 %d."
	}
	return "%d "
}

// choices are rows of bubbles to fill in, as for multiple choice.
func (q questions) choices() {
	rows, each, cols := 2+q.IntN(12), 4+q.IntN(2), 1+q.IntN(4)
	r := q.between(1.2, 2.3)
	step := r * q.between(2.4, 3.2)
	for i := range rows {
		if q.y+2*step > q.height-6 {
			return
		}
		q.y += step
		s := slot{kind: slotBubbles, answers: true, filled: 0.9}
		for k := range cols {
			x := q.left + float64(k)*(q.right-q.left)/float64(cols)
			q.print(q.body[0], 0.85*q.em, strconv.Itoa(1+k*rows+i), vec{x, q.y + 0.3*q.em})
			var row []ring
			for j := range each {
				at := vec{x + 2.2*q.em + float64(j)*step*1.3, q.y}
				if at.x+r > q.right {
					break
				}
				row = append(row, q.bubble(at, r, string(rune('A'+j))))
			}
			if len(row) > 0 {
				s.bubbles = append(s.bubbles, row)
			}
		}
		q.slot(s, vec{})
	}
	q.y += r
}

// workings is empty room that people calculate in.
func (q questions) workings() {
	lines := 1 + q.IntN(8)
	h := q.between(2.6, 6.5)
	ruled := q.chance(0.25)
	filled := q.between(0.3, 1)
	for range lines {
		step := h * q.between(1.3, 2.2)
		if q.y+step > q.height-6 {
			return
		}
		q.y += step
		if ruled {
			q.rule(vec{q.left, q.y}, vec{q.right, q.y})
		}
		kind := pick(q.random, []slotKind{slotSums, slotSums, slotWords, slotWords, slotWords, slotNumber, slotScrawl, slotCourse, slotDate, slotPhone})
		x := q.left + q.between(0, 0.35)*(q.right-q.left)
		q.slot(slot{kind: kind, width: q.right - x, height: h, filled: filled}, vec{x, q.y})
		if q.chance(0.3) {
			x += 0.4 * (q.right - q.left)
			q.slot(slot{kind: slotSums, width: q.right - x, height: h, filled: filled}, vec{x, q.y})
		}
	}
}

// essay is a page's worth of writing.
func (q questions) essay() {
	h := q.between(2.4, 5)
	step := h * q.between(1.4, 2)
	ruled := q.chance(0.4)
	for n := 6 + q.IntN(24); n > 0 && q.y+step < q.height-8; n-- {
		q.y += step
		if ruled {
			q.rule(vec{q.left, q.y}, vec{q.right, q.y})
		}
		for x := q.left + q.between(0, 6); x < q.right-20; {
			w := q.between(20, 80)
			q.slot(slot{kind: pick(q.random, []slotKind{slotWords, slotWords, slotWords, slotSums}), width: min(w, q.right-x), height: h, filled: 0.9}, vec{x, q.y})
			x += w * q.between(0.9, 1.3)
		}
	}
}

// lineFields are labels with a line each, for what isn't the ID.
func (q questions) lineFields() {
	for range 1 + q.IntN(3) {
		q.y += q.em * q.between(1.8, 2.8)
		x := q.left
		for x < q.right-30 {
			x = q.print(q.body[0], q.em, pick(q.random, q.others), vec{x, q.y}) + 1
			w := q.between(12, 45)
			if x+w > q.right {
				break
			}
			q.rule(vec{x, q.y + 0.5}, vec{x + w, q.y + 0.5})
			q.slot(slot{kind: otherKind(q.random), width: w, height: q.digit * 0.9, filled: 0.7}, vec{x + 1, q.y})
			x += w + 3
		}
	}
}
