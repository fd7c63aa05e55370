package synth

import (
	"fmt"
	"strconv"
	"strings"
)

// block sets one block of the page's body.
func (c *composer) block() {
	kinds := []struct {
		weight int
		set    func()
	}{
		{10, c.paragraph}, {3, c.columns}, {2, c.title}, {6, c.questions}, {4, c.grid}, {4, c.workings},
		{2, c.figure}, {2, c.code}, {2, c.notice}, {2, c.choices}, {1, c.numberComb}, {1, c.divider}, {2, c.lineFields}, {1, c.grading}, {2, c.essay},
	}
	total := 0
	for _, k := range kinds {
		total += k.weight
	}
	n := c.IntN(total)
	for _, k := range kinds {
		if n -= k.weight; n < 0 {
			k.set()
			break
		}
	}
	c.y += c.em * c.between(0.2, 1.8)
}

// heading is what most pages begin with: a logo, a title, a date, a course's code.
func (c *composer) heading() {
	if c.chance(0.2) {
		c.logo()
	}
	if c.chance(0.7) {
		c.title()
		if c.chance(0.5) {
			f, size := c.body[0], c.em
			when := newDate(c.random) + "  " + newPrinted(c.random)
			c.print(f, size, when, vec{c.right - c.press.width(f, size, when), c.y - c.em*c.between(0.3, 1)})
		}
		c.y += c.em * c.between(0.3, 2)
	}
	if c.chance(0.25) {
		c.scored()
	}
}

// title sets a line in a size of its own.
func (c *composer) title() {
	size := c.em * c.between(1.1, 2.1)
	if c.chance(0.12) {
		size = c.between(9, 22)
	}
	said := pick(c.random, c.tasks)
	if c.chance(0.3) {
		said += " " + newPrinted(c.random)
	}
	width := c.press.width(c.head, size, said)
	room := c.right - c.left
	c.y += size
	at := c.left + pick(c.random, []float64{0, 0, 0.5, 1})*max(0, room-width)
	c.fitted(c.head, size, said, vec{at, c.y}, room)
	c.y += size * c.between(0.3, 0.9)
}

// scored is a mark that a grader wrote at the top, in red or blue.
func (c *composer) scored() {
	h := c.between(7, 14)
	c.slot(slot{kind: slotScore, width: 40, height: h, bound: true, filled: 0.6}, vec{c.left + c.between(0.1, 0.85)*(c.right-c.left), c.y + h})
}

// logo is an emblem with a name.
func (c *composer) logo() {
	size := c.between(6, 20)
	at := vec{c.left + c.between(0, 0.6)*(c.right-c.left), c.y + size}
	if c.chance(0.5) {
		radius := size * c.between(0.35, 0.6)
		c.add(ring{at.add(vec{0, -size / 2}), vec{radius, radius}, pick(c.random, []float64{0, 0.4, 1.2}), c.ruled})
		at.x += radius * 1.4
	}
	name := []rune(strings.ToUpper(pick(c.random, c.tasks)))
	end := c.fitted(c.head, size, string(name[:min(len(name), 1+c.IntN(9))]), at, c.right-at.x)
	if c.chance(0.4) {
		c.print(c.body[0], c.em, newPhone(c.random), vec{end + 2, at.y})
	}
	c.y = at.y + c.em
}

func (c *composer) paragraph() {
	c.text(c.left, c.right, 1+c.IntN(10), c.body[c.bold()], c.em*c.between(0.85, 1.1))
}

// bold is 1 now and then.
func (c *composer) bold() int {
	if c.chance(0.12) {
		return 1
	}
	return 0
}

// text sets lines of running text from the cursor down.
func (c *composer) text(left, right float64, lines int, f *face, size float64) {
	justified := c.chance(0.5)
	for i := range lines {
		if c.y+size*c.lead > c.height-6 {
			return
		}
		c.y += size * c.lead
		line := c.lineOf(f, size, right-left)
		if i == lines-1 {
			runes := []rune(line)
			line = string(runes[:1+c.IntN(len(runes))])
		}
		t := text{face: f, size: size, chars: line, at: translate(left, c.y).then(c.tilt), ink: c.toner}
		if spaces := strings.Count(line, " "); justified && i < lines-1 && spaces > 2 {
			t.stretch = max(0, (right-left-c.press.width(f, size, line))/float64(spaces))
		}
		c.add(t)
	}
}

// columns sets two or three columns of small print.
func (c *composer) columns() {
	n, lines, top := 2+c.IntN(2), 3+c.IntN(16), c.y
	step := (c.right - c.left) / float64(n)
	bottom := top
	for i := range n {
		c.y = top
		left := c.left + float64(i)*step
		c.text(left, left+0.93*step, lines-c.IntN(3), c.body[0], 0.85*c.em)
		bottom = max(bottom, c.y)
	}
	c.y = bottom
}

// questions are numbered, with room for short answers.
func (c *composer) questions() {
	n, cols := 1+c.IntN(12), pick(c.random, []int{1, 1, 1, 2, 3})
	label := pick(c.random, []string{"(%d)", "%d.", "Q%d", "%d)", "[%d]", c.numbered()})
	step := c.em * c.between(1.4, 3)
	answers := c.between(0, 1)
	for i := range n {
		if c.y+step > c.height-8 {
			return
		}
		c.y += step
		for k := range cols {
			left := c.left + float64(k)*(c.right-c.left)/float64(cols)
			room := left + 0.95*(c.right-c.left)/float64(cols)
			x := c.print(c.body[c.bold()], c.em, fmt.Sprintf(label, 1+i*cols+k), vec{left, c.y})
			c.question(x+c.em*0.5, room, answers)
		}
	}
}

// question is a text, an answer, or both on a line.
func (c *composer) question(x, right, answers float64) {
	if c.chance(0.55) {
		asked := c.lineOf(c.body[0], c.em, max(c.em, (right-x)*c.between(0.2, 0.95)))
		x = c.print(c.body[0], c.em, asked, vec{x, c.y}) + c.em
	}
	if right-x > 3*c.em && c.chance(answers) {
		c.slot(slot{kind: c.answerKind(), width: right - x, height: c.em * c.between(0.9, 1.5), filled: 0.9}, vec{x, c.y})
	}
}

// answerKind is what people answer with.
func (c *composer) answerKind() slotKind {
	return pick(c.random, []slotKind{slotShort, slotShort, slotShort, slotNumber, slotWords, slotWords, slotSums, slotSums, slotSums})
}

// notice is a framed or tinted instruction.
func (c *composer) notice() {
	top, at := c.y, len(c.items)
	left, right := c.left, c.right
	if c.chance(0.3) {
		left += c.between(0, 0.4) * (right - left)
	}
	c.text(left+2, right-2, 1+c.IntN(5), c.body[c.bold()], c.em)
	c.y += 0.6 * c.em
	b := box{vec{left, top}, vec{right, c.y}}
	if c.chance(0.4) {
		c.items = append(c.items[:at:at], append([]item{fill{b, c.tint()}}, c.items[at:]...)...)
	}
	if c.chance(0.7) {
		c.frame(b)
	}
}

// divider is a line across.
func (c *composer) divider() { c.y += 1; c.rule(vec{c.left, c.y}, vec{c.right, c.y}) }

// code is a listing in a face of even widths.
func (c *composer) code() {
	size := c.em * c.between(0.75, 1)
	top, indent := c.y, 0
	for range 3 + c.IntN(14) {
		if c.y+size*1.2 > c.height-6 {
			break
		}
		c.y += size * 1.2
		line := newCode(c.random)
		c.fitted(c.mono, size, strings.Repeat("    ", indent)+line, vec{c.left + 2, c.y}, c.right-c.left-4)
		if strings.HasSuffix(line, "{") || strings.HasSuffix(line, ":") {
			indent = min(indent+1, 3)
		} else if c.chance(0.3) {
			indent = max(indent-1, 0)
		}
	}
	c.y += 0.5 * size
	if c.chance(0.4) {
		c.frame(box{vec{c.left, top}, vec{c.right, c.y}})
	}
}

// newCode invents a line of a program.
func newCode(r random) string {
	v := func() string {
		return pick(r, strings.Fields("i j n x sum node next arr data key count left right tmp result"))
	}
	n := func() string { return strconv.Itoa(r.IntN(100)) }
	switch r.IntN(8) {
	case 0:
		return "for (int " + v() + " = 0; i < " + n() + "; i++) {"
	case 1:
		return "if " + v() + " == " + n() + ":"
	case 2:
		return "return " + v() + "[" + v() + "] + " + n() + ";"
	case 3:
		return "def " + v() + "(" + v() + ", " + v() + "):"
	case 4:
		return "}"
	case 5:
		return "// " + v() + " " + n() + " " + v()
	case 6:
		return fmt.Sprintf("0x%08x  %s", r.Uint32(), v())
	}
	return v() + " = " + v() + " * " + n() + " - " + v() + ";"
}

// footer is a page's number, and a code in a corner at times.
func (c *composer) footer() {
	if c.chance(0.5) {
		said := pick(c.random, []string{"%d", "- %d -", "%d / 8", "Page %d of 8", "p. %d"})
		c.print(c.body[0], 0.85*c.em, fmt.Sprintf(said, 1+c.IntN(8)), vec{c.width * pick(c.random, []float64{0.1, 0.5, 0.85}), c.height - c.between(4, 9)})
	}
	if c.chance(0.15) {
		size := c.between(8, 24)
		c.square(vec{c.between(3, c.width-size-3), pick(c.random, []float64{3, c.height - size - 4})}, size)
	}
	if c.chance(0.06) {
		c.barcode(vec{c.between(5, c.width-60), c.between(4, 12)})
	}
}

// numbered is a question's heading in the form's language.
func (c *composer) numbered() string {
	if c.script == korean {
		return "문제 %d."
	}
	return "%d "
}
