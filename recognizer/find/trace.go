package find

import (
	stdmaps "maps"
	"math"
	"slices"
)

const (
	// leastDigits is the probability of being digits, or the ID, from which a cell may
	// belong to a row. Less, of anything, counts as nothing.
	leastDigits = 0.1
	// widestHole is how many cells that don't may part two cells of one row.
	widestHole = 3
	// widestGap is how far apart the parts of a row may be, in heights of its digits.
	widestGap = 1.5
)

// candidates traces the rows of handwritten digits of upright maps. Upright is the
// probability that the page lies so, factor how many of its pixels make one of the
// reduced page, and back leads from a place on it to one on the page as it is.
func (m *maps) candidates(upright, factor float64, back func(Point) Point) []candidate {
	written := m.written()
	var out []candidate
	for _, cells := range m.components(written) {
		for _, row := range m.rowsOf(cells, written) {
			if c, ok := m.trace(row, written, factor, back); ok {
				c.upright = upright
				out = append(out, c)
			}
		}
	}
	return out
}

// written is the greater of the probabilities that a cell is of the ID and that it is
// of any row of digits: where the network isn't sure whose digits they are, they are
// one row all the same.
func (m *maps) written() []float32 {
	out := make([]float32, len(m.of[mapID]))
	for i, v := range m.of[mapID] {
		out[i] = max(v, m.of[mapDigits][i])
	}
	return out
}

// at is a cell of the maps.
type at struct{ x, y int }

// components groups the cells of a plane that reach leastDigits and touch each other,
// across small holes along a row.
func (m *maps) components(plane []float32) [][]at {
	taken := make([]bool, len(plane))
	on := func(x, y int) bool {
		i := y*m.columns + x
		return x >= 0 && y >= 0 && x < m.columns && y < m.rows && plane[i] >= leastDigits && !taken[i]
	}
	var out [][]at
	for i, v := range plane {
		if v < leastDigits || taken[i] {
			continue
		}
		cells := []at{{i % m.columns, i / m.columns}}
		taken[i] = true
		for n := 0; n < len(cells); n++ {
			c := cells[n]
			for dy := -1; dy <= 1; dy++ {
				for dx := -1 - widestHole; dx <= 1+widestHole; dx++ {
					if on(c.x+dx, c.y+dy) {
						taken[(c.y+dy)*m.columns+c.x+dx] = true
						cells = append(cells, at{c.x + dx, c.y + dy})
					}
				}
			}
		}
		out = append(out, cells)
	}
	return out
}

// rowsOf takes cells that touch each other apart into rows: where along them the plane
// is at half of its height at least. So what leans on an ID, a label or a rule, is left
// out, and a faint ID is as long as a clear one.
func (m *maps) rowsOf(cells []at, plane []float32) [][]at {
	var s sums
	profile := make(map[int]float64)
	for _, c := range cells {
		i := c.y*m.columns + c.x
		s.add(0, 0, float64(plane[i]), float64(m.of[mapHeight][i]))
		profile[c.x] = max(profile[c.x], float64(plane[i]))
	}
	half, columns := upperHalf(profile)
	var out [][]at
	for from := 0; from < len(columns); {
		to := from + 1
		for to < len(columns) && float64(columns[to]-columns[to-1]) <= widestGap*s.height() {
			to++
		}
		left, right := columns[from], columns[to-1]
		out = append(out, slices.DeleteFunc(slices.Clone(cells), func(c at) bool {
			return c.x < left || c.x > right || float64(plane[c.y*m.columns+c.x]) < half/2
		}))
		from = to
	}
	return out
}

// upperHalf is half of the level that one column in ten exceeds, and the columns that
// reach it, from left to right.
func upperHalf(profile map[int]float64) (level float64, columns []int) {
	levels := slices.Sorted(stdmaps.Values(profile))
	level = levels[len(levels)*9/10] / 2
	for x, v := range profile {
		if v >= level {
			columns = append(columns, x)
		}
	}
	slices.Sort(columns)
	return level, columns
}

// trace fits a field to a row's cells: a straight line by least squares, weighted by
// the probabilities, from the first to the last cell.
func (m *maps) trace(cells []at, plane []float32, factor float64, back func(Point) Point) (candidate, bool) {
	if len(cells) == 0 {
		return candidate{}, false
	}
	var s sums
	left, right := m.columns, -1
	for _, c := range cells {
		i := c.y*m.columns + c.x
		s.add(float64(c.x)+0.5, float64(c.y)+0.5, float64(plane[i]), float64(m.of[mapHeight][i]))
		left, right = min(left, c.x), max(right, c.x)
	}
	height := s.height()
	from, to := float64(left), float64(right+1)
	middle, ok := s.row(from, to, height)
	if !ok {
		return candidate{}, false
	}
	at := func(x float64) Point { return back(middle(x).times(cell * factor)) }
	width := to - from
	along := func(plane int) float64 { return m.along(cells, m.of[plane], left, right) / width }
	c := candidate{features: features{1, logit(along(mapID)), along(mapDigits)}}
	c.Start, c.End, c.Height = at(from), at(to), height*cell*factor
	return c, true
}

// along is the sum over a row's columns, from left to right, of the surest cell of a plane.
func (m *maps) along(cells []at, plane []float32, left, right int) float64 {
	surest := make([]float32, right+1-left)
	for _, c := range cells {
		surest[c.x-left] = max(surest[c.x-left], plane[c.y*m.columns+c.x])
	}
	sum := 0.0
	for _, v := range surest {
		sum += float64(v)
	}
	return sum
}

// features are what speaks for a row being the ID's: 1, the logit of the mean
// probability along it that it is, and the mean probability that it is digits at all.
type features [featureCount]float64

const featureCount = 3

// weights make evidence of features. recognizer/training/fields -fit finds them, by the
// likelihood of a multinomial choice between a page's rows and none, on drawn pages
// that the network wasn't trained with.
func weights() features { return features{-2.9, 0.63, 2.52} }

func (f features) evidence() float64 {
	sum, w := 0.0, weights()
	for i, v := range f {
		sum += w[i] * v
	}
	return sum
}

// logit is the logarithm of the odds, of at most a hundred to one.
func logit(p float64) float64 {
	p = max(0.01, min(0.99, p))
	return math.Log(p / (1 - p))
}

// sums are what a weighted line of best fit needs, and a weighted mean of heights.
type sums struct{ w, x, y, xx, xy, h float64 }

func (s *sums) add(x, y, w, height float64) {
	s.w += w
	s.x += w * x
	s.y += w * y
	s.xx += w * x * x
	s.xy += w * x * y
	s.h += w * height
}

// height is the mean height in cells.
func (s *sums) height() float64 { return math.Exp2(s.h/s.w) / cell }

// row is the middle of a row at each column between two, in cells. False if it is higher
// than long, or climbs more than it is long: that is no row.
func (s *sums) row(from, to, height float64) (middle func(x float64) Point, ok bool) {
	y, slope := s.line()
	if to-from < height || math.Abs(slope) > 1 {
		return nil, false
	}
	return func(x float64) Point { return Point{x, y + slope*(x-s.x/s.w)} }, true
}

// line is the line's height in the middle of the weights, and its slope.
func (s *sums) line() (y, slope float64) {
	x, y := s.x/s.w, s.y/s.w
	variance := s.xx/s.w - x*x
	if variance > 1 {
		slope = (s.xy/s.w - x*y) / variance
	}
	return y, slope
}
