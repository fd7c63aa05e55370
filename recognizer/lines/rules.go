package lines

import (
	"bytes"
	"math"
)

// thickRule is how thick a ruled line is at most in the reduced picture. Where ink
// is thicker, a stroke crosses it and stays.
const thickRule = 4

// removeRules clears lines along the slope that are longer than across pixels, and
// lines at right angles to it that are longer than down pixels: tables, boxes,
// underlines.
func (b *bitmap) removeRules(slope float64, across, down int, m *memory) {
	b.removeAlong(direction{slope, b.w, b.h, 1, b.w, false}, across, m)
	b.removeAlong(direction{-slope, b.h, b.w, b.w, 1, true}, down, m)
}

// direction is a way through a bitmap: n places along it, step bytes from one to
// the next, and m beside it, a line drifting aside by its slope.
type direction struct {
	slope        float64
	n, m         int
	step, beside int
	down         bool // places along it are rows
}

// removeAlong clears lines of one direction that are longer than length.
func (b *bitmap) removeAlong(d direction, length int, m *memory) {
	drift := make([]int, d.n)
	low, high := 0, 0
	for i := range drift {
		drift[i] = int(math.Round(d.slope * float64(i)))
		low, high = min(low, drift[i]), max(high, drift[i])
	}
	rows := d.m + high - low + 1
	level := m.take(rows * d.n) // the bitmap made level, each row joined with the next
	clear(level)
	for x, y := range b.ink {
		i, j := x, y
		if d.down {
			i, j = y, x
		}
		k := (j-drift[i]+high)*d.n + i
		level[k] = 1
		level[max(k-d.n, i)] = 1
	}
	for r := range rows {
		row := level[r*d.n:][:d.n]
		for from := bytes.IndexByte(row, 1); from >= 0; {
			to := from
			for to < len(row) && row[to] > 0 {
				to++
			}
			if to-from >= length {
				for i := from; i < to; i++ {
					b.clearThin(d, i, r-high+drift[i])
				}
			}
			next := bytes.IndexByte(row[to:], 1)
			if next < 0 {
				break
			}
			from = to + next
		}
	}
}

// clearThin clears the ink across a rule, unless it is thicker than a rule.
func (b *bitmap) clearThin(d direction, i, j int) {
	on := func(k int) bool { return k >= 0 && k < d.m && b.pix[i*d.step+k*d.beside] > 0 }
	if !on(j) {
		j++
	}
	if !on(j) {
		return
	}
	first, last := j, j
	for on(first-1) && last-first < thickRule {
		first--
	}
	for on(last+1) && last-first < thickRule {
		last++
	}
	if last-first >= thickRule {
		return
	}
	for k := first; k <= last; k++ {
		b.pix[i*d.step+k*d.beside] = 0
	}
}
