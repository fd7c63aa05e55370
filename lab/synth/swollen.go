package synth

import "image"

// swollen is a shape drawn with a broader pen: it grows by some pixels on every side.
type swollen struct {
	shape
	by float64
}

// mask takes the darkest value within reach of each pixel, weaker further away.
func (s swollen) mask(m affine) *image.Alpha {
	thin := s.shape.mask(m)
	if s.by < 0.3 || thin.Rect.Empty() {
		return thin
	}
	out := image.NewAlpha(thin.Rect.Inset(-3))
	for dy := -3; dy <= 3; dy++ {
		for dx := -3; dx <= 3; dx++ {
			weight := clamp(s.by+0.5-vec{float64(dx), float64(dy)}.length(), 0, 1)
			if weight > 0 {
				spread(out, thin, dx, dy, uint32(256*weight))
			}
		}
	}
	return out
}

// spread raises out to a moved and weakened copy of a mask; weight is in 256ths.
func spread(out, thin *image.Alpha, dx, dy int, weight uint32) {
	width := thin.Rect.Dx()
	for y := range thin.Rect.Dy() {
		from := thin.Pix[y*thin.Stride:][:width]
		to := out.Pix[(y+dy+3)*out.Stride+dx+3:][:width]
		for x, a := range from {
			to[x] = max(to[x], uint8(uint32(a)*weight>>8))
		}
	}
}
