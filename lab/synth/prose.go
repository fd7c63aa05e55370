package synth

import (
	"fmt"
	"strconv"
	"strings"
)

// prose sets blocks that are only read.
type prose struct{ *galley }

func (p prose) paragraph() {
	p.text(p.left, p.right, 1+p.IntN(10), p.body[p.bold()], p.em*p.between(0.85, 1.1))
}

// columns sets two or three columns of small print.
func (p prose) columns() {
	n, lines, top := 2+p.IntN(2), 3+p.IntN(16), p.y
	step := (p.right - p.left) / float64(n)
	bottom := top
	for i := range n {
		p.y = top
		left := p.left + float64(i)*step
		p.text(left, left+0.93*step, lines-p.IntN(3), p.body[0], 0.85*p.em)
		bottom = max(bottom, p.y)
	}
	p.y = bottom
}

// notice is a framed or tinted instruction.
func (p prose) notice() {
	top, at := p.y, len(p.items)
	left, right := p.left, p.right
	if p.chance(0.3) {
		left += p.between(0, 0.4) * (right - left)
	}
	p.text(left+2, right-2, 1+p.IntN(5), p.body[p.bold()], p.em)
	p.y += 0.6 * p.em
	b := box{vec{left, top}, vec{right, p.y}}
	if p.chance(0.4) {
		p.items = append(p.items[:at:at], append([]item{fill{b, tint(p.random)}}, p.items[at:]...)...)
	}
	if p.chance(0.7) {
		p.frame(b)
	}
}

// divider is a line across.
func (p prose) divider() { p.y += 1; p.rule(vec{p.left, p.y}, vec{p.right, p.y}) }

// code is a listing in a face of even widths.
func (p prose) code() {
	size := p.em * p.between(0.75, 1)
	top, indent := p.y, 0
	for range 3 + p.IntN(14) {
		if p.y+size*1.2 > p.height-6 {
			break
		}
		p.y += size * 1.2
		line := newCode(p.random)
		p.fitted(p.mono, size, strings.Repeat("    ", indent)+line, vec{p.left + 2, p.y}, p.right-p.left-4)
		if strings.HasSuffix(line, "{") || strings.HasSuffix(line, ":") {
			indent = min(indent+1, 3)
		} else if p.chance(0.3) {
			indent = max(indent-1, 0)
		}
	}
	p.y += 0.5 * size
	if p.chance(0.4) {
		p.frame(box{vec{p.left, top}, vec{p.right, p.y}})
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
