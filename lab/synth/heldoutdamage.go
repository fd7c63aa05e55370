package synth

import (
	"image"
	"math"
)

// odd is damage that only held-out pages suffer. The zero value is none.
type odd struct {
	shadow   bool // a shadow's edge runs across
	dither   bool // black and white by an ordered pattern
	wrinkles int
	stain    bool // a cup's ring
	motion   float64
	binding  bool // holes along the upper edge
}

// heldOutDamage is the world's damage, milder at times, and some of its own besides.
func heldOutDamage(r random, as Colour) damage {
	d := worldDamage(r, as)
	d.odd.shadow = !d.bilevel && r.chance(0.2)
	d.odd.dither = d.bilevel && r.chance(0.3)
	if r.chance(0.15) {
		d.odd.wrinkles = 2 + r.IntN(5)
	}
	d.odd.stain = r.chance(0.07)
	if r.chance(0.15) {
		d.odd.motion = r.between(0.1, 0.3)
	}
	d.odd.binding = r.chance(0.08)
	if !d.bilevel && r.chance(0.2) { // darker towards all corners, as through a cheap lens
		dark := r.between(0.1, 0.35)
		for i := range d.light {
			d.light[i] = 1 - dark*float64((i%3-1)*(i%3-1)+(i/3-1)*(i/3-1))/2
		}
	}
	return d
}

// mark draws what lies on the page itself.
func (o odd) mark(l *leaf, r random, size vec) {
	for range o.wrinkles {
		from := vec{r.between(0, size.x), r.between(0, size.y)}
		v := uint8(r.between(190, 240))
		to := from.add(vec{r.around(0, 90), r.around(0, 90)})
		rule{from, to, r.between(0.3, 1.5), ink{r: v, g: v, b: v, fade: 0.5}, 0}.draw(l)
	}
	if o.stain {
		at := vec{r.between(0, size.x), r.between(0, size.y)}
		ring{at, vec{38, 37}, 1.8, ink{r: 214, g: 196, b: 170, grain: 0.5, fade: 0.6}}.draw(l)
	}
	if o.binding {
		for x := 8.0; x < size.x-6; x += 8.5 {
			l.put(disc{}, scale(2, 2).then(translate(x, 5)), ink{r: 70, g: 70, b: 70})
		}
	}
}

// shade darkens one side of a line across the picture, with a soft edge.
func (o odd) shade(p *image.Gray, r random, unit float64) {
	if !o.shadow {
		return
	}
	sin, cos := math.Sincos(r.between(0, 2*math.Pi))
	w, h := p.Rect.Dx(), p.Rect.Dy()
	at := r.between(-0.25, 0.25) * float64(w)
	soft, keep := r.between(2, 25)*unit, r.between(0.5, 0.85)
	for y := range h {
		row := p.Pix[y*p.Stride:][:w]
		for x, v := range row {
			side := (float64(x-w/2)*cos + float64(y-h/2)*sin - at) / soft
			row[x] = uint8(float64(v) * lerp(1, keep, clamp(side, 0, 1)))
		}
	}
}

// cut makes a picture black and white by an ordered pattern of thresholds.
func (o odd) cut(p *image.Gray, around float64) {
	if !o.dither {
		return
	}
	pattern := [16]float64{0, 8, 2, 10, 12, 4, 14, 6, 3, 11, 1, 9, 15, 7, 13, 5}
	for y := range p.Rect.Dy() {
		row := p.Pix[y*p.Stride:][:p.Rect.Dx()]
		for x, v := range row {
			row[x] = 0
			if float64(v) > around+5*(pattern[4*(y&3)+x&3]-7.5) {
				row[x] = 255
			}
		}
	}
}

// shake blurs down the page only, as when it moved.
func (o odd) shake(p *image.Gray, unit float64) {
	for left := o.motion * unit * o.motion * unit; left > 0.02; left -= 0.5 {
		softenDown(p, int(256*min(left/2, 0.25)))
	}
}
