package synth

import (
	"image"
	"math"
)

// damage is what paper, scanner and camera do to a page of the world's forms. Lengths
// are in millimetres, so that a picture of any resolution suffers alike.
type damage struct {
	skew, scale  float64 // degrees clockwise; size of the page in the picture
	shift        vec
	tilt         vec // perspective
	curve        float64
	outside      uint8      // shade of what lies around the page
	soft         float64    // deviation of a blur
	paper        [3]float64 // colour of the empty paper
	pale         float64    // how much lighter ink gets
	light        [9]float64 // brightness on a grid of three by three
	noise        float64
	gain, cut    float64 // contrast around a threshold; 0 for none
	bilevel      bool
	border       [4]float64 // black edges: left, top, right, bottom
	dust, hole   int
	staple, fold bool
	stripes      int
	quality      int // of JPEG; 0 for none
	odd          odd
}

// worldDamage invents damage as office scanners, cheap ones, and phones do it.
func worldDamage(r random, as Colour) damage {
	d := damage{scale: 1, outside: 255, paper: [3]float64{255, 255, 255}}
	phone := as != Bilevel && r.chance(0.2)
	d.lie(r, phone)
	d.lightUp(r, phone)
	d.soil(r)
	if r.chance(0.5) {
		d.soft = r.between(0.05, 0.2)
	}
	if as == Bilevel || as == AnyColour && r.chance(0.3) {
		d.cutUp(r)
	} else if !phone && d.paper[0] > 230 && r.chance(0.35) {
		d.cut, d.gain = r.between(110, 160), r.between(1.1, 1.8)
	}
	if r.chance(0.25) {
		d.quality = 25 + r.IntN(71)
	}
	return d
}

// cutUp makes the scan black and white: the paper is white before it is cut, and
// evenly lit, or else nothing would be left to read.
func (d *damage) cutUp(r random) {
	d.bilevel, d.pale = true, 0.3*d.pale
	d.paper = [3]float64{255, 255, 255}
	for i, v := range d.light {
		d.light[i] = 1 - 0.25*(1-v)
	}
	d.cut, d.gain = r.between(135, 215), r.between(3, 8)
}

// lie is how the page lies.
func (d *damage) lie(r random, phone bool) {
	d.skew = r.around(0, 0.7)
	if r.chance(0.15) {
		d.skew = r.between(-5, 5)
	}
	d.shift = vec{r.around(0, 1.5), r.around(0, 1.5)}
	if r.chance(0.15) {
		d.shift = vec{r.between(-8, 8), r.between(-8, 8)}
	}
	if r.chance(0.2) {
		d.scale = r.between(0.86, 1.03)
	}
	d.outside = pick(r, []uint8{255, 255, 255, 250, 235, 200, 120, 30, 0})
	if phone {
		d.tilt = vec{r.around(0, 0.05), r.around(0, 0.05)}
		d.curve = math.Abs(r.around(0, 1.3))
		d.scale = r.between(0.84, 0.98)
		d.outside = uint8(r.between(30, 190))
	}
}

// lightUp is how bright paper and ink are.
func (d *damage) lightUp(r random, phone bool) {
	for i := range d.light {
		d.light[i] = 1
	}
	if r.chance(0.4) {
		white := r.between(195, 252)
		d.paper = [3]float64{white, white - r.between(-2, 6), white - r.between(0, 30)}
	}
	if r.chance(0.3) {
		d.pale = r.between(0.05, 0.55)
	}
	if phone || r.chance(0.12) {
		dark := r.between(0.05, 0.5)
		slant, down := r.between(-1, 1), r.between(-1, 1)
		for i := range d.light {
			x, y := float64(i%3-1), float64(i/3-1)
			d.light[i] = 1 - dark*clamp(0.5+0.35*(slant*x+down*y)+r.around(0, 0.1), 0, 1)
		}
	}
	d.noise = r.between(0, 3)
	if r.chance(0.25) {
		d.noise = r.between(2, 14)
	}
}

// soil is dirt, edges, holes and folds.
func (d *damage) soil(r random) {
	if r.chance(0.15) {
		d.dust = 3 + r.IntN(120)
	}
	if r.chance(0.12) {
		d.border[r.IntN(4)] = r.between(0.5, 8)
		d.border[r.IntN(4)] = r.between(0.5, 4)
	}
	if r.chance(0.1) {
		d.hole = 2 + 2*r.IntN(2)
	}
	d.staple, d.fold = r.chance(0.08), r.chance(0.08)
	if r.chance(0.06) {
		d.stripes = 1 + r.IntN(2)
	}
}

// mark draws what lies on the page itself: holes, staples, folds, dust.
func (d *damage) mark(l *leaf, r random, size vec) {
	shade := uint8(pick(r, []int{20, 60, 150, 215}))
	for i := range d.hole {
		at := vec{r.between(7, 10), size.y * (0.5 + (float64(i)-float64(d.hole-1)/2)*0.27)}
		l.put(disc{}, scale(2.7, 2.7).then(translate(at.x, at.y)), ink{r: shade, g: shade, b: shade})
	}
	if d.staple {
		at := vec{r.between(4, 18), r.between(4, 18)}
		rule{at, at.add(vec{r.between(4, 9), r.between(-5, 5)}), 0.6, ink{r: 60, g: 60, b: 62}, 0}.draw(l)
	}
	if d.fold {
		y, v := r.between(0.2, 0.8)*size.y, uint8(r.between(170, 235))
		rule{vec{0, y}, vec{size.x, y + r.around(0, 3)}, r.between(0.4, 1.2), ink{r: v, g: v, b: v}, 0}.draw(l)
	}
	d.odd.mark(l, r, size)
	for range d.dust {
		k := r.between(0.08, 0.45)
		l.put(disc{}, scale(k, k*r.between(0.5, 1.5)).then(translate(r.between(0, size.x), r.between(0, size.y))), ink{r: 60, g: 60, b: 60})
	}
}

// bendOf is the damage's geometry for a page of a size, in pixels.
func (d *damage) bendOf(r random, size image.Point, unit float64) bend {
	back := translate(-d.shift.x*unit, -d.shift.y*unit).then(rotate(-d.skew * math.Pi / 180)).then(scale(1/d.scale, 1/d.scale))
	return bend{
		size: vec{float64(size.X), float64(size.Y)}, back: back, tilt: d.tilt,
		curve: d.curve * unit, phase: r.between(0, 6.3), period: r.between(0.9, 2.2),
	}
}
