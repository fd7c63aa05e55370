package synth

import (
	"image"
	"strconv"
)

// topMargin draws what is above the ID line.
type topMargin struct{ *page }

// draw draws what is above the ID line: marks in the margin, title, date and time.
func (p topMargin) draw() error {
	if err := p.showThrough(stream(p.seed, "back")); err != nil {
		return err
	}
	if err := p.redMarks(stream(p.seed, "red")); err != nil {
		return err
	}
	if err := p.score(stream(p.seed, "score")); err != nil {
		return err
	}
	l := p.layout
	if _, _, err := p.print(l.title, l.titleSize, p.spec.Title, l.titleAt); err != nil {
		return err
	}
	width, err := textWidth(l.text, l.textSize, l.when)
	if err != nil {
		return err
	}
	_, _, err = p.print(l.text, l.textSize, l.when, vec{l.table.right - width, l.titleAt.y})
	return err
}

// score writes the marks earned in blue pen, on most sheets.
func (p topMargin) score(r random) error {
	if r.chance(0.3) {
		return nil
	}
	grader, err := p.assets.newWriter(r, PenSource)
	if err != nil {
		return err
	}
	grader.pen, grader.joins = r.between(5, 8)*p.unit, false
	at := vec{r.between(1500, 1950), r.between(170, 270)}
	marks, _, err := grader.write(r, strconv.Itoa(r.IntN(100)), at, r.between(80, 130))
	if err != nil {
		return err
	}
	for _, m := range marks {
		p.put(m.shape, m.at, ink{r: 40, g: 62, b: 190, grain: 0.15, fade: 0.3})
	}
	return nil
}

// redMarks draws half-erased notes: the scanner keeps their edges as broken lines.
func (p topMargin) redMarks(r random) error {
	if r.chance(0.35) {
		return nil
	}
	grader, err := p.assets.newWriter(r, PenSource)
	if err != nil {
		return err
	}
	grader.pen = r.between(9, 16) * p.unit
	faint := ink{r: 200, g: 110, b: 120, grain: 0.8, fade: 0.6}
	for range 1 + r.IntN(5) {
		at := vec{r.between(100, 1500), r.between(90, 400)}
		marks, _, err := grader.write(r, strconv.Itoa(r.IntN(30)), at, r.between(80, 180))
		if err != nil {
			return err
		}
		for _, m := range marks {
			p.putEdge(m, faint)
		}
	}
	return nil
}

// putEdge draws only the edge of a mark.
func (p topMargin) putEdge(m mark, with ink) {
	at := m.at.then(p.place)
	if !m.shape.bounds().through(at).pixels(12).Overlaps(p.img.Rect) {
		return
	}
	p.stampEdge(m.shape.mask(at), with)
}

// stampEdge lays ink only where a mask has its edge.
func (c *canvas) stampEdge(mask *image.Alpha, with ink) {
	for i, a := range mask.Pix {
		mask.Pix[i] = uint8(min(255, 3*int(a)*(255-int(a))/255))
	}
	c.stamp(mask, with)
}

// showThrough lets handwriting of the back shine through, mirrored and faint.
func (p topMargin) showThrough(r random) error {
	if r.chance(0.4) {
		return nil
	}
	back, err := p.assets.newWriter(r, AnySource)
	if err != nil {
		return err
	}
	back.pen *= 1.5 * p.unit
	shade := uint8(r.between(234, 249))
	faint := ink{r: shade, g: shade, b: shade, fade: 0.5}
	for range 3 + r.IntN(8) {
		at := vec{r.between(0, 1700), r.between(60, 300)}
		marks, _, err := back.write(r, newAnswer(r), at, 50)
		if err != nil {
			return err
		}
		for _, m := range marks {
			mirrored := m.at.then(scale(-1, 1)).then(translate(sheetWidth, 0))
			p.put(m.shape, mirrored, faint)
		}
	}
	return nil
}
