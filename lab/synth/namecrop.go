package synth

import (
	"image"
	"math"
	"strings"
)

// NameField is a drawn part of a page around a name.
type NameField struct {
	Image *image.Gray
	// Text is what stands there by hand, in Hangul or Latin letters; empty where
	// nothing does that should be read as a name.
	Text string
	// Quad are the corners of what is written, from its upper left clockwise.
	Quad [4]Point
	// Height is that of a syllable in pixels.
	Height float64
}

// NameField draws the place of a name: mostly a name, and else what a finder might
// take for one. The same seed gives the same picture.
func (h *NameHands) NameField(seed uint64) (*NameField, error) {
	r := stream(seed, "name")
	s := newNameStyle(r)
	text, marks, width := h.content(r, s)
	high := 13 * math.Pow(4.5, r.Float64()) // pixels of a syllable
	left, right, tall := r.between(1.2, 4), r.between(1.2, 4), r.between(1.6, 2.2)
	p := &inkPlane{w: int(high * (left + width + right)), h: int(high * 2 * tall)}
	p.ink = make([]float32, p.w*p.h)
	to := scale(high, high).then(rotate(r.around(0, 0.012))).then(translate(left*high, tall*high))
	h.surroundings(r, p, to, width, text == "" && marks == nil)
	b := h.draw(r, p, s, marks, to)
	if marks == nil {
		b = box{vec{0, -0.5}, vec{math.Max(width, 1.5), 0.5}}.through(to)
	}
	img, err := h.scanned(r, p, high)
	if err != nil {
		return nil, err
	}
	f := &NameField{Image: img, Text: text, Height: high}
	for i, c := range [4]vec{b.min, {b.max.x, b.min.y}, b.max, {b.min.x, b.max.y}} {
		f.Quad[i] = Point{c.x, c.y}
	}
	return f, nil
}

// content is what stands in the name's place. The text is empty where it is no name.
func (h *NameHands) content(r random, s nameStyle) (text string, marks []nameMark, width float64) {
	latin := func(text string) (string, []nameMark, float64) {
		marks, width := h.letterText(r, s, pick(r, h.latin), text)
		return text, marks, width
	}
	switch k := r.Float64(); {
	case k < 0.68:
		text = koreanName(r)
		if r.chance(0.35) {
			text = anySyllables(r)
		}
		if marks, width = h.hangulText(r, s, text); marks == nil {
			text = ""
		}
	case k < 0.84:
		if text, marks, width = latin(latinName(r)); marks == nil {
			text = ""
		}
	case k < 0.92: // numbers, dates, sums
		_, marks, width = latin(pick(r, []string{anyDigits(r, 3+r.IntN(8)), anyDigits(r, 2) + "." + anyDigits(r, 2), anyDigits(r, 4), anyDigits(r, 3) + "-" + anyDigits(r, 4)}))
	case k < 0.97:
		marks, width = h.letterText(r, s, pick(r, h.foreign), foreignText(r))
	}
	return text, marks, width
}

// foreignText is text of scripts that are not told apart.
func foreignText(r random) string {
	chars := []rune(pick(r, []string{
		"田中山本木村林清水石川前藤井岡長谷池橋森阿部", "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗", "さくらゆいはるとひなたみずきカナタケンジユウコ", "АБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЭЮЯабвгдежзиклмнопрст",
	}))
	var out []rune
	for range 2 + r.IntN(4) {
		out = append(out, chars[r.IntN(len(chars))])
	}
	return string(out)
}

// draw draws marks with a pen and returns their box in pixels.
func (h *NameHands) draw(r random, p *inkPlane, s nameStyle, marks []nameMark, to affine) box {
	high := to.size()
	radius := high * r.between(0.018, 0.064)
	dark, fade := r.between(0.75, 1), r.between(0, 0.35)
	b, phase := emptyBox(), r.between(0, 6.3)
	for _, m := range marks {
		for i, q := range m.points {
			q = to.apply(q)
			b = b.with(q)
			press := 1 + 0.2*math.Sin(0.05*float64(i)+phase) + r.around(0, 0.04)
			p.dot(q, math.Max(0.55, radius*press), dark*(1-fade*r.Float64()))
		}
		if m.fill != nil {
			o := m.fill.bent(to.apply)
			b = b.with(o.extent.min).with(o.extent.max)
			p.mask(o.mask(scale(1, 1)), dark)
		}
	}
	if s.penned && len(marks) > 1 && r.chance(0.12) {
		h.joined(r, p, marks, to, radius, dark)
	}
	return b
}

// joined draws a stroke from one character to the next, as quick hands do.
func (h *NameHands) joined(r random, p *inkPlane, marks []nameMark, to affine, radius, dark float64) {
	i := r.IntN(len(marks) - 1)
	if len(marks[i].points) == 0 || len(marks[i+1].points) == 0 {
		return
	}
	a, b := to.apply(pick(r, marks[i].points)), to.apply(pick(r, marks[i+1].points))
	if b.sub(a).length() < 0.7*to.size() {
		p.line(a, b, math.Max(0.5, 0.7*radius), 0.8*dark)
	}
}

// printedWords stand beside names.
const printedWords = "성명 이름 이름: 학번 학번: 성명: 학과 소속 분반 과목 담당교수 (인) 서명 학년 반 번호 수험번호 Name Name: NAME Student ID No. " +
	"Signature 확인 점수 감독 날짜 姓名 氏名 學番 Date 학부 전공 답안지 시험 20 년 월 일"

// surroundings draws what forms print around a name: labels, rules, boxes; and what
// stands in the line besides.
func (h *NameHands) surroundings(r random, p *inkPlane, to affine, width float64, alone bool) {
	shade := r.between(0.3, 1)
	words := strings.Fields(printedWords)
	face := pick(r, h.print)
	word := func(size, x, y float64, fromRight bool) {
		h.printed(p, face, pick(r, words), affine{size, 0, x, 0, size, y}.then(to), shade, fromRight)
	}
	size := r.between(0.45, 1.1)
	if alone && r.chance(0.7) {
		word(size, r.between(-0.3, 0.3), r.between(0.2, 0.5), false)
	}
	if r.chance(0.55) {
		word(size, -r.between(0.15, 1.8), r.between(0.2, 0.5), true)
	}
	if r.chance(0.3) {
		word(size, width+r.between(0.2, 1.8), r.between(0.2, 0.5), false)
	}
	if r.chance(0.25) {
		word(size, r.between(-0.5, width), pick(r, []float64{-1, 1})*r.between(1.0, 1.6)+0.4, false)
	}
	if r.chance(0.12) {
		marks, _ := h.letterText(r, newNameStyle(r), pick(r, h.latin), anyDigits(r, 1+r.IntN(8)))
		h.draw(r, p, nameStyle{}, marks, translate(width+r.between(0.5, 2), r.around(0, 0.1)).then(to))
	}
	h.rules(r, p, to, width, shade)
}

// printed sets a word; from the right, so that it ends at its place.
func (h *NameHands) printed(p *inkPlane, f *face, word string, m affine, shade float64, fromRight bool) {
	var x float64
	var shapes []*outline
	var at []float64
	for _, c := range word {
		o, advance, err := f.glyph(c)
		if err != nil {
			return
		}
		shapes, at = append(shapes, o), append(at, x)
		x += advance
	}
	back := 0.0
	if fromRight {
		back = x
	}
	for i, o := range shapes {
		if len(o.points) > 0 {
			p.mask(o.mask(translate(at[i]-back, 0).then(m)), shade)
		}
	}
}

// rules draws an underline, a cell's edges, or nothing.
func (h *NameHands) rules(r random, p *inkPlane, to affine, width, shade float64) {
	thick := math.Max(0.4, to.size()*r.between(0.006, 0.03))
	left, right := -r.between(0.1, 1.5), width+r.between(0.1, 2.5)
	bottom, top := r.between(0.42, 1.2), -r.between(0.5, 1.3)
	draw := func(a, b vec) { p.line(to.apply(a), to.apply(b), thick, shade) }
	switch r.IntN(5) {
	case 0:
		draw(vec{left, bottom}, vec{right, bottom})
	case 1, 2:
		draw(vec{left - 2*r.Float64(), bottom}, vec{right + 2*r.Float64(), bottom})
		draw(vec{left - 2*r.Float64(), top}, vec{right + 2*r.Float64(), top})
		draw(vec{left, top - r.Float64()}, vec{left, bottom + r.Float64()})
		draw(vec{right, top - r.Float64()}, vec{right, bottom + r.Float64()})
	case 3:
		for x := left; x < right; x += 0.16 {
			draw(vec{x, bottom}, vec{x + r.between(0, 0.08), bottom})
		}
	}
}

// scanned makes a scan of ink: damage of the kind that pages of the world's forms
// suffer, which doesn't move anything.
func (h *NameHands) scanned(r random, p *inkPlane, high float64) (*image.Gray, error) {
	page := image.NewGray(image.Rect(0, 0, p.w, p.h))
	for i, v := range p.ink {
		page.Pix[i] = uint8(255 - 235*v)
	}
	d := worldDamage(r, AnyColour)
	d.skew, d.shift, d.scale, d.tilt, d.curve, d.border = 0, vec{}, 1, vec{}, 0, [4]float64{}
	d.keep(ink{r: 110, g: 110, b: 110})
	unit := high / 5 // a syllable of five millimetres
	d.soft = math.Max(d.soft, 0)
	if r.chance(0.15) {
		d.soft = r.between(0.15, 0.45)
	}
	planes, err := d.apply([]*image.Gray{page}, d.bendOf(r, page.Rect.Size(), unit), h.noise, unit, r)
	if err != nil {
		return nil, err
	}
	return planes[0], nil
}
