package recognizer

import (
	"image"
	"image/draw"
)

// HeaderRect is the part of the page that a person should see to check a
// decision: the line it was made from, with its surroundings. Without a line it
// is the top quarter of the page. It always lies within the page.
func (rd *Reading) HeaderRect(d Decision) image.Rectangle {
	page := image.Rect(0, 0, rd.Width, rd.Height)
	if d.Line < 0 || d.Line >= len(rd.Lines) {
		return image.Rect(0, 0, rd.Width, (rd.Height+3)/4)
	}
	box := rd.Lines[d.Line].Box
	h := box.Dy()
	box.Min = box.Min.Sub(image.Pt(3*h, h))
	box.Max = box.Max.Add(image.Pt(3*h, h))
	return box.Intersect(page)
}

// Crop copies a part of an image, given in pixels from its top left corner,
// as HeaderRect gives it. The copy shares no memory with the image, and its
// origin is (0, 0).
func Crop(img image.Image, rect image.Rectangle) image.Image {
	b := img.Bounds()
	rect = rect.Add(b.Min).Intersect(b)
	size := image.Rectangle{Max: rect.Size()}
	if _, ok := img.(*image.Gray); ok {
		out := image.NewGray(size)
		draw.Draw(out, size, img, rect.Min, draw.Src)
		return out
	}
	out := image.NewRGBA(size)
	draw.Draw(out, size, img, rect.Min, draw.Src)
	return out
}
