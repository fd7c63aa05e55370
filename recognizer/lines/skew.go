package lines

import "bytes"

// maxSlope is the steepest line, 7 degrees.
const maxSlope = 0.12

// skewOf finds the slope at which the rows of a page are most distinct: the one
// that makes the sum of the squares of the ink in each row greatest.
func skewOf(b *bitmap) float64 {
	points := somePoints(b)
	if len(points) < 50 {
		return 0
	}
	best, most := 0.0, -1.0
	rows := make([]int32, b.h+2*b.w/8+4)
	try := func(slope float64) {
		// A level page wins where two are about equal.
		score := distinctness(points, rows, slope, b.w) * (1 - 0.1*abs(slope))
		if score > most {
			best, most = slope, score
		}
	}
	const coarse, fine = 0.006, 0.0015
	for i := range int(2*maxSlope/coarse) + 1 {
		try(float64(i-int(maxSlope/coarse)) * coarse)
	}
	middle := best
	for i := -3; i <= 3; i++ {
		try(middle + float64(i)*fine)
	}
	return best
}

type point struct{ x, y int32 }

// manyPoints is how many points of ink are enough to tell the skew.
const manyPoints = 6000

// somePoints takes points of ink evenly from the whole page.
func somePoints(b *bitmap) []point {
	all := bytes.Count(b.pix, []byte{1})
	every := all/manyPoints + 1
	some := make([]point, 0, all/every)
	left := every
	for x, y := range b.ink {
		if left--; left == 0 {
			some, left = append(some, point{int32(x), int32(y)}), every
		}
	}
	return some
}

func distinctness(points []point, rows []int32, slope float64, w int) float64 {
	clear(rows)
	k := int32(slope * 65536)
	shift := int32(w/8 + 1)
	count := func(p point) {
		if at := p.y - (k*p.x)>>16 + shift; at >= 0 && int(at) < len(rows) {
			rows[at]++
		}
	}
	// Neighbours tend to lie in one row, and counting there waits for the count
	// before: so points are taken from four places in turn.
	n := len(points) / 4
	a, b, c, d := points[:n], points[n:2*n], points[2*n:3*n], points[3*n:]
	for i := range n {
		count(a[i])
		count(b[i])
		count(c[i])
		count(d[i])
	}
	for _, p := range d[n:] {
		count(p)
	}
	sum := 0
	for _, n := range rows {
		sum += int(n) * int(n)
	}
	return float64(sum)
}

func abs(v float64) float64 {
	if v < 0 {
		return -v
	}
	return v
}
