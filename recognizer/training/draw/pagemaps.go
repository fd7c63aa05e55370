package main

import (
	"math"

	"hakbeon/lab/synth"
)

// paint fills a record's maps from a page's regions.
func (r *pageRecord) paint(t *synth.Truth, w window) {
	r.flags, r.height = make([]byte, mapSide*mapSide), make([]byte, mapSide*mapSide)
	for _, region := range t.Regions {
		r.paintRegion(ribbonOf(region, w), region.Kind)
	}
	for i, f := range r.flags {
		if f&flagDigits != 0 {
			r.flags[i] &^= flagIgnore
		} else {
			r.height[i] = 0
		}
	}
}

// rim is how far a row of digits is ignored around itself, in heights.
const rim = 0.25

// paintRegion paints one region.
func (r *pageRecord) paintRegion(s ribbon, kind synth.RegionKind) {
	middle := s.narrowed()
	switch kind {
	case synth.IDRow:
		r.row(s, middle, flagID|flagDigits)
		s.end(-1).each(r.set(flagLeft))
		s.end(1).each(r.set(flagRight))
	case synth.DigitRow:
		r.row(s, middle, flagDigits)
	case synth.NameHand:
		middle.each(r.set(flagName))
	case synth.OtherHand:
		middle.each(r.set(flagHand))
	case synth.FilledBubbles:
		s.each(r.set(flagHand))
	case synth.PrintedLine:
		middle.each(r.set(flagPrint))
	case synth.BackInk:
		s.each(func(i int) { r.back[i] = 1 })
	}
}

// row paints a row of digits: itself, its height, and the rim around it.
func (r *pageRecord) row(s, middle ribbon, flags byte) {
	s.grown(rim * 2 * s.half).each(r.set(flagIgnore))
	middle.each(r.set(flags))
	height := byte(min(255, max(0, math.Round(16*math.Log2(max(1, 2*s.half))))))
	middle.each(func(i int) { r.height[i] = height })
}

func (r *pageRecord) set(flags byte) func(int) { return func(i int) { r.flags[i] |= flags } }

// ribbon is a rectangle of any direction, in pixels of a crop: its middle, the unit
// vector along it, and half its length and height.
type ribbon struct {
	x, y, along, down float64 // the unit vector is (along, down)
	long, half        float64
}

// ribbonOf lays a ribbon along a region's middle line.
func ribbonOf(g synth.Region, w window) ribbon {
	q := g.Quad
	at := func(a, b synth.Point) (x, y float64) {
		return w.scale*(a.X+b.X)/2 - w.x, w.scale*(a.Y+b.Y)/2 - w.y
	}
	x0, y0 := at(q[0], q[3])
	x1, y1 := at(q[1], q[2])
	length := max(math.Hypot(x1-x0, y1-y0), 0.01)
	return ribbon{(x0 + x1) / 2, (y0 + y1) / 2, (x1 - x0) / length, (y1 - y0) / length, length / 2, w.scale * g.Height / 2}
}

// leastHalf makes a ribbon catch at least one row of cells' centres.
const leastHalf = cell/2 + 0.05

// narrowed is the middle half of a ribbon.
func (s ribbon) narrowed() ribbon {
	s.half = max(s.half/2, leastHalf)
	s.long = max(s.long, leastHalf)
	return s
}

// grown is a ribbon with a margin on every side.
func (s ribbon) grown(by float64) ribbon {
	s.half, s.long = s.half+by, s.long+by
	return s
}

// end is the band around a ribbon's left (-1) or right (1) end: a height high and half a
// height wide, but a cell at least.
func (s ribbon) end(side float64) ribbon {
	s.x, s.y = s.x+side*s.long*s.along, s.y+side*s.long*s.down
	s.long, s.half = max(s.half/2, leastHalf), max(s.half, leastHalf)
	return s
}

// each calls f with the index of every cell whose centre lies in the ribbon.
func (s ribbon) each(f func(i int)) {
	reach := math.Abs(s.long*s.along) + math.Abs(s.half*s.down)
	left, right := s.cells(s.x, reach)
	reach = math.Abs(s.long*s.down) + math.Abs(s.half*s.along)
	top, bottom := s.cells(s.y, reach)
	for y := top; y < bottom; y++ {
		for x := left; x < right; x++ {
			dx, dy := cell*(float64(x)+0.5)-s.x, cell*(float64(y)+0.5)-s.y
			if math.Abs(dx*s.along+dy*s.down) <= s.long && math.Abs(dy*s.along-dx*s.down) <= s.half {
				f(y*mapSide + x)
			}
		}
	}
}

// cells are the first and the last cell but one within reach of a place.
func (ribbon) cells(at, reach float64) (from, to int) {
	clip := func(v float64) int { return int(min(max(v, 0), mapSide)) }
	return clip(math.Floor((at - reach) / cell)), clip(math.Ceil((at + reach) / cell))
}
