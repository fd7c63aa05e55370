package synth

import (
	"image"
	"math"
	"slices"
)

// apply returns the picture of a page, one plane for each of its planes.
func (d *damage) apply(planes []*image.Gray, b bend, noise []int8, unit float64, r random) ([]*image.Gray, error) {
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
func (d *damage) tone(p *image.Gray, paper float64, noise, more []int8, unit float64) {
	w, h := p.Rect.Dx(), p.Rect.Dy()
	noise = slices.Concat(noise, more)
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
func (d *damage) inked(v float64) float64 { return 255 - (1-d.pale)*(255-v) }

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
func (d *damage) contrast(v, unit float64) float64 {
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
func (d *damage) lightRow(light []int, t float64) {
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
func (d *damage) edges(p *image.Gray, unit float64) {
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

func (d *damage) stripePlaces(r random) []stripe {
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
