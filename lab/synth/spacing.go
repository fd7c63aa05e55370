package synth

import (
	"math"
	"slices"
)

// Spacing is how people space the digits of numbers that they write in one go, in
// heights of their digits. Quantiles are at even steps from the least to the most.
type Spacing struct {
	Numbers, People int
	Gaps            []float64   // of people's mean gaps; negative where digits overlap
	Uneven          []float64   // of the gaps' deviations within a number of three digits and more
	Sizes, Drops    [10]float64 // of each digit, medians: its height, and how far it reaches below the line
}

// Spacing measures the numbers whose digits can be told apart.
func (s *Strokes) Spacing() Spacing {
	var out Spacing
	var means, uneven []float64
	var sizes, drops [10][]float64
	for _, p := range s.people {
		var gaps []float64
		for label, written := range p.numbers {
			for _, n := range written {
				own := n.gaps()
				gaps = append(gaps, own...)
				if len(own) > 1 {
					uneven = append(uneven, deviation(own))
				}
				for i, t := range n {
					digit, b := label[i]-'0', t.bounds()
					sizes[digit], drops[digit] = append(sizes[digit], b.max.y-b.min.y), append(drops[digit], b.max.y)
				}
				out.Numbers++
			}
		}
		if len(gaps) > 0 {
			means = append(means, mean(gaps))
		}
	}
	out.People = len(means)
	out.Gaps, out.Uneven = quantiles(means, len(gapQuantiles)), quantiles(uneven, len(unevenQuantiles))
	for digit := range 10 {
		out.Sizes[digit], out.Drops[digit] = quantiles(sizes[digit], 3)[1], quantiles(drops[digit], 3)[1]
	}
	return out
}

// gaps are those between a number's digits.
func (n number) gaps() []float64 {
	out := make([]float64, len(n)-1)
	for i := range out {
		out[i] = n[i+1].bounds().min.x - n[i].bounds().max.x
	}
	return out
}

func mean(values []float64) float64 {
	var sum float64
	for _, v := range values {
		sum += v
	}
	return sum / float64(max(1, len(values)))
}

func deviation(values []float64) float64 {
	m := mean(values)
	var sum float64
	for _, v := range values {
		sum += (v - m) * (v - m)
	}
	return math.Sqrt(sum / float64(max(1, len(values)-1)))
}

// quantiles are n of some values' quantiles, at even steps; zeros without any.
func quantiles(values []float64, n int) []float64 {
	out := make([]float64, n)
	if len(values) == 0 {
		return out
	}
	values = slices.Sorted(slices.Values(values))
	for i := range out {
		at := float64(i) / float64(n-1) * float64(len(values)-1)
		k := min(int(at), max(len(values)-2, 0))
		out[i] = lerp(values[k], values[min(k+1, len(values)-1)], at-float64(k))
	}
	return out
}
