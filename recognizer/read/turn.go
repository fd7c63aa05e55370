package read

import "image"

// Turn is how far a page must be turned clockwise to stand upright, in quarters.
type Turn uint8

// Apply turns a page. An upright page is returned as it is.
func (t Turn) Apply(page *image.Gray) *image.Gray {
	w, h := page.Rect.Dx(), page.Rect.Dy()
	if t%4 == 0 {
		return page
	}
	if t%2 == 1 {
		w, h = h, w
	}
	out := image.NewGray(image.Rect(0, 0, w, h))
	start, right, down := t.steps(page)
	const tile = 64 // so many rows of the source stay in the cache
	for left := 0; left < w; left += tile {
		for y := range h {
			row := out.Pix[y*out.Stride+left : y*out.Stride+min(left+tile, w)]
			at := start + left*right + y*down
			for i := range row {
				row[i] = page.Pix[at]
				at += right
			}
		}
	}
	return out
}

// steps says where in the page's pixels the turned page begins, and how far one
// pixel to the right and one down lead there.
func (t Turn) steps(page *image.Gray) (start, right, down int) {
	w, h, stride := page.Rect.Dx(), page.Rect.Dy(), page.Stride
	switch t % 4 {
	case 1:
		return (h - 1) * stride, -stride, 1
	case 2:
		return (h-1)*stride + w - 1, -1, -stride
	case 3:
		return w - 1, stride, -1
	}
	return 0, 1, stride
}

// Back is where a rectangle of the turned page lies on the page as it is, of which
// the size is given.
func (t Turn) Back(r image.Rectangle, size image.Point) image.Rectangle {
	w, h := size.X, size.Y
	switch t % 4 {
	case 1:
		return image.Rect(r.Min.Y, h-r.Max.X, r.Max.Y, h-r.Min.X)
	case 2:
		return image.Rect(w-r.Max.X, h-r.Max.Y, w-r.Min.X, h-r.Min.Y)
	case 3:
		return image.Rect(w-r.Max.Y, r.Min.X, w-r.Min.Y, r.Max.X)
	}
	return r
}
