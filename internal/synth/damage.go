package synth

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
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
func (d damage) mark(l *leaf, r random, size vec) {
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
func (d damage) bendOf(r random, size image.Point, unit float64) bend {
	back := translate(-d.shift.x*unit, -d.shift.y*unit).then(rotate(-d.skew * math.Pi / 180)).then(scale(1/d.scale, 1/d.scale))
	return bend{
		size: vec{float64(size.X), float64(size.Y)}, back: back, tilt: d.tilt,
		curve: d.curve * unit, phase: r.between(0, 6.3), period: r.between(0.9, 2.2),
	}
}

// apply returns the picture of a page, one plane for each of its planes.
func (d damage) apply(planes []*image.Gray, b bend, noise []int8, unit float64, r random) ([]*image.Gray, error) {
	start := r.IntN(noiseSize)
	stripes := d.stripePlaces(r)
	angle := r.Uint64()
	for i, page := range planes {
		shade := stream(angle, "shadow") // the same for every plane
		p := b.apply(page, d.outside)
		soften(p, d.soft*unit)
		d.odd.shake(p, unit)
		d.odd.shade(p, shade, unit)
		d.tone(p, d.paper[i], noise[start:], noise[:start], unit)
		d.odd.cut(p, d.cut)
		d.edges(p, unit)
		for _, s := range stripes {
			s.draw(p)
		}
		if d.quality > 0 && !d.bilevel {
			worn, err := greyThroughJPEG(p, d.quality)
			if err != nil {
				return nil, err
			}
			p = worn
		}
		planes[i] = p
	}
	return planes, nil
}

// tone makes ink paler, paper darker, and adds light, noise and contrast.
func (d damage) tone(p *image.Gray, paper float64, noise, more []int8, unit float64) {
	w, h := p.Rect.Dx(), p.Rect.Dy()
	noise = append(noise[:len(noise):len(noise)], more...)
	grain := int(256 * d.noise / 32)
	var curve, contrast [256]int
	for v := range curve {
		curve[v] = int(paper/255*d.inked(float64(v)) + 0.5)
		contrast[v] = int(d.contrast(float64(v), unit))
	}
	light := make([]int, w)
	for y := range h {
		if y%8 == 0 {
			d.lightRow(light, float64(y)/float64(h))
		}
		row := p.Pix[y*p.Stride:][:w]
		n := noise[(y*7919*w)%(noiseSize-w):][:w]
		for x, v := range row {
			t := (curve[v]*light[x] + grain*int(n[x])) >> 8
			row[x] = uint8(contrast[min(max(t, 0), 255)])
		}
	}
}

// inked is the brightness that ink has after it has paled.
func (d damage) inked(v float64) float64 { return 255 - (1-d.pale)*(255-v) }

// finePixels is from how many pixels in a millimetre on a scan is cut into black and
// white itself; a coarser one looks like a fine one that was cut and then reduced.
const finePixels = 150 / 25.4

// keep moves the threshold of a black and white scan so that writing with an ink stays
// on the page: who scans looks at the first page and turns the knob.
func (d *damage) keep(i ink) {
	if d.bilevel {
		d.cut = math.Min(math.Max(d.cut, d.inked(float64(i.g))+30), 230)
	}
}

// contrast is the scanner's curve.
func (d damage) contrast(v, unit float64) float64 {
	switch {
	case d.gain == 0:
		return v
	case d.odd.dither: // cut later
		return v
	case d.bilevel && unit > finePixels:
		return clamp((v-d.cut)*1e6, 0, 255)
	case d.bilevel: // thin strokes stay, as grey; faint ones go
		faint := 0.45 * (255 - d.cut)
		return 255 - clamp((255-v-faint)*(1+d.gain/8)*255/(255-faint), 0, 255)
	}
	return clamp((v-d.cut)*d.gain+d.cut, 0, 255)
}

// lightRow interpolates the brightness, in 256ths, along a row.
func (d damage) lightRow(light []int, t float64) {
	at := 2 * t
	i := min(int(at), 1)
	f := at - float64(i)
	var side [3]float64
	for k := range side {
		side[k] = 256 * lerp(d.light[3*i+k], d.light[3*i+3+k], f)
	}
	for x := range light {
		s := 2 * float64(x) / float64(len(light))
		k := min(int(s), 1)
		light[x] = int(lerp(side[k], side[k+1], s-float64(k)))
	}
}

// edges are the black rims that a scanner leaves.
func (d damage) edges(p *image.Gray, unit float64) {
	w, h := p.Rect.Dx(), p.Rect.Dy()
	for side, wide := range d.border {
		n := int(wide * unit)
		if n == 0 {
			continue
		}
		area := [4]image.Rectangle{image.Rect(0, 0, n, h), image.Rect(0, 0, w, n), image.Rect(w-n, 0, w, h), image.Rect(0, h-n, w, h)}[side].Intersect(p.Rect)
		for y := area.Min.Y; y < area.Max.Y; y++ {
			row := p.Pix[y*p.Stride+area.Min.X:][:area.Dx()]
			for i := range row {
				row[i] = uint8(int(row[i]) * 40 / 255)
			}
		}
	}
}

// stripe is a column that a dirty scanner draws darker.
type stripe struct{ at, keep float64 }

func (d damage) stripePlaces(r random) []stripe {
	out := make([]stripe, d.stripes)
	for i := range out {
		out[i] = stripe{r.Float64(), r.between(0.4, 0.85)}
	}
	return out
}

func (s stripe) draw(p *image.Gray) {
	x := int(s.at * float64(p.Rect.Dx()-1))
	for y := range p.Rect.Dy() {
		v := &p.Pix[y*p.Stride+x]
		*v = uint8(s.keep * float64(*v))
	}
}

// soften blurs with a deviation in pixels, by passes of three weights across and down.
func soften(p *image.Gray, deviation float64) {
	variance := deviation * deviation
	for variance > 0.02 {
		side := int(256 * math.Min(variance/2, 0.25))
		softenAcross(p, side)
		softenDown(p, side)
		variance -= 2 * float64(side) / 256
	}
}

func softenAcross(p *image.Gray, side int) {
	w, h := p.Rect.Dx(), p.Rect.Dy()
	for y := range h {
		row := p.Pix[y*p.Stride:][:w]
		before := int(row[0])
		for x := range w - 1 {
			here := int(row[x])
			row[x] = uint8((here<<8 + side*(before+int(row[x+1])-2*here) + 128) >> 8)
			before = here
		}
	}
}

func softenDown(p *image.Gray, side int) {
	w, h := p.Rect.Dx(), p.Rect.Dy()
	before := make([]uint8, w)
	copy(before, p.Pix[:w])
	for y := range h - 1 {
		row, next := p.Pix[y*p.Stride:][:w], p.Pix[(y+1)*p.Stride:][:w]
		for x, v := range row {
			here := int(v)
			row[x] = uint8((here<<8 + side*(int(before[x])+int(next[x])-2*here) + 128) >> 8)
			before[x] = v
		}
	}
}

// greyThroughJPEG encodes and decodes a plane.
func greyThroughJPEG(p *image.Gray, quality int) (*image.Gray, error) {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, p, &jpeg.Options{Quality: quality}); err != nil {
		return nil, fmt.Errorf("wear a page out: %w", err)
	}
	back, err := jpeg.Decode(&b)
	if err != nil {
		return nil, fmt.Errorf("wear a page out: %w", err)
	}
	out, ok := back.(*image.Gray)
	if !ok {
		return nil, fmt.Errorf("wear a page out: JPEG gave a %T", back)
	}
	for y := range p.Rect.Dy() { // the decoder's rows are padded to whole blocks
		copy(p.Pix[y*p.Stride:][:p.Rect.Dx()], out.Pix[y*out.Stride:])
	}
	return p, nil
}
