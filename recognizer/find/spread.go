package find

import "image"

// Spread is how dark each of columns by rows equal cells of a page is, row by row: 0 is
// white. It is nil for a page with fewer pixels than cells.
func Spread(page *image.Gray, columns, rows int) []uint8 {
	small, _ := reduce(page, 4*max(columns, rows))
	if small.Rect.Dx() < columns || small.Rect.Dy() < rows {
		return nil
	}
	out := make([]uint8, 0, columns*rows)
	for r := range rows {
		top, bottom := r*small.Rect.Dy()/rows, (r+1)*small.Rect.Dy()/rows
		for c := range columns {
			left, right := c*small.Rect.Dx()/columns, (c+1)*small.Rect.Dx()/columns
			sum := 0
			for y := top; y < bottom; y++ {
				for _, v := range small.Pix[y*small.Stride+left : y*small.Stride+right] {
					sum += 255 - int(v)
				}
			}
			area := (bottom - top) * (right - left)
			out = append(out, uint8((sum+area/2)/area))
		}
	}
	return out
}
