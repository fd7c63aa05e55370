package synth

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"math"
)

// soften blurs with a deviation in pixels, by passes of three weights across and down.
func soften(p *image.Gray, deviation float64) {
	variance := deviation * deviation
	for variance > 0.02 {
		side := int(256 * math.Min(variance/2, 0.25))
		softenAcross(p, side)
		softenDown(p, side)
		variance -= 2 * float64(side) / 256
	}
}

func softenAcross(p *image.Gray, side int) {
	w, h := p.Rect.Dx(), p.Rect.Dy()
	for y := range h {
		row := p.Pix[y*p.Stride:][:w]
		before := int(row[0])
		for x := range w - 1 {
			here := int(row[x])
			row[x] = uint8((here<<8 + side*(before+int(row[x+1])-2*here) + 128) >> 8)
			before = here
		}
	}
}

func softenDown(p *image.Gray, side int) {
	w, h := p.Rect.Dx(), p.Rect.Dy()
	before := make([]uint8, w)
	copy(before, p.Pix[:w])
	for y := range h - 1 {
		row, next := p.Pix[y*p.Stride:][:w], p.Pix[(y+1)*p.Stride:][:w]
		for x, v := range row {
			here := int(v)
			row[x] = uint8((here<<8 + side*(int(before[x])+int(next[x])-2*here) + 128) >> 8)
			before[x] = v
		}
	}
}

// greyThroughJPEG encodes and decodes a plane.
func greyThroughJPEG(p *image.Gray, quality int) (*image.Gray, error) {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, p, &jpeg.Options{Quality: quality}); err != nil {
		return nil, fmt.Errorf("wear a page out: %w", err)
	}
	back, err := jpeg.Decode(&b)
	if err != nil {
		return nil, fmt.Errorf("wear a page out: %w", err)
	}
	out, ok := back.(*image.Gray)
	if !ok {
		return nil, fmt.Errorf("wear a page out: JPEG gave a %T", back)
	}
	for y := range p.Rect.Dy() { // the decoder's rows are padded to whole blocks
		copy(p.Pix[y*p.Stride:][:p.Rect.Dx()], out.Pix[y*out.Stride:])
	}
	return p, nil
}
