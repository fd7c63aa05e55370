package read

import (
	"image"
	"math"
)

// LineImage is a strip cut out of a page and made level.
type LineImage struct {
	Width, Height int
	// Ink has Width*Height values, row by row: 0 is paper, 1 the darkest ink.
	Ink []float32
}

// Cut makes a picture of a strip, height pixels high. Stretch makes it wider than the
// page's proportions are; 1 keeps them. A crop wider than most pixels is made
// narrower. What lies off the page is paper.
func Cut(page *image.Gray, s Strip, height int, stretch float64, most int) LineImage {
	w := int(math.Round(stretch * s.Length * float64(height) / s.Height))
	c := LineImage{Width: max(1, min(w, most)), Height: height}
	c.Ink = straighten(page, s, c.Width, height)
	level(c.Ink)
	return c
}

// Where in a crop's distribution of brightness its paper and its ink are. The line
// model was trained on crops made so; other values need another model.
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

// one is 1 in the fixed-point numbers that places on the page are counted in.
const one = 1 << 16

// straighten cuts a strip out of the page and makes it w x h pixels of brightness 0
// to 255, each the mean of some samples. What lies off the page is white.
func straighten(src *image.Gray, s Strip, w, h int) []float32 {
	stepX, stepY := s.Length/float64(w), s.Height/float64(h)
	nx, ny := samples(stepX), samples(stepY)
	alongX, alongY := fixed(s.Right*stepX/float64(nx)), fixed(s.Down*stepX/float64(nx))
	out := make([]float32, w*h)
	sums := make([]int32, w) // of 8-bit fractions
	scale := 1 / (256 * float32(nx*ny))
	for y := range h {
		clear(sums)
		for j := range ny {
			v := (float64(y)+(float64(j)+0.5)/float64(ny))*stepY - s.Height/2
			u := 0.5 / float64(nx) * stepX
			px, py := s.X+u*s.Right-v*s.Down-0.5, s.Y+u*s.Down+v*s.Right-0.5
			addRow(sums, nx, src, fixed(px), fixed(py), alongX, alongY)
		}
		for x, sum := range sums {
			out[y*w+x] = float32(sum) * scale
		}
	}
	return out
}

func fixed(v float64) int { return int(math.Floor(v * one)) }

// addRow adds samples of the page to a row of sums, n to each, going on from a place
// in even steps. Each is interpolated between four pixels.
func addRow(sums []int32, n int, src *image.Gray, x, y, stepX, stepY int) {
	w, h := src.Rect.Dx(), src.Rect.Dy()
	for i := range sums {
		for range n {
			v := int32(255 << 8)
			if ix, iy := x>>16, y>>16; ix >= 0 && ix+1 < w && iy >= 0 && iy+1 < h {
				p := src.Pix[iy*src.Stride+ix:]
				q := p[src.Stride : src.Stride+2]
				dx, dy := int32(x>>8&255), int32(y>>8&255)
				top := int32(p[0])*(256-dx) + int32(p[1])*dx
				bottom := int32(q[0])*(256-dx) + int32(q[1])*dx
				v = (top*(256-dy) + bottom*dy) >> 8
			}
			sums[i] += v
			x, y = x+stepX, y+stepY
		}
	}
}

// samples is how many points a direction are averaged for a target pixel.
func samples(step float64) int { return min(max(int(math.Round(step)), 1), 4) }
