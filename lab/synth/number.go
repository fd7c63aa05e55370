package synth

import (
	"math"
	"slices"
)

// number is several digits written in one go, each with its own place: the units
// are the digits' median height, the baseline the median of their lower ends.
type number []tracing

// mostMess is how untidy digits of a number may be: see newNumber.
const mostMess = 0.8

// newNumber tells the digits of a number apart. Strokes come in the order they were
// written in, so each digit has the next few. Of all ways to share them out the
// tidiest counts: the least overlap of neighbours, in heights, and the least
// variation of the heights. It fails where digits hang together in one stroke.
func newNumber(s *strokeRecord) (number, bool) {
	lines, _ := pointsOfTablet(s.Strokes)
	digits := len(s.Label)
	if len(lines) < digits || len(lines) > 3*digits {
		return nil, false
	}
	best, least := []int(nil), mostMess
	shares(len(lines), digits, nil, func(ends []int) {
		if m := mess(lines, ends); m < least {
			best, least = slices.Clone(ends), m
		}
	})
	if best == nil {
		return nil, false
	}
	return placed(lines, best), true
}

// shares calls f with each way to share n strokes out among digits in order: where
// each digit's strokes end.
func shares(n, digits int, ends []int, f func([]int)) {
	from := 0
	if len(ends) > 0 {
		from = ends[len(ends)-1]
	}
	if digits == 1 {
		f(append(ends, n))
		return
	}
	for end := from + 1; end <= n-digits+1; end++ {
		shares(n, digits-1, append(ends, end), f)
	}
}

// mess is how untidy digits are whose strokes end at given places.
func mess(lines [][]vec, ends []int) float64 {
	boxes := boxesOf(lines, ends)
	var sum, squares, overlap, highest float64
	for i, b := range boxes {
		h := b.max.y - b.min.y
		sum, squares, highest = sum+h, squares+h*h, max(highest, h)
		if i == 0 {
			continue
		}
		before := boxes[i-1]
		if b.min.x+b.max.x <= before.min.x+before.max.x {
			return math.Inf(1)
		}
		overlap += max(0, before.max.x-b.min.x)
	}
	n := float64(len(boxes))
	mean := sum / n
	return overlap/highest + math.Sqrt(max(0, squares/n-mean*mean))/mean
}

// boxesOf are the boxes around digits whose strokes end at given places.
func boxesOf(lines [][]vec, ends []int) []box {
	boxes := make([]box, len(ends))
	from := 0
	for i, end := range ends {
		boxes[i] = tracing(lines[from:end]).bounds()
		from = end
	}
	return boxes
}

// placed brings the digits to the number's units.
func placed(lines [][]vec, ends []int) number {
	var heights, bottoms []float64
	left := math.Inf(1)
	for _, b := range boxesOf(lines, ends) {
		heights, bottoms = append(heights, b.max.y-b.min.y), append(bottoms, b.max.y)
		left = min(left, b.min.x)
	}
	origin, height := vec{left, median(bottoms)}, median(heights)
	out := make(number, len(ends))
	from := 0
	for i, end := range ends {
		out[i] = framed(lines[from:end], origin, height)
		from = end
	}
	return out
}

func median(values []float64) float64 {
	values = slices.Sorted(slices.Values(values))
	return (values[(len(values)-1)/2] + values[len(values)/2]) / 2
}
