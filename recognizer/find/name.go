package find

import (
	"cmp"
	"math"
	"slices"
)

const (
	// leastName is the probability of being a name's handwriting from which a cell may
	// belong to one.
	leastName = 0.2
	// MostNames is how many names' places a page has at most.
	MostNames = 6
)

// Name is a place where a name seems to be written by hand. Its box is rotated: it
// reaches half of Height to both sides of the line from Start to End.
type Name struct {
	// Start and End are the middle of the name's ends, if it isn't upside down.
	Start, End Point
	// Height is that of the writing in pixels.
	Height float64
	// Lying says that the name runs up the page rather than to the right.
	Lying bool
	// Prob is the mean probability along the name that it is one, times that of the
	// page lying so, 0 to 1.
	Prob float64
}

// names traces what the network takes for a name, as candidates does rows of digits.
func (m *maps) names(upright, factor float64, back func(Point) Point) []Name {
	plane := make([]float32, len(m.of[mapName]))
	for i, v := range m.of[mapName] {
		if v = max(v, m.of[mapHand][i]); v >= leastName {
			plane[i] = v
		}
	}
	var out []Name
	for _, cells := range m.components(plane) {
		if n, ok := m.traceName(cells, plane, factor, back); ok {
			n.Prob *= upright
			out = append(out, n)
		}
	}
	return out
}

// traceName lays a straight line through a name's cells. What they say is the middle
// half of the writing, so the writing is twice as high as their columns are on
// average.
func (m *maps) traceName(cells []at, plane []float32, factor float64, back func(Point) Point) (Name, bool) {
	var s sums
	left, right := m.columns, -1
	for _, c := range cells {
		s.add(float64(c.x)+0.5, float64(c.y)+0.5, float64(plane[c.y*m.columns+c.x]), 0)
		left, right = min(left, c.x), max(right, c.x)
	}
	from, to := float64(left), float64(right+1)
	surest := m.along(cells, plane, left, right)
	height := 2 * s.w / surest
	middle, ok := s.row(from, to, height)
	if !ok {
		return Name{}, false
	}
	k := cell * factor
	at := func(x float64) Point { return back(middle(x).times(k)) }
	return Name{Start: at(from), End: at(to), Height: height * k, Prob: m.along(cells, m.of[mapName], left, right) / (to - from)}, true
}

// likeliest are the likeliest names that don't stand in one another's place: the levels
// of a pyramid see the same one.
func likeliest(found []Name, fields []Field) []Name {
	slices.SortStableFunc(found, func(a, b Name) int { return cmp.Compare(b.evidence(fields), a.evidence(fields)) })
	var out []Name
	for _, n := range found {
		if len(out) < MostNames && !slices.ContainsFunc(out, n.within) {
			out = append(out, n)
		}
	}
	return out
}

// farther is how much less likely, by the logarithm, a row of writing is to be the name
// for every digit's height that it stands above or below the ID. Fitted as the weights
// of a field are.
const farther = 0.06

// evidence is what speaks for a name: what the network makes of it, and how near it is
// to the likeliest ID.
func (n Name) evidence(fields []Field) float64 {
	e := logit(n.Prob)
	if len(fields) > 0 {
		e -= farther * min(40, n.off(fields[0]))
	}
	return e
}

// off is how far a name's middle lies above or below a field's line, in heights of the
// field.
func (n Name) off(f Field) float64 {
	x, y := (n.Start.X+n.End.X)/2-f.Start.X, (n.Start.Y+n.End.Y)/2-f.Start.Y
	along, down := f.End.X-f.Start.X, f.End.Y-f.Start.Y
	return math.Abs(y*along-x*down) / max(f.Length()*f.Height, 1)
}

func (n Name) length() float64 { return math.Hypot(n.End.X-n.Start.X, n.End.Y-n.Start.Y) }

// within says whether a name's middle lies on another one.
func (n Name) within(other Name) bool {
	x, y := (n.Start.X+n.End.X)/2-(other.Start.X+other.End.X)/2, (n.Start.Y+n.End.Y)/2-(other.Start.Y+other.End.Y)/2
	return math.Hypot(x, y) < max(n.Height, other.Height, other.length()/2)
}
