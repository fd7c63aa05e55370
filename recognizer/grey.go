package recognizer

import (
	"image"
	"image/color"
	"image/draw"
)

// grey returns the image's brightness with its origin at (0, 0). It shares
// memory where it can: a JPEG's luma plane is used as it is.
func grey(img image.Image) *image.Gray {
	switch m := img.(type) {
	case *image.Gray:
		return window(m.Pix, m.Stride, m.Rect, m.PixOffset)
	case *image.YCbCr:
		return window(m.Y, m.YStride, m.Rect, m.YOffset)
	case *image.RGBA:
		return greyFromRGBA(m.Pix, m.Stride, m.Rect.Size())
	case *image.NRGBA:
		return greyFromNRGBA(m.Pix, m.Stride, m.Rect.Size())
	case *image.Paletted:
		return greyFromPaletted(m)
	default:
		return greyByDrawing(img)
	}
}

// window is a view of a plane of bytes, moved to the origin.
func window(pix []uint8, stride int, r image.Rectangle, offset func(x, y int) int) *image.Gray {
	if r.Empty() {
		return &image.Gray{}
	}
	return &image.Gray{
		Pix: pix[offset(r.Min.X, r.Min.Y):], Stride: stride,
		Rect: image.Rectangle{Max: r.Size()},
	}
}

// luma is Rec. 601's brightness, as JPEG uses it, in 16-bit fixed point.
func luma(r, g, b uint32) uint32 { return (19595*r + 38470*g + 7471*b + 1<<15) >> 16 }

// greyFromRGBA puts premultiplied pixels on white paper.
func greyFromRGBA(pix []uint8, stride int, size image.Point) *image.Gray {
	out := image.NewGray(image.Rectangle{Max: size})
	for y := range size.Y {
		src, dst := pix[y*stride:], out.Pix[y*out.Stride:][:size.X]
		for x := range dst {
			p := src[4*x : 4*x+4 : 4*x+4]
			v := luma(uint32(p[0]), uint32(p[1]), uint32(p[2])) + 255 - uint32(p[3])
			dst[x] = uint8(min(v, 255))
		}
	}
	return out
}

// greyFromNRGBA puts pixels with separate transparency on white paper.
func greyFromNRGBA(pix []uint8, stride int, size image.Point) *image.Gray {
	out := image.NewGray(image.Rectangle{Max: size})
	for y := range size.Y {
		src, dst := pix[y*stride:], out.Pix[y*out.Stride:][:size.X]
		for x := range dst {
			p := src[4*x : 4*x+4 : 4*x+4]
			v, a := luma(uint32(p[0]), uint32(p[1]), uint32(p[2])), uint32(p[3])
			dst[x] = uint8((v*a + 255*(255-a)) / 255)
		}
	}
	return out
}

// greyFromPaletted looks each of the palette's colours up once.
func greyFromPaletted(m *image.Paletted) *image.Gray {
	var table [256]uint8
	for i, c := range m.Palette {
		if i < len(table) {
			table[i] = onWhite(c)
		}
	}
	size := m.Rect.Size()
	out := image.NewGray(image.Rectangle{Max: size})
	for y := range size.Y {
		src, dst := m.Pix[y*m.Stride:], out.Pix[y*out.Stride:][:size.X]
		for x := range dst {
			dst[x] = table[src[x]]
		}
	}
	return out
}

func onWhite(c color.Color) uint8 {
	r, g, b, a := c.RGBA()
	return uint8(min(luma(r, g, b)+0xffff-a, 0xffff) >> 8)
}

// greyByDrawing serves every other kind of image, at the speed of package draw.
func greyByDrawing(img image.Image) *image.Gray {
	size := img.Bounds().Size()
	paper := image.NewRGBA(image.Rectangle{Max: size})
	draw.Draw(paper, paper.Rect, img, img.Bounds().Min, draw.Src)
	return greyFromRGBA(paper.Pix, paper.Stride, size)
}
