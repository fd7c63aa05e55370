package lines

import (
	"cmp"
	"encoding/binary"
	"math"
	"slices"
)

// part is a connected piece of ink: a digit, a few joined ones, a jamo of a
// syllable, a speck. Top and bottom are measured from a line of the page's slope
// through the origin.
type part struct {
	left, right, top, bottom float64
	area                     int
}

func (p part) width() float64  { return p.right - p.left }
func (p part) height() float64 { return p.bottom - p.top }

// partsOf finds the pieces of ink, diagonals connected. The picture is empty
// afterwards. Keep is handed each piece with its pixels, which are the bitmap's
// again after it returns.
func (b *bitmap) partsOf(slope float64, keep func(p part, pixels []int32)) {
	var pixels []int32
	drift := make([]float64, b.w)
	for x := range drift {
		drift[x] = slope * float64(x)
	}
	for at := b.next(0); at >= 0; at = b.next(at + 1) {
		var p part
		p, pixels = b.flood(int32(at), pixels[:0], drift)
		keep(p, pixels)
	}
}

// flood takes one piece of ink off the picture and lists its pixels.
func (b *bitmap) flood(start int32, pixels []int32, drift []float64) (part, []int32) {
	left, right, top, bottom := b.w, 0, math.Inf(1), math.Inf(-1)
	pixels = append(pixels, start)
	b.pix[start] = 0
	for done := 0; done < len(pixels); done++ {
		i := uint32(pixels[done])
		x, y := int(i%uint32(b.w)), int(i/uint32(b.w))
		left, right = min(left, x), max(right, x)
		off := float64(y) - drift[x]
		if off < top {
			top = off
		}
		if off > bottom {
			bottom = off
		}
		pixels = b.takeAround(x, y, pixels)
	}
	return part{float64(left), float64(right + 1), top, bottom + 1, len(pixels)}, pixels
}

// takeAround takes the ink in and around a place off the picture and lists it.
func (b *bitmap) takeAround(x, y int, pixels []int32) []int32 {
	left, right := max(x-1, 0), min(x+1, b.w-1)
	for ny := max(y-1, 0); ny <= min(y+1, b.h-1); ny++ {
		at := ny*b.w + left
		if right-left == 2 && at+4 <= len(b.pix) && binary.LittleEndian.Uint32(b.pix[at:])<<8 == 0 {
			continue // mostly there is none
		}
		row := b.pix[at : ny*b.w+right+1]
		for k, v := range row {
			if v > 0 {
				row[k] = 0
				pixels = append(pixels, int32(at+k))
			}
		}
	}
	return pixels
}

// textHeight is the height that half of the ink's pieces exceed, each counted as
// much as its width, tables and specks left out; 0 if there is no text.
func textHeight(parts []part, w, h float64) float64 {
	var text []part
	total := 0.0
	for _, p := range parts {
		if p.height() >= 4 && p.height() < 0.5*h && p.width() < 0.45*w && p.area >= 6 {
			text = append(text, p)
			total += p.width()
		}
	}
	slices.SortFunc(text, func(a, b part) int { return cmp.Compare(a.height(), b.height()) })
	sum := 0.0
	for _, p := range text {
		if sum += p.width(); 2*sum >= total {
			return p.height()
		}
	}
	return 0
}
