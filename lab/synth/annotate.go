package synth

import "math"

// annotations are what people write outside all fields of a form.
type annotations struct {
	*person
	form *form
}

// draw adds ticks, rings and numbers of a grader, a stamp, half-erased notes.
func (a annotations) draw() {
	grader := *a.person
	grader.writer = a.with(graderInk(a.random))
	grader.pen *= a.between(0.9, 1.8)
	if a.chance(0.3) {
		for range 1 + a.IntN(12) {
			annotations{&grader, a.form}.remark(a.somewhere(8))
		}
	}
	if a.chance(0.06) {
		a.seal(a.somewhere(15))
	}
	if a.chance(0.12) {
		a.erased()
	}
}

func graderInk(r random) ink {
	return pick(r, []ink{
		{r: 200, g: 40, b: 50, fade: 0.2}, {r: 190, g: 60, b: 70, fade: 0.2}, {r: 215, g: 90, b: 100, fade: 0.3},
		{r: 40, g: 60, b: 190, fade: 0.2}, {r: 30, g: 30, b: 34},
	})
}

func (a annotations) somewhere(rim float64) vec {
	return vec{a.between(rim, math.Max(a.form.width-rim, rim)), a.between(rim, math.Max(a.form.height-rim, rim))}
}

// remark is one mark of a grader. Rings go around other ink, so they are no region.
func (a annotations) remark(at vec) {
	k := a.between(2, 9)
	var points []vec
	switch a.IntN(4) {
	case 0: // a ring, not quite closed
		wide := k * a.between(0.6, 2)
		for t := 0.0; t < a.between(5.6, 7); t += 0.3 {
			points = append(points, at.add(vec{wide * math.Cos(t), k * 0.7 * math.Sin(t)}))
		}
		a.line(points, a.writer, translate(0, 0))
		return
	case 1: // a tick
		points = []vec{at, at.add(vec{k * 0.4, k * 0.5}), at.add(vec{k * 1.3, -k})}
	case 2: // a long stroke, as over an empty answer
		points = []vec{at, at.add(vec{k * a.between(1, 5), -k * a.between(0, 4)})}
		a.line(points, a.writer, translate(0, 0))
		return
	default:
		a.fillText(slot{at: translate(at.x, at.y), width: 30, height: k, bound: true}, pick(a.random, []string{"", "-", "+"})+anyDigits(a.random, 1+a.IntN(2)))
		return
	}
	b := emptyBox()
	for _, q := range points {
		b = b.with(q)
	}
	a.line(points, a.writer, translate(0, 0))
	a.note(OtherHand, b.quad())
}

// seal is a stamp: rings with characters in them, in red.
func (a annotations) seal(at vec) {
	red := ink{r: 205, g: 50, b: 60, grain: 0.6, fade: 0.4}
	radius := a.between(5, 16)
	turn := rotate(a.around(0, 0.3)).then(translate(at.x, at.y))
	ring{at, vec{radius, radius}, a.between(0.3, 1), red}.draw(a.leaf)
	said := pick(a.random, []string{"확인", "인", "검", "접수", "OK", "印"})
	size := 1.3 * radius / float64(len([]rune(said)))
	face := a.letters
	pen := -size * float64(len([]rune(said))) / 2
	for _, char := range said {
		g := a.press.glyph(face, char)
		if g.outline != nil {
			a.put(g.outline, scale(size, size).then(translate(pen, 0.35*size)).then(turn), red)
		}
		pen += size
	}
}

// erased are notes that were rubbed out: their edges stay, as broken lines.
func (a annotations) erased() {
	faint := ink{r: 205, g: 125, b: 135, grain: 0.8, fade: 0.6}
	for range 1 + a.IntN(4) {
		at := a.somewhere(15)
		marks, _, err := a.penned(anyDigits(a.random, 1+a.IntN(3)), a.between(6, 15))
		if err != nil {
			return
		}
		for _, m := range marks {
			a.stampEdge(m.shape.mask(m.at.then(translate(at.x, at.y/3)).then(scale(a.unit, a.unit))), faint)
		}
	}
}
