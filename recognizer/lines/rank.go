package lines

import "math"

// plausible leaves out what can't be an ID by its shape, given the page's height of
// text.
func plausible(s Strip, height float64) bool {
	aspect := s.Width() / s.Height
	return aspect > 1.2 && aspect < 24 && s.Height < 8*height
}

// featureCount is the number of features.
const featureCount = 16

// features describe the shape of a candidate.
type features [featureCount]float64

// Features of the shape, for training the ranking.
func (c Candidate) Features() []float64 { return c.features[:] }

// featuresOf measures some pieces of a row.
func featuresOf(s, row []part, height float64) features {
	strip := around(s, 0)
	h := strip.Height
	var tall, slim, ink, widths, tops, bottoms, steps float64
	var last *part
	for i := range s {
		p := &s[i]
		ink += float64(p.area)
		if p.height() < 0.4*h {
			continue
		}
		tall++
		widths += p.width() / p.height()
		tops += (p.top - (strip.Middle - h/2)) / h
		bottoms += (strip.Middle + h/2 - p.bottom) / h
		if p.width() < 1.1*p.height() {
			slim++
		}
		if last != nil {
			steps += (p.left - last.left) / h
		}
		last = p
	}
	n := max(tall, 1)
	mean := widths / n
	varied, uneven := 0.0, 0.0
	last = nil
	for i := range s {
		p := &s[i]
		if p.height() < 0.4*h {
			continue
		}
		varied += math.Pow(p.width()/p.height()-mean, 2)
		if last != nil {
			uneven += math.Pow((p.left-last.left)/h-steps/max(n-1, 1), 2)
		}
		last = p
	}
	return features{
		math.Log(strip.Width() / h), math.Log(h / height), math.Log(n), math.Log(float64(len(s)) / n),
		slim / n, mean, math.Sqrt(varied / n), tops / n, bottoms / n, steps / max(n-1, 1),
		math.Sqrt(uneven / max(n-1, 1)), ink / (h * strip.Width()), math.Log(ink / n / (height * height)),
		nearness(row[0].left, strip.Left, h), nearness(strip.Right, row[len(row)-1].right, h),
		math.Log(float64(len(row)) / float64(len(s))),
	}
}

// nearness is 0 where the row ends at b's side and grows with what it has beyond.
func nearness(a, b, h float64) float64 { return math.Log1p(max(0, b-a) / h) }

// rank is how much the features speak for an ID, times how high on the page it is.
func (f features) rank(y float64) float64 {
	sum := network.bias2
	for i := range network.bias1 {
		v := network.bias1[i]
		for j, x := range f {
			v += network.weights1[i][j] * x
		}
		sum += network.weights2[i] * max(0, v)
	}
	return math.Exp(min(sum, 50) - 6*max(0, min(1, y)))
}
