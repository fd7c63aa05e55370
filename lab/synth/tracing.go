package synth

import (
	"math"
)

// tracing is a digit as somebody's pen went, stroke by stroke, in units of its own
// height: the baseline is at y = 0, the top at -1, the left edge at x = 0.
type tracing [][]vec

// What a sound tracing is like, in its own heights. One in two hundred is not: the
// tablet lost the pen, or several digits stand under one label. The bounds lie
// outside the half per cent at either end of 19,995 samples.
const (
	widestTracing   = 1.7
	narrowest       = 0.2 // of all but 1, which may have no width at all
	shortestTracing = 0.95
	longestTracing  = 6.5 // of ink
)

// newTracing brings strokes of a tablet, y upwards, to a digit's units. It fails on
// broken ones.
func newTracing(raw [][][2]float64, digit int) (tracing, bool) {
	lines, extent := pointsOfTablet(raw)
	height := extent.max.y - extent.min.y
	if len(lines) == 0 || height < 1 {
		return nil, false
	}
	t := framed(lines, vec{extent.min.x, extent.max.y}, height)
	return t, t.sound(digit)
}

// sound says whether the tracing has a digit's proportions.
func (t tracing) sound(digit int) bool {
	b := t.bounds()
	width, ink := (b.max.x-b.min.x)/(b.max.y-b.min.y), t.ink()
	return width <= widestTracing && (digit == 1 || width >= narrowest) && ink >= shortestTracing && ink <= longestTracing
}

// alone is a tracing out of a number in units of its own height.
func (t tracing) alone() tracing {
	b := t.bounds()
	k := 1 / max(b.max.y-b.min.y, 0.1)
	out := make(tracing, len(t))
	for i, line := range t {
		for _, p := range line {
			out[i] = append(out[i], p.sub(vec{b.min.x, b.max.y}).times(k))
		}
	}
	return out
}

// framed moves a point of the tablet to the origin, scales by a height in the
// tablet's units, and evens the lines out.
func framed(lines [][]vec, origin vec, height float64) tracing {
	t := make(tracing, len(lines))
	for i, line := range lines {
		placed := make([]vec, len(line))
		for k, p := range line {
			placed[k] = p.sub(origin).times(1 / height)
		}
		t[i] = even(placed, tabletSpread/height)
	}
	return t
}

// pointsOfTablet turns y downwards and leaves out empty strokes.
func pointsOfTablet(raw [][][2]float64) ([][]vec, box) {
	var lines [][]vec
	extent := emptyBox()
	for _, stroke := range raw {
		var line []vec
		for _, p := range stroke {
			v := vec{p[0], -p[1]}
			extent = extent.with(v)
			line = append(line, v)
		}
		if len(line) > 0 {
			lines = append(lines, line)
		}
	}
	return lines, extent
}

// ink is how long the pen was on the paper, in heights.
func (t tracing) ink() float64 {
	var sum float64
	for _, line := range t {
		for i := 1; i < len(line); i++ {
			sum += line[i].sub(line[i-1]).length()
		}
	}
	return sum
}

// bounds is the box around the pen's path.
func (t tracing) bounds() box {
	out := emptyBox()
	for _, line := range t {
		for _, p := range line {
			out = out.with(p)
		}
	}
	return out
}

const (
	// tabletSpread is how far a recorded point lies from the pen, as a deviation in
	// the tablet's units, which are whole numbers. It smoothes the coarse tablets,
	// whose digits are 20 units high, and leaves those of 200 as they are.
	tabletSpread = 0.8
	// pathStep is from one point of an evened path to the next, in heights.
	pathStep = 0.02
)

// even returns a path with points at even steps, each the mean of its neighbours
// weighted by a normal distribution with a deviation in heights. Its ends stay.
func even(path []vec, deviation float64) []vec {
	dense := resample(path, pathStep)
	if s := deviation / pathStep; s > 0.5 {
		dense = smoothed(dense, s)
	}
	out := make([]vec, 0, len(dense)/2+2)
	for i := 0; i < len(dense)-1; i += 2 {
		out = append(out, dense[i])
	}
	return append(out, dense[len(dense)-1])
}

// resample walks along a path and returns points at even steps and its end, two of
// them at least.
func resample(path []vec, step float64) []vec {
	out := []vec{path[0]}
	left := step // to the next point
	for i := 1; i < len(path); i++ {
		from, to := path[i-1], path[i]
		length := to.sub(from).length()
		at := left
		for ; at < length; at += step {
			out = append(out, from.add(to.sub(from).times(at/length)))
		}
		left = at - length
	}
	return append(out, path[len(path)-1])
}

// smoothed is the path after a normal kernel whose deviation is counted in points.
// Beyond its ends the path goes on mirrored through them.
func smoothed(path []vec, deviation float64) []vec {
	reach := int(math.Ceil(2.5 * deviation))
	last := len(path) - 1
	at := func(i int) vec {
		switch {
		case i < 0:
			return path[0].times(2).sub(path[min(-i, last)])
		case i > last:
			return path[last].times(2).sub(path[max(2*last-i, 0)])
		}
		return path[i]
	}
	out := make([]vec, len(path))
	for i := range path {
		var sum vec
		var weights float64
		for k := -reach; k <= reach; k++ {
			w := math.Exp(-float64(k*k) / (2 * deviation * deviation))
			sum, weights = sum.add(at(i+k).times(w)), weights+w
		}
		out[i] = sum.times(1 / weights)
	}
	return out
}

// bent is the tracing with its waist moved and its upper half leaned, see flexed.
func (t tracing) bent(power, lean, width float64) tracing {
	out := make(tracing, len(t))
	for i, line := range t {
		out[i] = make([]vec, len(line))
		for k, p := range line {
			out[i][k] = flexed(p, power, lean, width)
		}
	}
	return out
}
