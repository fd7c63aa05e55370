package synth

import "math"

// annotate adds what people write outside all fields: ticks, rings and numbers of a
// grader, a stamp, half-erased notes.
func (p *person) annotate(f *form) {
	grader := *p
	grader.writer = p.with(graderInk(p.random))
	grader.pen *= p.between(0.9, 1.8)
	if p.chance(0.3) {
		for range 1 + p.IntN(12) {
			grader.remark(p.somewhere(f, 8))
		}
	}
	if p.chance(0.06) {
		p.seal(p.somewhere(f, 15))
	}
	if p.chance(0.12) {
		p.erased(f)
	}
}

func graderInk(r random) ink {
	return pick(r, []ink{
		{r: 200, g: 40, b: 50, fade: 0.2}, {r: 190, g: 60, b: 70, fade: 0.2}, {r: 215, g: 90, b: 100, fade: 0.3},
		{r: 40, g: 60, b: 190, fade: 0.2}, {r: 30, g: 30, b: 34},
	})
}

func (p *person) somewhere(f *form, rim float64) vec {
	return vec{p.between(rim, math.Max(f.width-rim, rim)), p.between(rim, math.Max(f.height-rim, rim))}
}

// remark is one mark of a grader. Rings go around other ink, so they are no region.
func (p *person) remark(at vec) {
	k := p.between(2, 9)
	var points []vec
	switch p.IntN(4) {
	case 0: // a ring, not quite closed
		wide := k * p.between(0.6, 2)
		for t := 0.0; t < p.between(5.6, 7); t += 0.3 {
			points = append(points, at.add(vec{wide * math.Cos(t), k * 0.7 * math.Sin(t)}))
		}
		p.line(points, p.writer, translate(0, 0))
		return
	case 1: // a tick
		points = []vec{at, at.add(vec{k * 0.4, k * 0.5}), at.add(vec{k * 1.3, -k})}
	case 2: // a long stroke, as over an empty answer
		points = []vec{at, at.add(vec{k * p.between(1, 5), -k * p.between(0, 4)})}
		p.line(points, p.writer, translate(0, 0))
		return
	default:
		p.fillText(slot{at: translate(at.x, at.y), width: 30, height: k, bound: true}, pick(p.random, []string{"", "-", "+"})+anyDigits(p.random, 1+p.IntN(2)))
		return
	}
	b := emptyBox()
	for _, q := range points {
		b = b.with(q)
	}
	p.line(points, p.writer, translate(0, 0))
	p.note(OtherHand, b.quad())
}

// seal is a stamp: rings with characters in them, in red.
func (p *person) seal(at vec) {
	red := ink{r: 205, g: 50, b: 60, grain: 0.6, fade: 0.4}
	radius := p.between(5, 16)
	turn := rotate(p.around(0, 0.3)).then(translate(at.x, at.y))
	ring{at, vec{radius, radius}, p.between(0.3, 1), red}.draw(p.leaf)
	said := pick(p.random, []string{"확인", "인", "검", "접수", "OK", "印"})
	size := 1.3 * radius / float64(len([]rune(said)))
	face := p.letters
	pen := -size * float64(len([]rune(said))) / 2
	for _, char := range said {
		g := p.press.glyph(face, char)
		if g.outline != nil {
			p.put(g.outline, scale(size, size).then(translate(pen, 0.35*size)).then(turn), red)
		}
		pen += size
	}
}

// erased are notes that were rubbed out: their edges stay, as broken lines.
func (p *person) erased(f *form) {
	faint := ink{r: 205, g: 125, b: 135, grain: 0.8, fade: 0.6}
	for range 1 + p.IntN(4) {
		at := p.somewhere(f, 15)
		marks, _, err := p.penned(anyDigits(p.random, 1+p.IntN(3)), p.between(6, 15))
		if err != nil {
			return
		}
		for _, m := range marks {
			p.stampEdge(m.shape.mask(m.at.then(translate(at.x, at.y/3)).then(scale(p.unit, p.unit))), faint)
		}
	}
}
