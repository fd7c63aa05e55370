package synth

import "image"

// turn turns a sheet clockwise by a quarter, and its truth with it.
func (s *Sheet) turn() {
	from := s.Image
	w, h := from.Rect.Dx(), from.Rect.Dy()
	out := image.NewRGBA(image.Rect(0, 0, h, w))
	for y := range h {
		row := from.Pix[y*from.Stride:][:4*w]
		for x := range w {
			copy(out.Pix[x*out.Stride+4*(h-1-y):][:4], row[4*x:])
		}
	}
	s.Image = out
	s.Truth.turn(h)
}

// turn turns the truth about a picture of a height.
func (t *Truth) turn(height int) {
	for _, b := range []*image.Rectangle{&t.IDBox, &t.NameBox, &t.LineBox} {
		*b = turnedBox(*b, height)
	}
	for i := range t.Digits {
		t.Digits[i] = turnedBox(t.Digits[i], height)
	}
	for i := range t.Glyphs {
		t.Glyphs[i].Box = turnedBox(t.Glyphs[i].Box, height)
	}
	for i := range t.Regions {
		for k, p := range t.Regions[i].Quad {
			t.Regions[i].Quad[k] = Point{float64(height) - p.Y, p.X}
		}
	}
}

func turnedBox(b image.Rectangle, height int) image.Rectangle {
	if b.Empty() {
		return b
	}
	return image.Rect(height-b.Max.Y, b.Min.X, height-b.Min.Y, b.Max.X)
}
