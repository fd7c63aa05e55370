package synth

// back is the page's other side, which shines through: mirrored writing and print, faint.
// Rows of digits are among it, which a finder must not take for an ID.
type back struct {
	*person
	types *typefaces
}

func (p back) draw(f *form, r random, shade uint8) {
	faint := ink{r: shade, g: shade, b: shade, fade: r.between(0.1, 0.5)}
	mirror := scale(-1, 1).then(translate(f.width, 0))
	other := *p.person
	other.random, other.pen = r, p.pen*1.5
	y := r.between(8, 60)
	printed := r.chance(0.35)
	face := pick(r, p.types.latin)[0]
	for y < f.height-8 {
		h := r.between(2.6, 7)
		x := r.between(5, 0.6*f.width)
		if printed {
			text{face: face, size: 3.6, chars: anyDigits(r, 4) + " " + englishTongue().words[r.IntN(40)] + " " + newPrinted(r), at: translate(x, y).then(mirror), ink: faint}.draw(p.leaf)
		} else {
			back{&other, p.types}.line(newBackText(r, p.script), h, translate(x, y).then(mirror), faint)
		}
		y += h * r.between(1.3, 5)
	}
}

func newBackText(r random, s script) string {
	switch r.IntN(4) {
	case 0:
		return anyDigits(r, 3+r.IntN(8))
	case 1:
		return handWords(r, s)
	}
	return newSum(r)
}

// line writes a line of the other side.
func (p back) line(said string, h float64, at affine, faint ink) {
	marks, _, err := p.penned(said, h)
	if err != nil || len(marks) == 0 {
		return
	}
	p.writer = p.with(faint)
	boxes, _ := p.putMarks(marks, at)
	if len(boxes) > 0 {
		p.note(BackInk, around(boxes).through(at.apply))
	}
}

// with is the same writer with another ink.
func (w *writer) with(i ink) *writer {
	changed := *w
	changed.ink = i
	return &changed
}
