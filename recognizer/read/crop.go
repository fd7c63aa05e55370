package read

import (
	"image"
	"image/draw"
)

// HeaderRect is the part of the page that a person should see to check a
// decision: the line that it was made from, by its index in Lines, with its surroundings.
// Without a line, -1, it is the top quarter of the page. It always lies within the page.
func (rd *Reading) HeaderRect(line int) image.Rectangle {
	page := image.Rect(0, 0, rd.Width, rd.Height)
	if line < 0 || line >= len(rd.Lines) {
		return image.Rect(0, 0, rd.Width, (rd.Height+3)/4)
	}
	l := &rd.Lines[line]
	box := l.Box
	along, across := box.Dy(), box.Dy()
	if l.Turn%2 == 1 {
		along, across = box.Dx(), box.Dx()
		box = box.Inset(-across)
		box.Min.Y, box.Max.Y = box.Min.Y-2*along, box.Max.Y+2*along
		return box.Intersect(page)
	}
	box.Min = box.Min.Sub(image.Pt(3*along, across))
	box.Max = box.Max.Add(image.Pt(3*along, across))
	return box.Intersect(page)
}

// Header is the part of the page's image that HeaderRect names, turned so that the
// ID stands upright. It shares no memory with the image.
func (rd *Reading) Header(img image.Image, line int) image.Image {
	crop := Crop(img, rd.HeaderRect(line))
	if line < 0 || line >= len(rd.Lines) || rd.Lines[line].Turn == 0 {
		return crop
	}
	return rd.Lines[line].Turn.upright(crop)
}

// upright is a crop of a page, turned as the page must be.
func (t Turn) upright(crop image.Image) image.Image {
	size := crop.Bounds().Size()
	turned := size
	if t%2 == 1 {
		turned = image.Pt(size.Y, size.X)
	}
	out := image.NewRGBA(image.Rectangle{Max: turned})
	for y := range turned.Y {
		for x := range turned.X {
			from := t.Back(image.Rect(x, y, x+1, y+1), size).Min
			out.Set(x, y, crop.At(from.X, from.Y))
		}
	}
	return out
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
