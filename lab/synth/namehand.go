package synth

import (
	"image"
	"math"
	"unicode"
)

// NameHands write names by hand, in Hangul and in Latin letters, and draw what stands
// in a name's place besides.
type NameHands struct {
	hangul  []*nameFont
	shares  []float64
	latin   []*face // handwriting fonts
	foreign []*face // handwriting fonts of scripts that are not told apart
	print   []*face
	noise   []int8
	lines   *middleLines
}

// NameHands returns the hands of a part's fonts, and names the files of fonts that are
// not there. ErrNoAssets if there are none at all.
func (a *Assets) NameHands(part Part) (*NameHands, []string, error) {
	fonts, missing, err := nameFontsIn(a.dir, nameFamilies(part))
	if err != nil {
		return nil, missing, err
	}
	h := &NameHands{hangul: fonts, latin: a.figures, print: append([]*face{a.printSans}, a.printSerif...), noise: a.noise, lines: newMiddleLines()}
	for _, f := range fonts {
		h.shares = append(h.shares, f.share)
	}
	l := loader{dir: a.dir}
	for _, f := range [][2]string{{"yomogi", "japanese-400"}, {"klee-one", "japanese-400"}, {"zcool-xiaowei", "chinese-simplified-400"}, {"neucha", "cyrillic-400"}} {
		h.foreign = append(h.foreign, &face{f[0], l.fonts(nil, f[0], f[1])})
	}
	return h, missing, l.err
}

// WithNames returns assets whose people write names in Hangul, on the world's and the
// held-out forms, by these hands.
func (a *Assets) WithNames(h *NameHands) *Assets {
	changed := *a
	changed.names = h
	return &changed
}

// nameMark is one character: the middle lines of its strokes or, if there are none, its
// outline. The unit is the height of a syllable; the line's middle is at y = 0.
type nameMark struct {
	points []vec
	fill   *outline
}

// nameStyle is how one person writes a name.
type nameStyle struct {
	penned             bool // strokes are drawn along the font's middle lines
	slant, turn, drift float64
	wide, gap          float64
	bend, unsteady     float64
	mixed              bool // each syllable in another font
	apart              bool // a wide gap after the family name
}

func newNameStyle(r random) nameStyle {
	return nameStyle{
		penned: r.chance(0.75), slant: r.around(0, 0.13), turn: r.around(0, 0.04), drift: r.around(0, 0.05),
		wide: r.between(0.72, 1.15), gap: r.between(-0.12, 0.3), bend: r.between(0.02, 0.22),
		unsteady: r.between(0.4, 1.6), mixed: r.chance(0.2), apart: r.chance(0.06),
	}
}

// hangulText writes syllables and returns their marks from x = 0 on, and where they end.
func (h *NameHands) hangulText(r random, s nameStyle, text string) ([]nameMark, float64) {
	var marks []nameMark
	var x float64
	font := h.hangul[weighted(r, h.shares)]
	for i, char := range []rune(text) {
		f := font
		if s.mixed {
			f = h.hangul[weighted(r, h.shares)]
		}
		o, _, err := f.face.glyph(char)
		if err != nil {
			return nil, 0 // no font has every syllable
		}
		m := translate(0, -f.middle).then(scale(f.em, f.em))
		mark, width := h.placed(r, s, f.face, char, o, m, vec{x, s.drift*float64(i) + r.around(0, 0.04*s.unsteady)})
		marks = append(marks, mark)
		x += width + math.Max(-0.14, s.gap+r.around(0, 0.07*s.unsteady))
		if s.apart && i == 0 {
			x += r.between(0.5, 2.2)
		}
	}
	return marks, x
}

// letterText writes text of an alphabet, capitals 0.8 units high.
func (h *NameHands) letterText(r random, s nameStyle, f *face, text string) ([]nameMark, float64) {
	var marks []nameMark
	var x float64
	capital, _, err := f.glyph(firstOf(text))
	if err != nil || capital.bounds().min.y > -0.05 {
		return nil, 0
	}
	k := 0.8 / (capital.bounds().max.y - capital.bounds().min.y)
	for _, char := range text {
		if char == ' ' {
			x += r.between(0.25, 0.6)
			continue
		}
		o, advance, err := f.glyph(char)
		if err != nil {
			return nil, 0
		}
		m := scale(k, k).then(translate(0, 0.3))
		mark, width := h.placed(r, s, f, char, o, m, vec{x, s.drift * x * 0.5})
		marks = append(marks, mark)
		x += math.Max(advance*k*s.wide, width) + 0.3*s.gap*r.between(0, 0.4)
	}
	return marks, x
}

// firstOf is a text's first letter or digit.
func firstOf(text string) rune {
	for _, c := range text {
		if unicode.IsLetter(c) || unicode.IsDigit(c) {
			return c
		}
	}
	return 'A'
}

// placed bends a character and moves it so that its left edge is at a place.
func (h *NameHands) placed(r random, s nameStyle, f *face, char rune, o *outline, m affine, at vec) (nameMark, float64) {
	u := s.unsteady
	m = m.then(scale(s.wide*r.between(0.9, 1.12), r.between(0.88, 1.1))).
		then(shear(s.slant + r.around(0, 0.05*u))).then(rotate(s.turn + r.around(0, 0.05*u)))
	b := o.bounds().through(m)
	bend := newFlex(r, b, s.bend)
	warp := func(p vec) vec { return bend.apply(m.apply(p)).add(vec{at.x - b.min.x, at.y}) }
	mark := nameMark{}
	if s.penned {
		for _, p := range h.lines.of(f, char, o) {
			mark.points = append(mark.points, warp(p))
		}
	} else {
		mark.fill = o.bent(warp)
	}
	return mark, b.max.x - b.min.x
}

// bent is the outline with its points moved.
func (o *outline) bent(f func(vec) vec) *outline {
	out := &outline{ops: o.ops, points: make([]vec, len(o.points)), extent: emptyBox()}
	for i, p := range o.points {
		out.points[i] = f(p)
		out.extent = out.extent.with(out.points[i])
	}
	return out
}

// flex bends a character: its parts move against each other by terms of second order
// in the place within its box, and by a wave.
type flex struct {
	middle, half vec
	a, b         [5]float64
	wave         float64
	phase        [2]float64
	pitch        float64
}

func newFlex(r random, b box, power float64) flex {
	f := flex{middle: b.min.add(b.max).times(0.5), half: b.max.sub(b.min).times(0.5), wave: 0.4 * power * r.Float64(), pitch: r.between(2, 7)}
	for i := range f.a {
		f.a[i], f.b[i] = r.around(0, power/2), r.around(0, power/2)
	}
	f.phase = [2]float64{r.between(0, 6.3), r.between(0, 6.3)}
	return f
}

func (f flex) apply(p vec) vec {
	x, y := (p.x-f.middle.x)/math.Max(f.half.x, 0.05), (p.y-f.middle.y)/math.Max(f.half.y, 0.05)
	term := func(c [5]float64) float64 {
		return c[0]*x*y + c[1]*(x*x-0.5) + c[2]*(y*y-0.5) + c[3]*x*x*y + c[4]*y*y*x
	}
	return p.add(vec{
		0.5*term(f.a) + f.wave*math.Sin(f.pitch*p.y+f.phase[0]),
		0.5*term(f.b) + f.wave*math.Sin(f.pitch*p.x+f.phase[1]),
	})
}

// inkPlane is a picture of ink alone, 0 to 1.
type inkPlane struct {
	w, h int
	ink  []float32
}

// dot draws a round nib.
func (p *inkPlane) dot(at vec, radius, dark float64) {
	for y := max(0, int(at.y-radius-1)); y <= min(p.h-1, int(at.y+radius+1)); y++ {
		for x := max(0, int(at.x-radius-1)); x <= min(p.w-1, int(at.x+radius+1)); x++ {
			d := math.Hypot(float64(x)+0.5-at.x, float64(y)+0.5-at.y)
			if v := float32(dark * clamp(radius+0.5-d, 0, 1)); v > p.ink[y*p.w+x] {
				p.ink[y*p.w+x] = v
			}
		}
	}
}

// line draws along a straight line.
func (p *inkPlane) line(a, b vec, radius, dark float64) {
	n := int(b.sub(a).length()/math.Max(0.7, radius/2)) + 1
	for i := range n + 1 {
		p.dot(a.add(b.sub(a).times(float64(i)/float64(n))), radius, dark)
	}
}

// mask adds a filled shape.
func (p *inkPlane) mask(m *image.Alpha, dark float64) {
	area := m.Rect.Intersect(image.Rect(0, 0, p.w, p.h))
	for y := area.Min.Y; y < area.Max.Y; y++ {
		for x := area.Min.X; x < area.Max.X; x++ {
			if v := float32(dark / 255 * float64(m.AlphaAt(x, y).A)); v > p.ink[y*p.w+x] {
				p.ink[y*p.w+x] = v
			}
		}
	}
}
