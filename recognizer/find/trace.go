package find

import (
	"math"
)

// Levels of the maps' probabilities from which a cell belongs to a row, and how many
// cells that don't may part two cells of one.
const (
	leastID     = 0.2
	leastDigits = 0.5
	widestHole  = 3
)

// candidates traces the rows of upright maps: those where the ID may be, and other
// handwritten rows of digits. Upright is the probability that the page lies so, and
// back leads from a place on it to one on the page.
func (m *maps) candidates(upright float64, back func(Point) Point) []candidate {
	taken := make([]bool, m.rows*m.columns)
	var out []candidate
	for _, pass := range [...]struct {
		plane int
		least float32
	}{{mapID, leastID}, {mapDigits, leastDigits}} {
		for _, cells := range m.components(m.of[pass.plane], pass.least, taken) {
			if c, ok := m.trace(cells, m.of[pass.plane], back); ok {
				c.upright = upright
				out = append(out, c)
			}
		}
	}
	return out
}

// at is a cell of the maps.
type at struct{ x, y int }

// components groups the cells of a plane that reach a level and touch each other,
// across small holes along a row. Cells are taken once.
func (m *maps) components(plane []float32, least float32, taken []bool) [][]at {
	on := func(x, y int) bool {
		i := y*m.columns + x
		return x >= 0 && y >= 0 && x < m.columns && y < m.rows && plane[i] >= least && !taken[i]
	}
	var out [][]at
	for i, v := range plane {
		if v < least || taken[i] {
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

// trace fits a field to a row's cells: a straight line by least squares, weighted by
// the probabilities, from the first to the last cell.
func (m *maps) trace(cells []at, plane []float32, back func(Point) Point) (candidate, bool) {
	var s sums
	profile := make(profile)
	left, right := m.columns, -1
	for _, c := range cells {
		i := c.y*m.columns + c.x
		s.add(float64(c.x)+0.5, float64(c.y)+0.5, float64(plane[i]), float64(m.of[mapHeight][i]))
		left, right = min(left, c.x), max(right, c.x)
		profile.see(c.x, mapID, m.of[mapID][i])
		profile.see(c.x, mapDigits, m.of[mapDigits][i])
	}
	height := math.Exp2(s.h/s.w) / cell
	from, to := float64(left), float64(right+1)
	if height < leastHeight || to-from < shortest*height {
		return candidate{}, false
	}
	y, slope := s.line()
	at := func(x float64) Point {
		k := cell * m.factor
		return back(Point{x * k, (y + slope*(x-s.x/s.w)) * k})
	}
	c := candidate{features: features{1, min(mostDigits, profile.sum(mapID)/(pitch*height))}}
	width := to - from
	c.features[2], c.features[3] = logit(profile.sum(mapID)/width), profile.sum(mapDigits)/width
	c.Start, c.End, c.Height = at(from), at(to), height*cell*m.factor
	return c, true
}

const (
	leastHeight = 0.5 // of digits, in cells
	shortest    = 1.0 // of a row, in heights of its digits
	pitch       = 0.8 // from one digit to the next, in heights
	mostDigits  = 8.0 // more don't speak more for an ID
)

// features are what speaks for a row being the ID's: 1, its length in digits as far
// as it may be the ID, the logit of the mean probability along it that it is, and the
// mean probability that it is digits at all.
type features [featureCount]float64

const featureCount = 4

// weights make evidence of features. recognizer/training/fields fits them, by the
// likelihood of a multinomial choice between a page's rows and none, on drawn pages
// that the network wasn't trained with.
var weights = features{-2, 0.5, 0.7, 1}

func (f features) evidence() float64 {
	sum := 0.0
	for i, v := range f {
		sum += weights[i] * v
	}
	return sum
}

// logit is the logarithm of the odds, of at most a hundred to one.
func logit(p float64) float64 {
	p = max(0.01, min(0.99, p))
	return math.Log(p / (1 - p))
}

// profile is a row seen from above: of each of its columns, the surest cell of some maps.
type profile map[int]*[mapCount]float64

func (p profile) see(x int, plane int, v float32) {
	if p[x] == nil {
		p[x] = new([mapCount]float64)
	}
	p[x][plane] = max(p[x][plane], float64(v))
}

func (p profile) sum(plane int) float64 {
	sum := 0.0
	for _, column := range p {
		sum += column[plane]
	}
	return sum
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

// steepest is the greatest slope of a row, seven degrees.
const steepest = 0.12

// line is the line's height in the middle of the weights, and its slope.
func (s *sums) line() (y, slope float64) {
	x, y := s.x/s.w, s.y/s.w
	variance := s.xx/s.w - x*x
	if variance > 1 {
		slope = max(-steepest, min(steepest, (s.xy/s.w-x*y)/variance))
	}
	return y, slope
}
