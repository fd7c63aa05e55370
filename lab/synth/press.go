package synth

import (
	"image"
	"math"
)

// press sets printed text on one page. It keeps what it has loaded and rasterized,
// for a page has few different glyphs and thousands of them.
type press struct {
	glyphs map[glyphKey]glyph
	masks  map[maskKey]*image.Alpha
	last   []*face // tried in turn for characters that a face lacks
}

type glyphKey struct {
	face *face
	char rune
}

type glyph struct {
	outline *outline // nil: nothing is to be drawn
	advance float64  // in ems
}

// maskKey is a glyph at a size in 64ths of a pixel and at a quarter of a pixel.
type maskKey struct {
	glyphKey
	size, phase int
}

func newPress(last ...*face) *press {
	return &press{map[glyphKey]glyph{}, map[maskKey]*image.Alpha{}, last}
}

// glyph returns a character's outline, of another face where the face lacks it, and a
// space where all do.
func (p *press) glyph(f *face, char rune) glyph {
	key := glyphKey{f, char}
	if g, ok := p.glyphs[key]; ok {
		return g
	}
	g := glyph{advance: 0.3}
	for _, from := range append([]*face{f}, p.last...) {
		if o, advance, err := from.glyph(char); err == nil {
			g = glyph{o, advance}
			break
		}
	}
	p.glyphs[key] = g
	return g
}

// width returns how far a text runs at a size, in the size's unit.
func (p *press) width(f *face, size float64, text string) float64 {
	var sum float64
	for _, char := range text {
		sum += p.glyph(f, char).advance
	}
	return sum * size
}

// phases is into how many parts a pixel is divided for the glyphs' places.
const phases = 4

// mask returns a glyph as drawn with its origin at a fraction of a pixel.
func (p *press) mask(f *face, char rune, size float64, phase int) *image.Alpha {
	key := maskKey{glyphKey{f, char}, int(math.Round(64 * size)), phase}
	if m, ok := p.masks[key]; ok {
		return m
	}
	var m *image.Alpha
	if o := p.glyph(f, char).outline; o != nil && len(o.points) > 0 {
		m = o.mask(scale(size, size).then(translate(float64(phase)/phases, 0)))
	}
	p.masks[key] = m
	return m
}

// text is a line of printed text: its size is that of an em, at maps the size's unit,
// from the left end of the base line, to the page.
type text struct {
	face  *face
	size  float64
	chars string
	at    affine
	ink   ink
	// stretch widens each space, to justify a line.
	stretch float64
}

// draw prints the text and keeps it as a region.
func (t text) draw(l *leaf) {
	level := t.at.b == 0 && t.at.d == 0 && t.at.a > 0
	pen := 0.0
	for _, char := range t.chars {
		g := l.press.glyph(t.face, char)
		if char != ' ' && g.outline != nil {
			t.drawGlyph(l, char, pen, level)
		}
		pen += g.advance * t.size
		if char == ' ' {
			pen += t.stretch
		}
	}
	if pen > 0 {
		q := box{vec{0, -0.7 * t.size}, vec{pen, 0}}.quad().through(t.at.apply)
		l.note(PrintedLine, q)
	}
}

func (t text) drawGlyph(l *leaf, char rune, pen float64, level bool) {
	if !level {
		o := l.press.glyph(t.face, char).outline
		l.put(o, scale(t.size, t.size).then(translate(pen, 0)).then(t.at), t.ink)
		return
	}
	at := t.at.apply(vec{pen, 0}).times(l.unit)
	x := math.Floor(at.x*phases) / phases
	left := math.Floor(x)
	m := l.press.mask(t.face, char, t.size*t.at.a*l.unit, int((x-left)*phases))
	if m == nil {
		return
	}
	moved := *m
	moved.Rect = m.Rect.Add(image.Pt(int(left), int(math.Round(at.y))))
	l.stamp(&moved, t.ink)
}
