package paper

import "math"

// Columns and Rows of a sketch: cells of a centimetre of an A4 page.
const (
	Columns = 21
	Rows    = 30
)

// Sketch is how dark each of Columns by Rows cells of a page is, from 0, white, to 255,
// row by row. Pages of one form have similar sketches, whoever filled them in.
type Sketch []uint8

// faint is the standard deviation of a sketch's cells below which the page is blank.
const faint = 2.5

// Blank reports whether next to nothing stands on the page.
func (s Sketch) Blank() bool { return s.spread() < faint }

func (s Sketch) mean() float64 {
	sum := 0
	for _, v := range s {
		sum += int(v)
	}
	return float64(sum) / float64(max(1, len(s)))
}

// spread is the cells' standard deviation.
func (s Sketch) spread() float64 {
	mean, sum := s.mean(), 0.0
	for _, v := range s {
		d := float64(v) - mean
		sum += float64(d * d)
	}
	return math.Sqrt(sum / float64(max(1, len(s))))
}

// looks hold each page's sketch against those that begin papers.
type looks struct {
	of    [][]float64 // the sketches, of mean 0 and length 1; nil where there is none
	known float64
}

func newLooks(pages []Page, known float64) *looks {
	l := &looks{of: make([][]float64, len(pages)), known: known}
	for t, g := range pages {
		spread := g.Sketch.spread()
		if g.Unread || len(g.Sketch) != Columns*Rows || spread == 0 {
			continue
		}
		mean, length := g.Sketch.mean(), float64(spread*math.Sqrt(Columns*Rows))
		l.of[t] = make([]float64, len(g.Sketch))
		for i, v := range g.Sketch {
			l.of[t][i] = (float64(v) - mean) / length
		}
	}
	return l
}

// fit learns what pages look like that begin papers and those that follow, and returns
// what each page's looks say. A page's likeness is the correlation of its sketch with
// the mean of the others', as far as they begin papers, so that none resembles itself.
func (l *looks) fit(begins []float64) []likelihood {
	likeness := l.likeness(begins)
	front, other := cluster{mean: frontLikeness, spread: frontSpread}, cluster{mean: otherLikeness, spread: otherSpread}
	front.learn(likeness, func(t int) float64 { return begins[t] }, l.known)
	other.learn(likeness, func(t int) float64 { return 1 - begins[t] }, l.known)
	out := make([]likelihood, len(begins))
	for t, x := range likeness {
		out[t] = likelihood{1, 1}
		if !math.IsNaN(x) {
			out[t] = likelihood{front.density(x), other.density(x)}
		}
	}
	return out
}

// leastFronts is how many other pages must begin papers for a page to be held against
// them.
const leastFronts = 0.5

// likeness is each page's; NaN where there is nothing to hold it against.
func (l *looks) likeness(begins []float64) []float64 {
	sum, weight := make([]float64, Columns*Rows), 0.0
	for t, v := range l.of {
		if v != nil {
			weight += begins[t]
		}
		for i, x := range v {
			sum[i] += float64(begins[t] * x)
		}
	}
	out := make([]float64, len(l.of))
	for t, v := range l.of {
		out[t] = math.NaN()
		if v == nil || weight-begins[t] < leastFronts {
			continue
		}
		dot, length := 0.0, 0.0
		for i, x := range v {
			others := sum[i] - float64(begins[t]*x)
			dot += float64(others * x)
			length += float64(others * others)
		}
		if length > 0 {
			out[t] = dot / math.Sqrt(length)
		}
	}
	return out
}

// What is expected of likeness, before the file's own pages: of pages that begin papers
// and of others.
const (
	frontLikeness, frontSpread = 0.8, 0.12
	otherLikeness, otherSpread = 0.3, 0.3
)

// cluster is a Student distribution of likeness with three degrees of freedom: a normal
// one with room for pages that look like nothing else, which needs no exponential.
type cluster struct{ mean, spread float64 }

// learn moves the cluster to the pages that belong to it, by their probabilities. What
// was expected counts as so many known pages.
func (c *cluster) learn(likeness []float64, belongs func(int) float64, known float64) {
	sum, weight := float64(known*c.mean), known
	for t, x := range likeness {
		if !math.IsNaN(x) {
			sum += float64(belongs(t) * x)
			weight += belongs(t)
		}
	}
	mean, square := sum/weight, float64(known*float64(c.spread*c.spread))
	for t, x := range likeness {
		if !math.IsNaN(x) {
			d := x - mean
			square += float64(belongs(t) * float64(d*d))
		}
	}
	c.mean, c.spread = mean, math.Sqrt(square/weight)
}

// density is proportional to that at x.
func (c *cluster) density(x float64) float64 {
	d := (x - c.mean) / c.spread
	tail := 1 + float64(d*d)/3
	return 1 / float64(c.spread*float64(tail*tail))
}
