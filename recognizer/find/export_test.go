package find

import "math"

// Reduce is reduce.
var Reduce = reduce

// Trace gives the fields of an upright page of which every cell's probabilities of
// being the ID's and any digits are given, and the height of digits in pixels.
func Trace(rows, columns int, id, digits func(x, y int) float64, height float64) []Field {
	m := &maps{rows: rows, columns: columns}
	for k := range m.of {
		m.of[k] = make([]float32, rows*columns)
	}
	for i := range rows * columns {
		m.of[mapID][i] = float32(id(i%columns, i/columns))
		m.of[mapDigits][i] = float32(digits(i%columns, i/columns))
		m.of[mapHeight][i] = float32(math.Log2(height))
	}
	return ranked(m.candidates(1, 1, func(p Point) Point { return p }))
}

// TraceNames gives the names of an upright page of which every cell's probabilities of
// being a name and other handwriting are given, with the fields that Trace finds.
func TraceNames(rows, columns int, id, name, hand func(x, y int) float64, height float64) []Name {
	m := &maps{rows: rows, columns: columns}
	for k := range m.of {
		m.of[k] = make([]float32, rows*columns)
	}
	for i := range rows * columns {
		x, y := i%columns, i/columns
		m.of[mapID][i], m.of[mapName][i], m.of[mapHand][i] = float32(id(x, y)), float32(name(x, y)), float32(hand(x, y))
		m.of[mapHeight][i] = float32(math.Log2(height))
	}
	asIs := func(p Point) Point { return p }
	return likeliest(m.names(1, 1, asIs), ranked(m.candidates(1, 1, asIs)))
}
