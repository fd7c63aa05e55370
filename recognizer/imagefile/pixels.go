package imagefile

import (
	"encoding/json"
	"fmt"
	"image"
)

// picture says how the bytes of a page make an image: rows follow each other
// without a gap, and planes likewise.
type picture struct {
	Kind          string // "gray", "rgba", "ycbcr"
	Width, Height int
	Ratio         image.YCbCrSubsampleRatio // of the colour planes
}

const (
	kindGray  = "gray"
	kindRGBA  = "rgba"
	kindYCbCr = "ycbcr"
)

// pixels is an image that lies in one piece of memory.
type pixels struct {
	image image.Image
	bytes []byte
}

// newPixels makes room for a picture.
func newPixels(p picture) (pixels, error) {
	rect := image.Rect(0, 0, p.Width, p.Height)
	switch p.Kind {
	case kindGray:
		m := image.NewGray(rect)
		return pixels{m, m.Pix}, nil
	case kindRGBA:
		m := image.NewRGBA(rect)
		return pixels{m, m.Pix}, nil
	case kindYCbCr:
		m := &image.YCbCr{Rect: rect, SubsampleRatio: p.Ratio, YStride: p.Width}
		c := chromaSize(m)
		b := make([]byte, p.Width*p.Height+2*c.X*c.Y)
		luma, chroma := p.Width*p.Height, c.X*c.Y
		m.CStride, m.Y, m.Cb, m.Cr = c.X, b[:luma:luma], b[luma:luma+chroma:luma+chroma], b[luma+chroma:]
		return pixels{m, b}, nil
	}
	return pixels{}, fmt.Errorf("imagefile: a page of kind %q from the decoder", p.Kind)
}

// describe gives an image of the types that Page promises as picture and bytes.
func describe(img image.Image) (picture, [][]byte, error) {
	size := img.Bounds().Size()
	p := picture{Width: size.X, Height: size.Y}
	switch m := img.(type) {
	case *image.Gray:
		p.Kind = kindGray
		return p, rows(m.Pix, m.Stride, size.X, size.Y), nil
	case *image.RGBA:
		p.Kind = kindRGBA
		return p, rows(m.Pix, m.Stride, 4*size.X, size.Y), nil
	case *image.YCbCr:
		p.Kind, p.Ratio = kindYCbCr, m.SubsampleRatio
		c := chromaSize(m)
		planes := rows(m.Y, m.YStride, size.X, size.Y)
		planes = append(planes, rows(m.Cb, m.CStride, c.X, c.Y)...)
		return p, append(planes, rows(m.Cr, m.CStride, c.X, c.Y)...), nil
	}
	return p, nil, fmt.Errorf("imagefile: a page of type %T", img)
}

// rows are the plane in as few pieces as it takes.
func rows(pix []byte, stride, width, height int) [][]byte {
	if stride == width {
		return [][]byte{pix[:width*height]}
	}
	pieces := make([][]byte, height)
	for y := range pieces {
		pieces[y] = pix[y*stride : y*stride+width]
	}
	return pieces
}

func decodeJSON(text []byte, into any) error {
	if err := json.Unmarshal(text, into); err != nil {
		return fmt.Errorf("imagefile: decode a request: %w", err)
	}
	return nil
}
