package synth

import "image"

// thinned is the middle line of what a mask fills, one pixel wide, as the pixels'
// places: T. Y. Zhang and C. Y. Suen, A fast parallel algorithm for thinning digital
// patterns, Communications of the ACM 27 (1984).
func thinned(m *image.Alpha) []vec {
	w, h := m.Rect.Dx()+2, m.Rect.Dy()+2
	on := make([]bool, w*h) // with an empty rim
	for y := range m.Rect.Dy() {
		for x := range m.Rect.Dx() {
			on[(y+1)*w+x+1] = m.Pix[y*m.Stride+x] > 110
		}
	}
	for changed := true; changed; {
		changed = thinOnce(on, w, 0)
		changed = thinOnce(on, w, 1) || changed
	}
	var out []vec
	for i, set := range on {
		if set {
			out = append(out, vec{float64(m.Rect.Min.X+i%w-1) + 0.5, float64(m.Rect.Min.Y+i/w-1) + 0.5})
		}
	}
	return out
}

// thinOnce takes the rim's pixels of one side away and says whether there were any.
func thinOnce(on []bool, w, side int) bool {
	around := [8]int{-w, -w + 1, 1, w + 1, w, w - 1, -1, -w - 1} // from above, clockwise
	var gone []int
	for i, set := range on {
		if !set {
			continue
		}
		var p [8]bool
		count, turns := 0, 0
		for k, d := range around {
			if p[k] = on[i+d]; p[k] {
				count++
			}
		}
		for k := range p {
			if !p[k] && p[(k+1)%8] {
				turns++
			}
		}
		up, right, down, left := p[0], p[2], p[4], p[6]
		first := !(up && right && down) && !(right && down && left)
		second := !(up && right && left) && !(up && down && left)
		if count >= 2 && count <= 6 && turns == 1 && (side == 0 && first || side == 1 && second) {
			gone = append(gone, i)
		}
	}
	for _, i := range gone {
		on[i] = false
	}
	return len(gone) > 0
}
