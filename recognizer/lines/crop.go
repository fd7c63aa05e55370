package lines

import (
	"image"
	"math"
)

// Height is the height of a crop in pixels.
const Height = 32

// Crop is a strip cut out of a page, made level and Height pixels high.
type Crop struct {
	Width int
	// Ink has Width*Height values, row by row: 0 is paper, 1 the darkest ink.
	Ink []float32
}

// Cut makes a crop of a strip. Stretch makes it wider than the page's proportions
// are; 1 keeps them. A crop wider than most pixels is made narrower. What lies off
// the page is paper.
func Cut(page *image.Gray, s Strip, stretch float64, most int) Crop {
	w := int(math.Round(stretch * s.Width() * Height / s.Height))
	c := Crop{Width: max(1, min(w, most))}
	c.Ink = straighten(page, s, c.Width, Height)
	level(c.Ink)
	return c
}

// Where in a crop's distribution of brightness its paper and its ink are.
const (
	paperAt  = 0.7
	inkAt    = 0.01
	leastInk = 40 // grey levels between paper and ink; less is noise
)

// level turns brightness, 0 to 255, into ink, so that pencil on grey paper looks
// like a pen on white.
func level(pix []float32) {
	var counts [256]int
	for _, v := range pix {
		counts[uint8(max(0, min(255, v)))]++
	}
	paper, ink := quantile(&counts, len(pix), paperAt), quantile(&counts, len(pix), inkAt)
	span := max(paper-ink, leastInk)
	for i, v := range pix {
		pix[i] = max(0, min(1, (paper-v)/span))
	}
}

// quantile is the least brightness that a share of n counted pixels doesn't exceed.
func quantile(counts *[256]int, n int, share float64) float32 {
	left := int(share * float64(n))
	for v, count := range counts {
		if left -= count; left < 0 {
			return float32(v)
		}
	}
	return 255
}

// straighten cuts a slanted strip out of the page and makes it w x h pixels of
// brightness 0 to 255. What lies off the page is white.
func straighten(src *image.Gray, s Strip, w, h int) []float32 {
	stepX, stepY := s.Width()/float64(w), s.Height/float64(h)
	nx, ny := samples(stepX), samples(stepY)
	sums := make([]int32, w*h) // of 8-bit fractions
	down := int(math.Round(stepY / float64(ny) * one))
	for x := range w {
		for i := range nx {
			u := (float64(x) + (float64(i)+0.5)/float64(nx)) * stepX
			px, py := s.at(u, 0)
			across := int(math.Floor((px - 0.5) * one))
			addColumn(sums[x:], w, ny, src, across, int(math.Floor((py-0.5)*one))+down/2, down)
		}
	}
	out := make([]float32, w*h)
	scale := 1 / (256 * float32(nx*ny))
	for i, sum := range sums {
		out[i] = float32(sum) * scale
	}
	return out
}

// one is 1 in the fixed-point numbers that places on the page are counted in.
const one = 1 << 16

// addColumn adds samples of the page to a column of sums, ny to each, going down
// from a place in even steps. Each is interpolated between four pixels.
func addColumn(sums []int32, w, ny int, src *image.Gray, x, y, step int) {
	ix, dx := x>>16, int32(x>>8&255)
	inside := ix >= 0 && ix+1 < src.Rect.Dx()
	most := src.Rect.Dy() - 1
	for at := 0; at < len(sums); at += w {
		for range ny {
			v := int32(255 << 8)
			if iy := y >> 16; inside && iy >= 0 && iy < most {
				p := src.Pix[iy*src.Stride+ix:]
				q := p[src.Stride : src.Stride+2]
				top := int32(p[0])*(256-dx) + int32(p[1])*dx
				bottom := int32(q[0])*(256-dx) + int32(q[1])*dx
				dy := int32(y >> 8 & 255)
				v = (top*(256-dy) + bottom*dy) >> 8
			}
			sums[at] += v
			y += step
		}
	}
}

// samples is how many points a direction are averaged for a target pixel.
func samples(step float64) int { return min(max(int(math.Round(step)), 1), 4) }
