package synth

import "image"

// colours are the canvas's three planes.
func (c *canvas) colours() []*image.Gray {
	planes := make([]*image.Gray, 3)
	for k := range planes {
		planes[k] = image.NewGray(c.img.Rect)
		for i := range planes[k].Pix {
			planes[k].Pix[i] = c.img.Pix[4*i+k]
		}
	}
	return planes
}

// together makes a picture of one plane or three.
func together(planes []*image.Gray) *image.RGBA {
	out := image.NewRGBA(planes[0].Rect)
	for k := range 3 {
		from := planes[min(k, len(planes)-1)].Pix
		for i, v := range from {
			out.Pix[4*i+k] = v
		}
	}
	for i := 3; i < len(out.Pix); i += 4 {
		out.Pix[i] = 255
	}
	return out
}

// brightness is the canvas in grey.
func (c *canvas) brightness() *image.Gray {
	out := image.NewGray(c.img.Rect)
	for i := range out.Pix {
		p := c.img.Pix[4*i : 4*i+3 : 4*i+3]
		out.Pix[i] = uint8((19595*uint32(p[0]) + 38470*uint32(p[1]) + 7471*uint32(p[2]) + 1<<15) >> 16)
	}
	return out
}
