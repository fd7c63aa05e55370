package paper

import "math"

// Columns and Rows of a sketch: cells of a centimetre of an A4 page.
const (
	Columns = 21
	Rows    = 30
)

// Sketch is how much ink lies in each of Columns by Rows cells of a page, from 0 to 255,
// row by row. Pages of one form have similar sketches, whoever filled them in.
type Sketch []uint8

// A page is blank if the standard deviation of its sketch is less than faint, margins
// left out: the table or the lid of a scanner shows there.
const (
	faint  = 2.5
	margin = 3 // cells
)

// Blank reports whether next to nothing stands on the page.
func (s Sketch) Blank() bool {
	if len(s) != Columns*Rows {
		return false
	}
	var inner []float64
	for i, v := range s {
		x, y := i%Columns, i/Columns
		if min(x, y, Columns-1-x, Rows-1-y) >= margin {
			inner = append(inner, float64(v))
		}
	}
	return length(centred(inner)) < faint*math.Sqrt(float64(len(inner)))
}

// centred takes the mean off.
func centred(v []float64) []float64 {
	sum := 0.0
	for _, x := range v {
		sum += x
	}
	for i := range v {
		v[i] -= sum / float64(len(v))
	}
	return v
}

func length(v []float64) float64 {
	sum := 0.0
	for _, x := range v {
		sum += float64(x * x)
	}
	return math.Sqrt(sum)
}

// looks hold each page's sketch against those of each place in a paper.
type looks struct {
	of [][]float64 // the sketches, of mean 0 and length 1; nil where there is none
}

// knownLooks is how many pages what is expected of their looks is worth, against the
// file's own.
const knownLooks = 2

// newLooks takes off what all pages have alike, such as the scanner's table: the mean of
// the sketches, and of a few empty ones.
func newLooks(pages []Page) *looks {
	l := &looks{of: make([][]float64, len(pages))}
	common, count := make([]float64, Columns*Rows), float64(knownLooks)
	for _, g := range pages {
		if g.sketched() {
			count++
			for i, v := range g.Sketch {
				common[i] += float64(v)
			}
		}
	}
	for t, g := range pages {
		if !g.sketched() {
			continue
		}
		own := make([]float64, len(g.Sketch))
		for i, v := range g.Sketch {
			own[i] = float64(v) - common[i]/count
		}
		if size := length(centred(own)); size > 0 {
			for i := range own {
				own[i] /= size
			}
			l.of[t] = own
		}
	}
	return l
}

func (g *Page) sketched() bool { return !g.Unread && len(g.Sketch) == Columns*Rows }

// learntPlaces is how many places in a paper have looks of their own. Pages further on
// may look like anything.
const learntPlaces = 6

// fit learns what pages of the first places look like, and returns how much likelier a
// page's looks are in a place than elsewhere. A page's likeness to a place is the
// correlation of its sketch with the mean of the others', by their probability of
// standing there. No page is held against what it taught itself.
func (l *looks) fit(at [][]float64, places int) [][]float64 {
	out := make([][]float64, len(at))
	for t := range at {
		out[t] = make([]float64, min(len(at[t]), places))
	}
	here, elsewhere := make([]float64, len(at)), make([]float64, len(at))
	for k := range out[0] {
		for t := range at {
			here[t], elsewhere[t] = at[t][k], 1-at[t][k]
		}
		likeness := l.likeness(here)
		same, other := cluster{mean: otherLikeness, spread: otherSpread}, cluster{mean: otherLikeness, spread: otherSpread}
		if k == 0 { // what begins papers is a form's head
			same = cluster{mean: frontLikeness, spread: frontSpread}
		}
		same, other = same.learn(likeness, here), other.learn(likeness, elsewhere)
		for t, x := range likeness {
			out[t][k] = 1
			if !math.IsNaN(x) {
				out[t][k] = same.without(x, here[t]).density(x) / other.without(x, elsewhere[t]).density(x)
			}
		}
	}
	return out
}

// leastOthers is how many other pages must stand in a place for a page to be held
// against them.
const leastOthers = 0.5

// likeness is each page's to a place; NaN where there is nothing to hold it against.
func (l *looks) likeness(here []float64) []float64 {
	sum, weight := make([]float64, Columns*Rows), 0.0
	for t, v := range l.of {
		if v != nil {
			weight += here[t]
		}
		for i, x := range v {
			sum[i] += float64(here[t] * x)
		}
	}
	out := make([]float64, len(l.of))
	for t, v := range l.of {
		out[t] = math.NaN()
		if v == nil || weight-here[t] < leastOthers {
			continue
		}
		dot, square := 0.0, 0.0
		for i, x := range v {
			others := sum[i] - float64(here[t]*x)
			dot += float64(others * x)
			square += float64(others * others)
		}
		if square > 0 {
			out[t] = dot / math.Sqrt(square)
		}
	}
	return out
}

// What is expected of likeness, before the file's own pages: to the pages that begin
// papers, of such pages; and to any others.
const (
	frontLikeness, frontSpread = 0.7, 0.2
	otherLikeness, otherSpread = 0, 0.3
)

// cluster is a Student distribution of likeness with three degrees of freedom: a normal
// one with room for pages that look like nothing else, which needs no exponential.
type cluster struct {
	mean, spread float64
	pages        float64 // how many it was learnt from
}

// learn is the cluster as the pages have it that belong to it, by their probabilities.
// What was expected counts as so many known pages.
func (c cluster) learn(likeness, belongs []float64) cluster {
	sum, out := float64(knownLooks*c.mean), cluster{pages: knownLooks}
	for t, x := range likeness {
		if !math.IsNaN(x) {
			sum += float64(belongs[t] * x)
			out.pages += belongs[t]
		}
	}
	out.mean = sum / out.pages
	moved := c.mean - out.mean
	square := knownLooks * (float64(c.spread*c.spread) + float64(moved*moved))
	for t, x := range likeness {
		if !math.IsNaN(x) {
			d := x - out.mean
			square += float64(belongs[t] * float64(d*d))
		}
	}
	out.spread = math.Sqrt(square / out.pages)
	return out
}

// without takes a page out again that belongs to the cluster with this probability: none
// vouches for itself.
func (c cluster) without(x, belongs float64) cluster {
	out := cluster{pages: c.pages - belongs}
	out.mean = (float64(c.mean*c.pages) - float64(belongs*x)) / out.pages
	square := float64(float64(c.spread*c.spread)*c.pages) - float64(belongs*float64((x-c.mean)*(x-out.mean)))
	out.spread = math.Sqrt(square / out.pages)
	return out
}

// density is proportional to that at x.
func (c cluster) density(x float64) float64 {
	d := (x - c.mean) / c.spread
	tail := 1 + float64(d*d)/3
	return 1 / float64(c.spread*float64(tail*tail))
}
