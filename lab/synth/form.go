package synth

import (
	"image"
	"math"
)

// form is what is printed on every sheet of an exam, and where people write. It is
// measured in millimetres.
type form struct {
	width, height float64
	items         []item
	slots         []slot
}

// item is something printed.
type item interface{ draw(l *leaf) }

// rule is a printed line.
type rule struct {
	from, to vec
	width    float64
	ink      ink
	dash     float64 // length of dashes and gaps; 0 for none
}

func (r rule) draw(l *leaf) {
	if r.dash > 0 {
		r.drawDashes(l)
		return
	}
	if r.from.x == r.to.x || r.from.y == r.to.y {
		half := vec{r.width / 2, r.width / 2}
		if r.from.x == r.to.x {
			half.y = 0
		} else {
			half.x = 0
		}
		fill{emptyBox().with(r.from.sub(half)).with(r.from.add(half)).with(r.to.sub(half)).with(r.to.add(half)), r.ink}.draw(l)
		return
	}
	l.put(newStrokes(math.Max(0.6, r.width*l.unit), []dab{{r.from, 1, 1}, {r.to, 1, 1}}), translate(0, 0), r.ink)
}

func (r rule) drawDashes(l *leaf) {
	length := r.to.sub(r.from).length()
	n := max(1, int(length/(2*r.dash)))
	step := r.to.sub(r.from).times(1 / float64(n))
	for i := range n {
		from := r.from.add(step.times(float64(i)))
		rule{from, from.add(step.times(0.5)), r.width, r.ink, 0}.draw(l)
	}
}

// fill is a filled rectangle.
type fill struct {
	box
	ink ink
}

func (f fill) draw(l *leaf) {
	b := box{f.min.times(l.unit), f.max.times(l.unit)}
	area := b.pixels(0).Intersect(l.img.Rect)
	if area.Empty() {
		return
	}
	mask := image.NewAlpha(area)
	for y := area.Min.Y; y < area.Max.Y; y++ {
		down := covered(b.min.y, b.max.y, y)
		row := mask.Pix[(y-area.Min.Y)*mask.Stride:][:area.Dx()]
		for i := range row {
			row[i] = uint8(255 * down * covered(b.min.x, b.max.x, area.Min.X+i))
		}
	}
	l.stamp(mask, f.ink)
}

// covered is how much of pixel i lies between lo and hi.
func covered(lo, hi float64, i int) float64 {
	return math.Max(0, math.Min(hi, float64(i+1))-math.Max(lo, float64(i)))
}

// ring is a printed ellipse; a width of 0 fills it.
type ring struct {
	centre, radius vec
	width          float64
	ink            ink
}

func (r ring) draw(l *leaf) {
	if r.width == 0 {
		l.put(disc{}, scale(r.radius.x, r.radius.y).then(translate(r.centre.x, r.centre.y)), r.ink)
		return
	}
	const n = 24
	line := make([]dab, n+1)
	for i := range line {
		s, c := math.Sincos(2 * math.Pi * float64(i) / n)
		line[i] = dab{r.centre.add(vec{c * r.radius.x, s * r.radius.y}), 1, 1}
	}
	l.put(newStrokes(math.Max(0.6, r.width*l.unit), line), translate(0, 0), r.ink)
}

// disc is a filled circle of radius 1 around 0, 0.
type disc struct{}

func (disc) bounds() box { return box{vec{-1, -1}, vec{1, 1}} }

func (disc) mask(m affine) *image.Alpha {
	out := image.NewAlpha(disc{}.bounds().through(m).pixels(1))
	back, sharp := m.inverse(), m.size()
	for y := out.Rect.Min.Y; y < out.Rect.Max.Y; y++ {
		for x := out.Rect.Min.X; x < out.Rect.Max.X; x++ {
			off := back.apply(vec{float64(x) + 0.5, float64(y) + 0.5}).length()
			out.Pix[out.PixOffset(x, y)] = uint8(255 * clamp((1-off)*sharp+0.5, 0, 1))
		}
	}
	return out
}

// pattern is a grid of dark and light cells: a QR code, a barcode.
type pattern struct {
	at     vec
	cell   vec
	across int
	dark   []bool
	ink    ink
}

func (p pattern) draw(l *leaf) {
	for y := range len(p.dark) / p.across {
		row := p.dark[y*p.across:][:p.across]
		for x := 0; x < p.across; x++ {
			n := darkRun(row[x:])
			if n == 0 {
				continue
			}
			at := p.at.add(vec{float64(x) * p.cell.x, float64(y) * p.cell.y})
			fill{box{at, at.add(vec{float64(n) * p.cell.x, p.cell.y})}, p.ink}.draw(l)
			x += n
		}
	}
}

// darkRun is how many cells are dark before the first light one.
func darkRun(row []bool) int {
	for n, dark := range row {
		if !dark {
			return n
		}
	}
	return len(row)
}

// curveItem is a printed curve.
type curveItem struct {
	line  []dab
	width float64
	ink   ink
}

func (c curveItem) draw(l *leaf) {
	l.put(newStrokes(max(0.6, c.width*l.unit), c.line), translate(0, 0), c.ink)
}

// white is text printed white on black.
type white struct{ text }

func (w white) draw(l *leaf) {
	for i, char := range []rune(w.chars) {
		g := l.press.glyph(w.face, char)
		if g.outline == nil {
			continue
		}
		pen := l.press.width(w.face, w.size, string([]rune(w.chars)[:i]))
		l.erase(g.outline.mask(scale(w.size, w.size).then(translate(pen, 0)).then(w.at).then(scale(l.unit, l.unit))))
	}
}

// blank makes a rectangle white.
type blank struct{ box }

func (b blank) draw(l *leaf) {
	area := box{b.min.times(l.unit), b.max.times(l.unit)}.pixels(0).Intersect(l.img.Rect)
	for y := area.Min.Y; y < area.Max.Y; y++ {
		row := l.img.Pix[l.img.PixOffset(area.Min.X, y):][:4*area.Dx()]
		for i := range row {
			row[i] = 255
		}
	}
}

// slotKind is what people write in a place.
type slotKind int

const (
	slotID slotKind = iota
	slotName
	slotNumber  // a row of digits
	slotShort   // one to three digits
	slotWords   // words, answers
	slotSums    // calculations
	slotDate    // a date or a time
	slotPhone   // a telephone number
	slotCourse  // a course's code or a class's number
	slotScrawl  // lines that say nothing
	slotSign    // a signature
	slotScore   // a grader's mark
	slotLabel   // the label that a form lacks
	slotBubbles // circles to fill in
)

// slot is where people write.
type slot struct {
	kind slotKind
	// at maps the slot's own millimetres, from the left end of its base line, to the page.
	at affine
	// width is the room; height that of the digits that the form expects.
	width, height float64
	// bound means that the writing keeps to the room's height.
	bound bool
	// cells are the left and right edges of each character's box; nil for a free line.
	cells [][2]float64
	// filled is the probability that something is written.
	filled float64
	// bubbles are the circles of slotBubbles, one column a character or one row a question.
	bubbles [][]ring
	// answers says that bubbles are answers, not the ID.
	answers bool
}
