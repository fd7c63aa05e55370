package lines

import (
	"encoding/binary"
	"image"
)

// reducedWidth is about how wide a page is when lines are looked for: digits of a
// scan at 275 dpi are then 8 to 18 pixels high.
const reducedWidth = 500

// reduce halves a picture until it is about reducedWidth wide. The factor is a
// power of two.
func reduce(page *image.Gray, m *memory) (small *image.Gray, factor int) {
	small, factor = page, 1
	for small.Rect.Dx() > 4*reducedWidth-1 && small.Rect.Dy() > 3 {
		small, factor = quarter(small, m), 4*factor
	}
	for small.Rect.Dx() > 2*reducedWidth-1 && small.Rect.Dy() > 1 {
		small, factor = halve(small, m), 2*factor
	}
	return small, factor
}

// quarter averages squares of four by four pixels. It is two halvings at less than
// half their cost.
func quarter(src *image.Gray, m *memory) *image.Gray {
	w, h := src.Rect.Dx()/4, src.Rect.Dy()/4
	out := &image.Gray{Pix: m.take(w * h), Stride: w, Rect: image.Rect(0, 0, w, h)}
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
func halve(src *image.Gray, m *memory) *image.Gray {
	w, h := src.Rect.Dx()/2, src.Rect.Dy()/2
	out := &image.Gray{Pix: m.take(w * h), Stride: w, Rect: image.Rect(0, 0, w, h)}
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
