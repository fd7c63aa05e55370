package main

import (
	"image"
	"math"
	"math/rand/v2"
	"slices"

	"hakbeon/lab/synth"
)

// fieldCrop cuts the ID out of a line as the page's field finder gives it: a strip
// along the ID that is 1.2 to 2.1 digits high, with whatever else lies in it. Its
// ends lie beyond the ID's, now and then within its first or last digit.
func fieldCrop(rng *rand.Rand, page *image.Gray, t *synth.Truth, slope float64, a alphabet) (crop, bool) {
	if len(t.Digits) == 0 {
		return crop{}, false
	}
	s := along(rng, t.Digits, slope)
	stretch := 1.0
	if rng.Float64() < 0.2 {
		stretch = math.Exp(0.15 * rng.NormFloat64())
	}
	if s.height < 8 || s.cropWidth(stretch) > mostSqueeze*maxWidth {
		return crop{}, false
	}
	labels, ok := seen(t, s, a)
	if !ok {
		return crop{}, false
	}
	c := crop{s.cut(page, stretch), labels}
	return c, 4*len(labels) <= c.Width
}

// mostSqueeze is by how much a strip may be too long for a crop.
const mostSqueeze = 1.3

// along lays a strip along digits, not quite level and not quite in their middle.
func along(rng *rand.Rand, digits []image.Rectangle, slope float64) strip {
	high := heightOf(digits)
	between := func(a, b float64) float64 { return a + (b-a)*rng.Float64() }
	slope += math.Tan(1.5 * math.Pi / 180 * clip(rng.NormFloat64()/2, 1))
	left, right := math.Inf(1), math.Inf(-1)
	var level float64
	for _, d := range digits {
		left, right = min(left, float64(d.Min.X)), max(right, float64(d.Max.X))
		level += (float64(d.Min.Y+d.Max.Y) - slope*float64(d.Min.X+d.Max.X)) / 2 / float64(len(digits))
	}
	s := strip{
		left: left - high*between(0.3, 1.3), right: right + high*between(0.3, 1.3),
		height: high * 1.2 * math.Exp(rng.Float64()*math.Log(2.1/1.2)), slope: slope,
	}
	if rng.Float64() < 0.06 { // cut short
		s.left = left + high*between(0, 0.8)
	} else if rng.Float64() < 0.06 {
		s.right = right - high*between(0, 0.8)
	}
	s.middle = level + slope*s.left + high*0.15*clip(rng.NormFloat64()/2, 1)
	return s
}

func clip(v, most float64) float64 { return max(-most, min(most, v)) }

// heightOf is the upper quartile of the digits' heights.
func heightOf(digits []image.Rectangle) float64 {
	heights := make([]int, len(digits))
	for i, d := range digits {
		heights[i] = d.Dy()
	}
	slices.Sort(heights)
	return float64(heights[3*len(heights)/4])
}

// insideOf is how much of a character's box lies within a strip, down and across.
func insideOf(b image.Rectangle, s strip) (high, wide float64) {
	middle := s.middleAt(float64(b.Min.X+b.Max.X) / 2)
	return overlap(float64(b.Min.Y), float64(b.Max.Y), middle-s.height/2, middle+s.height/2),
		overlap(float64(b.Min.X), float64(b.Max.X), s.left, s.right)
}

// seen is what a strip says from left to right. A digit that is cut is something
// else, and what is cut to less than a half is nothing. It fails where two lines
// stand above each other.
func seen(t *synth.Truth, s strip, a alphabet) (labels []byte, ok bool) {
	var in []synth.Glyph
	for _, g := range t.Glyphs {
		if high, wide := insideOf(g.Box, s); high > 0.5 && wide > 0.4 && g.Char != '-' {
			in = append(in, g)
		}
	}
	slices.SortFunc(in, leftToRight)
	for i, g := range in {
		if i > 0 && stacked(in[i-1].Box, g.Box) {
			return nil, false
		}
		high, wide := insideOf(g.Box, s)
		if high > 0.8 && wide > 0.75 {
			labels = append(labels, a.of(g.Char))
		} else {
			labels = append(labels, other)
		}
	}
	return labels, len(labels) < 64
}

// stacked says whether two characters stand above each other rather than beside.
func stacked(a, b image.Rectangle) bool {
	wide := overlap(float64(a.Min.X), float64(a.Max.X), float64(b.Min.X), float64(b.Max.X))
	return wide > 0.5 && a.Intersect(b).Dy() < min(a.Dy(), b.Dy())/4
}
