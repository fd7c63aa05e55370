package find

import (
	"encoding/binary"
	"image"
)

// reduce makes a page smaller until its longer side is at most side pixels, each
// pixel the mean of the page's pixels that it covers. It returns the reduced page
// and how many of the page's pixels make one of its own. A smaller page stays as it
// is. Halving, which is fast, comes first; nearly the right size is taken as it is.
func reduce(page *image.Gray, side int) (small *image.Gray, factor float64) {
	small, factor = page, 1
	for longer(small) >= 4*side*nearly/100 && shorter(small) >= 4 {
		small, factor = quarter(small), 4*factor
	}
	for longer(small) >= 2*side*nearly/100 && shorter(small) >= 2 {
		small, factor = halve(small), 2*factor
	}
	if longer(small)*100 <= side*(200-nearly) {
		return small, factor
	}
	ratio := float64(longer(small)) / float64(side)
	return average(small, ratio), factor * ratio
}

// nearly is how much of the side is enough, in hundredths: the network was trained
// on pages of 640 to 900 pixels.
const nearly = 90

func longer(m *image.Gray) int { return max(m.Rect.Dx(), m.Rect.Dy()) }

func shorter(m *image.Gray) int { return min(m.Rect.Dx(), m.Rect.Dy()) }

// quarter averages squares of four by four pixels. It is two halvings at less than
// half their cost.
func quarter(src *image.Gray) *image.Gray {
	w, h := src.Rect.Dx()/4, src.Rect.Dy()/4
	out := image.NewGray(image.Rect(0, 0, w, h))
	for y := range h {
		from := src.Pix[4*y*src.Stride:]
		a, b := from[:4*w], from[src.Stride:][:4*w]
		c, d := from[2*src.Stride:][:4*w], from[3*src.Stride:][:4*w]
		dst := out.Pix[y*out.Stride:][:w]
		i := 0
		for ; i <= 4*w-8; i += 8 {
			const both = 8<<32 + 8
			sum := pairsOfFour(eight(a[i:]), eight(b[i:]), eight(c[i:]), eight(d[i:]))
			sum += sum>>16 + both
			dst[i/4], dst[i/4+1] = uint8(sum>>4), uint8(sum>>36)
		}
		if i < 4*w {
			sum := 8
			for x := i; x < 4*w; x++ {
				sum += int(a[x]) + int(b[x]) + int(c[x]) + int(d[x])
			}
			dst[i/4] = uint8(sum >> 4)
		}
	}
	return out
}

// halve averages squares of two by two pixels, eight pixels of a row at a time.
func halve(src *image.Gray) *image.Gray {
	w, h := src.Rect.Dx()/2, src.Rect.Dy()/2
	out := image.NewGray(image.Rect(0, 0, w, h))
	for y := range h {
		a := src.Pix[2*y*src.Stride:][:2*w]
		b := src.Pix[(2*y+1)*src.Stride:][:2*w]
		dst := out.Pix[y*out.Stride:][:w]
		x := 0
		for ; x+4 <= w; x += 4 {
			sum := pairs(a[2*x:]) + pairs(b[2*x:]) // four sums of at most 1020
			dst[x] = uint8((sum&0xffff + 2) >> 2)
			dst[x+1] = uint8((sum>>16&0xffff + 2) >> 2)
			dst[x+2] = uint8((sum>>32&0xffff + 2) >> 2)
			dst[x+3] = uint8((sum>>48 + 2) >> 2)
		}
		for ; x < w; x++ {
			dst[x] = uint8((int(a[2*x]) + int(a[2*x+1]) + int(b[2*x]) + int(b[2*x+1]) + 2) >> 2)
		}
	}
	return out
}

// even are the first, third, fifth and seventh of eight pixels.
const even = 0x00ff00ff00ff00ff

// eight are eight pixels, the first one lowest.
func eight(p []uint8) uint64 { return binary.LittleEndian.Uint64(p) }

// pairs adds eight pixels up in pairs, to four sums of 16 bits each.
func pairs(p []uint8) uint64 {
	v := eight(p)
	return v&even + v>>8&even
}

// pairsOfFour is the sum of the pairs of eight pixels of four rows. Of the rows' plain
// sum, the pixels that aren't even have 256 times their share, whatever is carried.
func pairsOfFour(a, b, c, d uint64) uint64 {
	odd := a>>8&even + b>>8&even + c>>8&even + d>>8&even
	return a + b + c + d - 255*odd
}

// span is a run of pixels that one reduced pixel covers, with the weights of the
// first, the last, and those between, in 256ths of a pixel.
type span struct{ from, to, first, last int }

// size is how much the span covers, in 256ths.
func (s span) size() int { return s.first + s.last + 256*max(0, s.to-s.from-1) }

// spans are those of n pixels that cover ratio pixels each.
func spans(n int, ratio float64, limit int) []span {
	out := make([]span, n)
	for i := range out {
		a, b := float64(i)*ratio, min(float64(i+1)*ratio, float64(limit))
		from, to := int(a), min(int(b), limit-1)
		out[i] = span{from, to, int(256 * (1 - (a - float64(from)))), int(256 * (b - float64(to)))}
		if from == to {
			out[i].first, out[i].last = int(256*(b-a)), 0
		}
	}
	return out
}

// average reduces a page by any ratio above 1, down and then across.
func average(src *image.Gray, ratio float64) *image.Gray {
	w := max(1, int(float64(src.Rect.Dx())/ratio+1e-9))
	h := max(1, int(float64(src.Rect.Dy())/ratio+1e-9))
	out := image.NewGray(image.Rect(0, 0, w, h))
	columns, rows := spans(w, ratio, src.Rect.Dx()), spans(h, ratio, src.Rect.Dy())
	across := make([]int, src.Rect.Dx())
	for y, r := range rows {
		clear(across)
		for from := r.from; from <= r.to; from++ {
			weight := r.weight(from)
			for x, v := range src.Pix[from*src.Stride:][:len(across)] {
				across[x] += weight * int(v)
			}
		}
		for x, c := range columns {
			sum := c.first*across[c.from] + c.last*across[c.to]
			for _, v := range across[min(c.from+1, c.to):c.to] {
				sum += 256 * v
			}
			area := r.size() * c.size()
			out.Pix[y*out.Stride+x] = uint8(min(255, (sum+area/2)/area))
		}
	}
	return out
}

// weight is that of one of the span's pixels.
func (s span) weight(at int) int {
	switch at {
	case s.from:
		return s.first
	case s.to:
		return s.last
	}
	return 256
}
