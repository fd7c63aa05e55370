package synth

import (
	"fmt"
	"image"
	"math"
)

// Line draws only the part of a sheet around its ID line, as the page of the same
// seed and Spec shows it (other noise apart): label, ID, label, name, the text and
// rules that reach into the picture. It is fast enough to train from. The boxes
// of the truth count from the picture's own corner. It fails for other families than
// OwnForms.
func (a *Assets) Line(seed uint64, s Spec) (*Sheet, error) {
	if s.Family != OwnForms {
		return nil, fmt.Errorf("draw a line: %w: %v", errFamily, s.Family)
	}
	p, err := a.newPage(seed, s)
	if err != nil {
		return nil, err
	}
	l := p.layout
	window := box{vec{l.labelAt.x - 60, l.labelAt.y - 100}, vec{l.nameAt + 420, l.labelAt.y + 60}}
	area := window.through(p.place).pixels(0).Intersect(p.size)
	sheet, err := p.drawAll(area, topMargin{p}.draw, idLine{p}.draw, answerTable{p}.rules)
	if err != nil {
		return nil, err
	}
	sheet.moveToOrigin()
	return sheet, nil
}

// Header draws the page down to the first rows of its table, as the page of the same
// seed and Spec shows it (other noise apart). Of other families it draws the whole page.
func (a *Assets) Header(seed uint64, s Spec) (*Sheet, error) {
	if s.Family != OwnForms {
		return a.Sheet(seed, s)
	}
	p, err := a.newPage(seed, s)
	if err != nil {
		return nil, err
	}
	bottom := vec{0, p.layout.table.top + p.layout.table.headHeight + 150}
	area := p.size
	area.Max.Y = min(area.Max.Y, int(p.place.apply(bottom).y))
	return p.drawAll(area, topMargin{p}.draw, idLine{p}.draw, answerTable{p}.draw)
}

// moveToOrigin lets the picture's coordinates start at 0, 0.
func (s *Sheet) moveToOrigin() {
	by := s.Image.Rect.Min
	s.Image.Rect = s.Image.Rect.Sub(by)
	for _, b := range []*image.Rectangle{&s.Truth.IDBox, &s.Truth.NameBox, &s.Truth.LineBox} {
		*b = b.Sub(by)
	}
	for i := range s.Truth.Digits {
		s.Truth.Digits[i] = s.Truth.Digits[i].Sub(by)
	}
	for i := range s.Truth.Glyphs {
		s.Truth.Glyphs[i].Box = s.Truth.Glyphs[i].Box.Sub(by)
	}
	for i := range s.Truth.Regions {
		for k := range s.Truth.Regions[i].Quad {
			c := &s.Truth.Regions[i].Quad[k]
			c.X, c.Y = c.X-float64(by.X), c.Y-float64(by.Y)
		}
	}
}

// idLine draws the line of ID and name.
type idLine struct{ *page }

// draw draws the line of ID and name.
func (p idLine) draw() error {
	l := p.layout
	label, end, err := p.print(l.label, l.labelSize, l.idLabel, l.labelAt)
	if err != nil {
		return err
	}
	second, nameStart, err := p.print(l.label, l.labelSize, l.nameLabel, vec{l.nameAt, l.labelAt.y})
	if err != nil {
		return err
	}
	p.truth.LineBox = label.Union(second)
	p.ruleField(end, nameStart)
	if p.spec.Blank {
		return nil
	}
	if err := p.writeID(end); err != nil {
		return err
	}
	return p.writeName(nameStart)
}

// writeID writes the ID after the label, which ends at x, and makes it narrower if it
// would run into the name's label.
func (p idLine) writeID(x float64) error {
	r := stream(p.seed, "id")
	l, w := p.layout, p.writer
	start := vec{x + math.Max(-12, r.around(14, 14)), l.labelAt.y + clamp(r.around(4, 9), -25, 25)}
	marks, end, err := w.write(r, p.spec.ID, start, w.height)
	if err != nil {
		return err
	}
	switch {
	case p.spec.Field == Comb || p.spec.Field == Split:
		p.intoCells(marks, x)
	case len(marks) == 8 && r.chance(0.15):
		shift(marks[4:], w.height*r.between(0.3, 0.8))
	}
	if over := (end.x - start.x) / (l.nameAt - 15 - start.x); over > 1 && p.spec.Field != Comb && p.spec.Field != Split {
		squeeze(marks, start.x, 1/over)
	}
	p.truth.ID = p.spec.ID
	p.truth.Digits = p.putMarks(marks)
	p.truth.note(IDRow, p.spec.ID, p.truth.Digits...)
	for _, b := range p.truth.Digits {
		p.truth.IDBox = p.truth.IDBox.Union(b)
	}
	p.truth.LineBox = p.truth.LineBox.Union(p.truth.IDBox)
	return nil
}

// shift moves marks to the right.
func shift(marks []mark, by float64) {
	for i := range marks {
		marks[i].at = marks[i].at.then(translate(by, 0))
	}
}

// squeeze makes marks narrower, keeping x in place.
func squeeze(marks []mark, x, factor float64) {
	m := translate(-x, 0).then(scale(factor, 1)).then(translate(x, 0))
	for i := range marks {
		marks[i].at = marks[i].at.then(m)
	}
}

// writeName writes the name after its label, which ends at x.
func (p idLine) writeName(x float64) error {
	r := stream(p.seed, "name")
	at := vec{x + r.between(0, 30), p.layout.labelAt.y + r.between(-6, 14)}
	boxes, err := p.hand(r, p.spec.Name, at, p.writer.height*r.between(0.9, 1.15))
	if err != nil {
		return err
	}
	p.truth.note(NameHand, p.spec.Name, boxes...)
	for _, b := range boxes {
		p.truth.NameBox = p.truth.NameBox.Union(b)
	}
	p.truth.LineBox = p.truth.LineBox.Union(p.truth.NameBox)
	return nil
}
