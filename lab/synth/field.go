package synth

import "math"

// ruleField rules what the form has for ID and name, whose labels end at id and
// name.
func (p idLine) ruleField(id, name float64) {
	l := p.layout
	base, right := l.labelAt.y, l.nameAt-15
	switch p.spec.Field {
	case Plain:
	case Underlined:
		p.rule(vec{id + 10, base + 12}, vec{right - 5, base + 12}, 2)
		p.rule(vec{name + 10, base + 12}, vec{name + 300, base + 12}, 2)
	case Boxed:
		p.ruleBox(id+4, base-58, right, base+26)
	case Comb:
		step, left := p.comb(id)
		for i := range len(p.spec.ID) {
			x := left + float64(i)*step
			p.ruleBox(x, base-58, x+step, base+26)
		}
	case Split:
		for i := range 2 {
			left, width := p.half(id, i)
			p.ruleBox(left, base-58, left+width, base+26)
		}
	case Cell:
		top, bottom := base-64, base+30
		p.ruleBox(l.labelAt.x-20, top, id+2, bottom)
		p.ruleBox(id+2, top, right, bottom)
		p.ruleBox(right, top, name+2, bottom)
		p.ruleBox(name+2, top, name+360, bottom)
	}
}

func (p idLine) ruleBox(left, top, right, bottom float64) {
	const width = 2.4
	p.rule(vec{left, top}, vec{right, top}, width)
	p.rule(vec{left, bottom}, vec{right, bottom}, width)
	p.rule(vec{left, top}, vec{left, bottom}, width)
	p.rule(vec{right, top}, vec{right, bottom}, width)
}

// comb is the width of an ID's boxes after a label that ends at id, and where the
// first one begins.
func (p idLine) comb(id float64) (step, left float64) {
	room := p.layout.nameAt - 20 - id - 8
	return math.Min(62, room/float64(max(len(p.spec.ID), 1))), id + 8
}

// half is where one of two boxes begins, and its width.
func (p idLine) half(id float64, i int) (left, width float64) {
	room := p.layout.nameAt - 20 - id - 8
	width = (room - 30) / 2
	return id + 8 + float64(i)*(width+30), width
}

// intoCells moves an ID's marks into the boxes after a label that ends at id.
// Strokes that join two digits go with the first.
func (p idLine) intoCells(marks []mark, id float64) {
	step, left := p.comb(id)
	if p.spec.Field == Split {
		for i := range 2 {
			from := len(p.spec.ID) / 2 * i
			to := max(len(p.spec.ID)/2, i*len(p.spec.ID))
			at, width := p.half(id, i)
			spreadOut(between(marks, from, to), at+10, (width-14)/float64(max(to-from, 1)))
		}
		return
	}
	spreadOut(marks, left, step)
}

// between returns the marks of an ID's characters from one to another.
func between(marks []mark, from, to int) []mark {
	first, last, n := len(marks), len(marks), 0
	for i, m := range marks {
		if m.char == 0 {
			continue
		}
		if n == from {
			first = i
		}
		if n == to {
			last = i
			break
		}
		n++
	}
	return marks[min(first, last):last]
}

// spreadOut sets each character in the middle of a cell of its own, narrower where it
// wouldn't fit.
func spreadOut(marks []mark, left, step float64) {
	n := 0.0
	var move affine
	for i := range marks {
		m := &marks[i]
		if m.char != 0 {
			b := m.shape.bounds().through(m.at)
			width := b.max.x - b.min.x
			k := math.Min(1, 0.9*step/math.Max(width, 1))
			middle := left + (n+0.5)*step
			move = translate(-(b.min.x+b.max.x)/2, 0).then(scale(k, 1)).then(translate(middle, 0))
			n++
		}
		m.at = m.at.then(move)
	}
}
