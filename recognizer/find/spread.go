package find

import "image"

// Spread is how much ink lies in each of columns by rows equal cells of a page, row by
// row: how far a cell's mean brightness lies below its brightest place, so that shadows
// don't count. It is nil for a page that is too small.
func Spread(page *image.Gray, columns, rows int) []uint8 {
	const across = 8 // pixels of a cell, about
	small, _ := reduce(page, across*max(columns, rows))
	if small.Rect.Dx() < columns || small.Rect.Dy() < rows {
		return nil
	}
	out := make([]uint8, 0, columns*rows)
	for r := range rows {
		for c := range columns {
			out = append(out, contrast(small, image.Rect(
				c*small.Rect.Dx()/columns, r*small.Rect.Dy()/rows, (c+1)*small.Rect.Dx()/columns, (r+1)*small.Rect.Dy()/rows,
			)))
		}
	}
	return out
}

// contrast is how far an area's mean lies below its brightest pixel.
func contrast(page *image.Gray, area image.Rectangle) uint8 {
	sum, brightest := 0, uint8(0)
	for y := area.Min.Y; y < area.Max.Y; y++ {
		for _, v := range page.Pix[y*page.Stride+area.Min.X : y*page.Stride+area.Max.X] {
			sum += int(v)
			brightest = max(brightest, v)
		}
	}
	pixels := area.Dx() * area.Dy()
	return brightest - uint8(sum/pixels)
}
