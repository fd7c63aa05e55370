package main

import "math"

// fitted are the weights of features under which the pages' IDs are likeliest: a
// multinomial choice between a page's fields and none, whose odds are 1, by gradient
// ascent with a small penalty.
func fitted(pages []result) []float64 {
	var w []float64
	for _, p := range pages {
		if len(p.fields) > 0 {
			w = make([]float64, len(p.fields[0].Features))
			break
		}
	}
	const steps, rate, penalty = 4000, 0.3, 1e-3
	for range steps {
		gradient := make([]float64, len(w))
		for _, p := range pages {
			sum := 1.0
			odds := make([]float64, len(p.fields))
			for i, f := range p.fields {
				odds[i] = math.Exp(dot(w, f.Features[:]))
				sum += odds[i]
			}
			for i, f := range p.fields {
				off := -odds[i] / sum
				if i == p.right {
					off++
				}
				for k, v := range f.Features {
					gradient[k] += off * v / float64(len(pages))
				}
			}
		}
		for k := range w {
			w[k] += rate * (gradient[k] - penalty*w[k])
		}
	}
	return w
}

func dot(a, b []float64) float64 {
	sum := 0.0
	for i, v := range a {
		sum += v * b[i]
	}
	return sum
}
