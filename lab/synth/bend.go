package synth

import (
	"image"
	"math"
)

// bend is how a flat page comes to lie in the picture: turned, moved, seen at an
// angle, and curved.
type bend struct {
	size   vec // of page and picture, in pixels
	back   affine
	tilt   vec     // perspective: how much nearer the right and the lower end are
	curve  float64 // height of a wave across the page, in pixels
	phase  float64
	period float64 // of the wave, in page widths
}

// source maps a place in the picture to one on the flat page.
func (b bend) source(p vec) vec {
	q := b.back.apply(p.sub(b.size.times(0.5)))
	q = q.times(1 / (1 + (b.tilt.x*q.x+b.tilt.y*q.y)/b.size.x))
	q.y += b.curve * math.Sin(2*math.Pi*q.x/(b.size.x*b.period)+b.phase)
	return q.add(b.size.times(0.5))
}

// target is the inverse of source, found by iterating: the map is nearly the identity.
func (b bend) target(q vec) vec {
	p := q
	for range 10 {
		p = p.add(q.sub(b.source(p)))
	}
	return p
}

// bendStep is how far apart source is computed; between, it is interpolated.
const bendStep = 16

// apply draws the page into a picture of the same size; off the page it has one shade.
func (b bend) apply(page *image.Gray, outside uint8) *image.Gray {
	w, h := page.Rect.Dx(), page.Rect.Dy()
	out := image.NewGray(page.Rect)
	for y := range h {
		row := out.Pix[y*out.Stride:][:w]
		from := b.source(vec{0.5, float64(y) + 0.5})
		for x := 0; x < w; x += bendStep {
			to := b.source(vec{float64(x+bendStep) + 0.5, float64(y) + 0.5})
			bendPiece(row[x:min(x+bendStep, w)], page, from, to.sub(from).times(1.0/bendStep), outside)
			from = to
		}
	}
	return out
}

// bendPiece samples the page along a line, in 256ths of a pixel.
func bendPiece(row []uint8, page *image.Gray, from, step vec, outside uint8) {
	w, h := page.Rect.Dx(), page.Rect.Dy()
	x, y := int(65536*(from.x-0.5)), int(65536*(from.y-0.5))
	dx, dy := int(65536*step.x), int(65536*step.y)
	for i := range row {
		px, py := x>>16, y>>16
		if px < 0 || py < 0 || px >= w-1 || py >= h-1 {
			row[i] = outside
		} else {
			fx, fy := x>>8&255, y>>8&255
			at := page.Pix[py*page.Stride+px:]
			below := at[page.Stride:]
			top := int(at[0])*(256-fx) + int(at[1])*fx
			bottom := int(below[0])*(256-fx) + int(below[1])*fx
			row[i] = uint8((top*(256-fy) + bottom*fy) >> 16)
		}
		x, y = x+dx, y+dy
	}
}
