package lines

import (
	"bytes"
	"encoding/binary"
	"image"
	"math/bits"
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

// ink goes through the places of ink, row by row from left to right.
func (b *bitmap) ink(yield func(x, y int) bool) {
	for y := range b.h {
		row := b.pix[y*b.w:][:b.w]
		x := 0
		for ; x+8 <= len(row); x += 8 {
			for left := eight(row[x:]); left > 0; left &= left - 1 {
				if !yield(x+bits.TrailingZeros64(left)/8, y) {
					return
				}
			}
		}
		for ; x < len(row); x++ {
			if row[x] > 0 && !yield(x, y) {
				return
			}
		}
	}
}

// Numbers of the search for ink.
const (
	block    = 16 // side of the squares whose paper is measured
	leastGap = 26 // grey levels by which ink is darker than the paper around it
)

// inkOf marks the pixels that are clearly darker than the paper near them.
func inkOf(src *image.Gray, m *memory) *bitmap {
	w, h := src.Rect.Dx(), src.Rect.Dy()
	b := &bitmap{w: w, h: h, pix: m.take(w * h)}
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
		x := 0
		for ; x+8 <= w; x += 8 {
			binary.LittleEndian.PutUint64(to[x:], less(eight(from[x:]), eight(limits[x:])))
		}
		for ; x < w; x++ {
			to[x] = uint8((int(from[x]) - int(limits[x])) >> 63 & 1)
		}
	}
	return b
}

// less is 1 in each of eight bytes that is less than its counterpart.
func less(a, b uint64) uint64 {
	const high = 0x8080808080808080
	notBelow := (a | high) - b&^high // in the high bits: of the bytes without theirs
	return (^a&b | ^(a^b)&^notBelow) & high >> 7
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
	// Paper is even, and counting the same level again waits for the count before: so
	// there are four counts to take turns.
	var counts [4][64]uint8
	n := 0
	for y := y0; y < min(y0+block, src.Rect.Dy()); y += 2 {
		row := src.Pix[y*src.Stride+x0 : y*src.Stride+min(x0+block, src.Rect.Dx())]
		n += len(row)
		for ; len(row) >= 4; row = row[4:] {
			counts[0][row[0]>>2]++
			counts[1][row[1]>>2]++
			counts[2][row[2]>>2]++
			counts[3][row[3]>>2]++
		}
		for _, v := range row {
			counts[0][v>>2]++
		}
	}
	left := n / 4
	for v := 63; v > 0; v-- {
		if left -= int(counts[0][v] + counts[1][v] + counts[2][v] + counts[3][v]); left < 0 {
			return uint8(4*v + 2)
		}
	}
	return 2
}
