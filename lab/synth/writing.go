package synth

import "math"

// person fills a form in by hand.
type person struct {
	random
	*writer
	*leaf
	id, name string
	names    *NameHands // nil: the name is in the hand's font
	script   script
	tall     float64 // height of the person's digits in millimetres, where nothing binds it
	// slip is how often a digit leaves its box, and neat how little the writing
	// leaves its line: 0 for a ruler, 1 on average.
	slip, loose float64
	// err is why the ID could not be written.
	err error
}

// fill writes into a slot what belongs there.
func (p *person) fill(s slot) {
	if s.filled < 1 && !p.chance(s.filled) {
		return
	}
	switch s.kind {
	case slotID:
		p.fillID(s)
	case slotName:
		p.fillName(s)
	case slotScrawl:
		p.scrawl(s)
	case slotSign:
		p.sign(s)
	case slotBubbles:
		p.blacken(s)
	case slotScore:
		p.score(s)
	case slotNumber:
		p.fillNumber(s)
	default:
		p.fillText(s, p.invent(s.kind))
	}
}

// size is how tall the digits get: the person's own height and the form's meet
// halfway, unless the room binds them.
func (p *person) size(s slot) float64 {
	if s.bound {
		return s.height * p.between(0.72, 1.1)
	}
	return clamp(math.Sqrt(p.tall*s.height)*math.Exp(p.around(0, 0.08)), 2.1, 9.5)
}

// fillID writes the ID, a digit a box where there are boxes.
func (p *person) fillID(s slot) {
	if p.id == "" {
		return
	}
	size := p.size(s)
	s = p.secondTry(s, size)
	marks, end, err := p.penned(p.id, size)
	if err != nil {
		p.err = err
		return
	}
	switch {
	case s.cells != nil:
		p.intoBoxes(marks, s, size)
	case len(marks) > 6 && p.chance(0.12):
		shift(marks[len(marks)/2:], size*p.between(0.3, 0.9))
	}
	if over := end.x / math.Max(s.width, 1); s.cells == nil && over > 1 {
		squeeze(marks, 0, math.Max(1/over, 0.45))
	}
	at := s.at.after(0, p.offLine(size))
	boxes, _ := p.putMarks(marks, at)
	if len(boxes) == 0 {
		return
	}
	for _, b := range boxes {
		p.digits = append(p.digits, b.through(at))
	}
	p.note(IDRow, around(boxes).through(at.apply))
}

// secondTry writes a wrong ID and strikes it out, now and then, and returns the room
// that is left for the right one. In boxes people write over a digit instead.
func (p *person) secondTry(s slot, size float64) slot {
	if !p.chance(0.04) {
		return s
	}
	if s.cells != nil {
		i := p.IntN(len(s.cells))
		wrong := s
		wrong.cells = s.cells[i : i+1]
		marks, _, err := p.penned(anyDigits(p.random, 1), size)
		if err == nil {
			p.intoBoxes(marks, wrong, size)
			p.putMarks(marks, s.at)
		}
		return s
	}
	width := 0.9 * size * float64(1+p.IntN(len(p.id)))
	wrong := s
	wrong.width = width
	p.writeLine(wrong, anyDigits(p.random, int(width/size)+1), size, OtherHand)
	for range 1 + p.IntN(3) {
		y := -size * p.between(0.25, 0.7)
		p.line([]vec{{-0.2 * size, y}, {width * 0.5, y + p.around(0, 0.1)*size}, {width + 0.2*size, y}}, p.writer, s.at)
	}
	if s.width-width > 0.7*size*float64(len(p.id)) {
		s.at, s.width = s.at.after(width+0.5*size, 0), s.width-width-0.5*size
	} else {
		s.at = s.at.after(0, -1.35*size)
	}
	return s
}

// unitsInMM is how many of the layout's units, in which writers write, are a millimetre.
const unitsInMM = layoutDPI / 25.4

// penned sets a text out from 0, 0 in millimetres.
func (p *person) penned(text string, size float64) ([]mark, vec, error) {
	marks, end, err := p.write(p.random, text, vec{}, size*unitsInMM)
	for i := range marks {
		marks[i].at = marks[i].at.then(scale(1/unitsInMM, 1/unitsInMM))
	}
	return marks, end.times(1 / unitsInMM), err
}

// offLine is how far the writing lies below its line.
func (p *person) offLine(size float64) float64 { return size * p.loose * p.around(-0.02, 0.12) }

// intoBoxes moves each character into its box; some people's slip out of them.
func (p *person) intoBoxes(marks []mark, s slot, size float64) {
	n := -1
	var move affine
	for i := range marks {
		m := &marks[i]
		if m.char != 0 && n+1 < len(s.cells) {
			n++
			cell := s.cells[n]
			b := m.shape.bounds().through(m.at)
			room := cell[1] - cell[0]
			k := math.Min(1, 0.92*room/math.Max(b.max.x-b.min.x, 0.01))
			middle := (cell[0]+cell[1])/2 + p.loose*p.around(0, 0.09)*room
			down := p.loose * p.around(0, 0.05) * size
			if p.chance(p.slip) {
				middle += p.around(0, 0.3) * room
				down += p.around(0, 0.25) * size
			}
			move = translate(-(b.min.x+b.max.x)/2, 0).then(scale(k, 1)).then(translate(middle, down))
		}
		m.at = m.at.then(move)
	}
}

// fillName writes the name.
func (p *person) fillName(s slot) {
	if p.name == "" {
		return
	}
	size := p.size(s) * p.between(0.85, 1.15)
	if p.names != nil && p.penName(s, size) {
		return
	}
	p.writeLine(s, p.name, size, NameHand)
}

// penName writes the name by one of the hands for names; false if it isn't in Hangul.
func (p *person) penName(s slot, size float64) bool {
	drawn, end := p.names.hangulText(p.random, newNameStyle(p.random), p.name)
	if drawn == nil {
		return false
	}
	var marks []mark
	for _, m := range drawn {
		// The middle of the writing is above the line.
		at := translate(0, -0.45).then(scale(size, size))
		var shape shape = m.fill
		if m.fill == nil {
			dots := make([][]dab, len(m.points))
			for i, q := range m.points {
				dots[i] = []dab{{q, p.between(0.85, 1.15), p.between(0.75, 1)}}
			}
			shape = newStrokes(p.pen, dots...)
		}
		marks = append(marks, mark{shape, at, 'ㅎ'})
	}
	if over := end * size / math.Max(s.width, 1); over > 1 {
		squeeze(marks, 0, math.Max(1/over, 0.5))
	}
	if s.cells != nil && len(marks) <= len(s.cells) {
		p.intoBoxes(marks, s, size)
	}
	at := s.at.after(0, p.offLine(size))
	boxes, _ := p.putMarks(marks, at)
	if len(boxes) > 0 {
		p.note(NameHand, around(boxes).through(at.apply))
	}
	return true
}

// fillNumber writes a row of digits, as many as there are boxes.
func (p *person) fillNumber(s slot) {
	if s.cells != nil {
		p.fillText(s, anyDigits(p.random, len(s.cells)))
		return
	}
	p.fillText(s, p.invent(slotNumber))
}

// score writes a grader's mark, in another hand's colour.
func (p *person) score(s slot) {
	grader := *p
	grader.writer = p.with(graderInk(p.random))
	grader.fillText(s, anyDigits(p.random, 1+p.IntN(2))+pick(p.random, []string{"", "", "/100", "점", ".5", "+"}))
}

// fillText writes a text, its rows of digits being regions of their own.
func (p *person) fillText(s slot, text string) { p.writeLine(s, text, p.size(s), OtherHand) }

// writeLine writes a text that gets narrower where it would leave its room.
func (p *person) writeLine(s slot, text string, size float64, kind RegionKind) {
	marks, end, err := p.penned(text, size)
	if err != nil {
		return
	}
	if over := end.x / math.Max(s.width, 1); over > 1 {
		squeeze(marks, 0, math.Max(1/over, 0.5))
	}
	if s.cells != nil && len(marks) <= len(s.cells) {
		p.intoBoxes(marks, s, size)
	}
	at := s.at.after(0, p.offLine(size))
	boxes, chars := p.putMarks(marks, at)
	for _, run := range runs(chars, kind) {
		p.note(run.kind, around(boxes[run.from:run.to]).through(at.apply))
	}
}

// after moves a place along and down its own axes.
func (m affine) after(x, y float64) affine { return translate(x, y).then(m) }

// putMarks draws marks and returns each character's box, in the slot's millimetres,
// and the characters.
func (p *person) putMarks(marks []mark, at affine) (boxes []box, chars []rune) {
	for _, m := range marks {
		p.put(m.shape, m.at.then(at), p.ink)
		if m.char == 0 {
			continue
		}
		b := m.shape.bounds().through(m.at)
		if b.min.x > b.max.x { // a character without ink
			continue
		}
		boxes, chars = append(boxes, b), append(chars, m.char)
	}
	return boxes, chars
}
