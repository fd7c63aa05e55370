package lines

import (
	"bytes"
	"image"
)

// bitmap is a picture of ink, a byte a pixel, 1 where there is ink.
type bitmap struct {
	w, h int
	pix  []uint8
}

// next is the place of the first ink from a place on, -1 if there is none.
func (b *bitmap) next(from int) int {
	at := bytes.IndexByte(b.pix[from:], 1)
	if at < 0 {
		return -1
	}
	return from + at
}

// Numbers of the search for ink.
const (
	block    = 16 // side of the squares whose paper is measured
	leastGap = 26 // grey levels by which ink is darker than the paper around it
)

// inkOf marks the pixels that are clearly darker than the paper near them.
func inkOf(src *image.Gray) *bitmap {
	w, h := src.Rect.Dx(), src.Rect.Dy()
	b := &bitmap{w: w, h: h, pix: make([]uint8, w*h)}
	paper, cols := paperOf(src)
	limits := make([]uint8, w)
	for y := range h {
		if y%block == 0 {
			row := paper[y/block*cols:][:cols]
			for x := range limits {
				limits[x] = uint8(max(0, int(row[x/block])-leastGap))
			}
		}
		from := src.Pix[y*src.Stride:][:len(limits)]
		to := b.pix[y*w:][:len(limits)]
		for x, v := range from {
			to[x] = uint8((int(v) - int(limits[x])) >> 63 & 1)
		}
	}
	return b
}

// paperOf is the brightness of the paper in each block: the upper quartile of the
// block and its neighbours, so that a block full of ink has one, too.
func paperOf(src *image.Gray) (paper []uint8, cols int) {
	w, h := src.Rect.Dx(), src.Rect.Dy()
	cols = (w + block - 1) / block
	rows := (h + block - 1) / block
	own := make([]uint8, cols*rows)
	for i := range own {
		own[i] = upperQuartile(src, i%cols*block, i/cols*block)
	}
	paper = make([]uint8, len(own))
	for i := range paper {
		x, y := i%cols, i/cols
		for ny := max(y-1, 0); ny <= min(y+1, rows-1); ny++ {
			for nx := max(x-1, 0); nx <= min(x+1, cols-1); nx++ {
				paper[i] = max(paper[i], own[ny*cols+nx])
			}
		}
	}
	return paper, cols
}

// upperQuartile of a block, from every second pixel, in steps of four grey levels.
func upperQuartile(src *image.Gray, x0, y0 int) uint8 {
	var counts [64]int
	n := 0
	for y := y0; y < min(y0+block, src.Rect.Dy()); y += 2 {
		for _, v := range src.Pix[y*src.Stride+x0 : y*src.Stride+min(x0+block, src.Rect.Dx())] {
			counts[v>>2]++
			n++
		}
	}
	left := n / 4
	for v := len(counts) - 1; v > 0; v-- {
		if left -= counts[v]; left < 0 {
			return uint8(4*v + 2)
		}
	}
	return 2
}
