package imagefile

import (
	"image"
	"image/color"
	"image/draw"
)

// normalize gives an image one of the three types that Page promises, on white
// where it is transparent: tablets export ink without paper.
func normalize(img image.Image) image.Image {
	switch src := img.(type) {
	case *image.YCbCr, *image.Gray:
		return img
	case *image.RGBA:
		if src.Opaque() {
			return src
		}
	case *image.NRGBA:
		if src.Opaque() { // then both types hold the same bytes
			return &image.RGBA{Pix: src.Pix, Stride: src.Stride, Rect: src.Rect}
		}
	case *image.Gray16:
		dst := image.NewGray(src.Rect)
		draw.Draw(dst, dst.Rect, src, src.Rect.Min, draw.Src)
		return dst
	case *image.Paletted:
		if levels, ok := greyLevels(src.Palette); ok {
			return paletteToGray(src, levels)
		}
	}
	dst := image.NewRGBA(img.Bounds())
	draw.Draw(dst, dst.Rect, image.White, image.Point{}, draw.Src)
	draw.Draw(dst, dst.Rect, img, img.Bounds().Min, draw.Over)
	return dst
}

// greyLevels holds for palettes of opaque greys only, as of scans in black and
// white.
func greyLevels(palette color.Palette) (levels [256]uint8, ok bool) {
	for i, c := range palette {
		r, g, b, a := c.RGBA()
		if r != g || g != b || a != 0xffff || i >= len(levels) {
			return levels, false
		}
		levels[i] = uint8(r >> 8)
	}
	return levels, true
}

func paletteToGray(src *image.Paletted, levels [256]uint8) *image.Gray {
	dst := image.NewGray(src.Rect)
	for y := range src.Rect.Dy() {
		row := src.Pix[y*src.Stride:]
		for x := range src.Rect.Dx() {
			dst.Pix[y*dst.Stride+x] = levels[row[x]]
		}
	}
	return dst
}
