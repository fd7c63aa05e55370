package ppocr

import (
	"cmp"
	"math"
	"slices"
)

// candidate is a strip that may hold the ID. Candidates of one place overlap or
// lie beside each other; at most one of them is the ID.
type candidate struct {
	strip strip
	place int
	rank  float64 // higher is likelier
}

// Bounds of what may be an ID line, as width over height: six digits, narrow and
// tall, to a whole line with label, ID, label and name.
const (
	minAspect = 1.8
	maxAspect = 22
)

// joinedRank is how much less a joined strip is worth than one that the
// detector found whole.
const joinedRank = 0.5

// candidates chooses the strips worth reading, at most limit, the likeliest
// places first. The page's height is in the strips' unit.
func candidates(strips []strip, pageHeight float64, limit int) []candidate {
	var all []candidate
	for place, row := range rows(strips) {
		for _, s := range spansOf(row) {
			if r := rank(s, pageHeight); r > 0 {
				all = append(all, candidate{strip: s, place: place, rank: r})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b candidate) int { return cmp.Compare(b.rank, a.rank) })
	all = all[:min(len(all), limit)]
	return numbered(all)
}

// numbered gives the places that are left numbers from 0, in order of their
// best rank, and sorts by them.
func numbered(all []candidate) []candidate {
	places := make(map[int]int)
	for i := range all {
		n, ok := places[all[i].place]
		if !ok {
			n = len(places)
			places[all[i].place] = n
		}
		all[i].place = n
	}
	slices.SortStableFunc(all, func(a, b candidate) int { return cmp.Compare(a.place, b.place) })
	return all
}

// rows strings strips together that lie beside each other on one text line.
func rows(strips []strip) [][]strip {
	left := slices.Clone(strips)
	slices.SortFunc(left, func(a, b strip) int {
		return cmp.Or(cmp.Compare(a.left, b.left), cmp.Compare(a.middle, b.middle))
	})
	var out [][]strip
	for _, s := range left {
		best, nearest := -1, math.Inf(1)
		for i, row := range out {
			if gap, ok := follows(row[len(row)-1], s); ok && gap < nearest {
				best, nearest = i, gap
			}
		}
		if best < 0 {
			out = append(out, []strip{s})
			continue
		}
		out[best] = append(out[best], s)
	}
	return out
}

// follows says whether b continues a's line, and how far away it is.
func follows(a, b strip) (gap float64, ok bool) {
	high, low := max(a.height, b.height), min(a.height, b.height)
	gap = b.left - a.right
	if gap < -0.7*high || gap > 2.5*high || low < 0.4*high {
		return 0, false
	}
	x := (a.right + b.left) / 2
	return math.Abs(gap), math.Abs(a.middleAt(x)-b.middleAt(x)) < 0.5*high
}

// spansOf lists every strip of a row, every two neighbours together, and three.
func spansOf(row []strip) []strip {
	var out []strip
	for i := range row {
		for n := 1; n <= 3 && i+n <= len(row); n++ {
			out = append(out, joined(row[i:i+n]))
		}
	}
	return out
}

// rank says how much a strip looks like an ID line, 0 for not at all: long
// enough for an ID, not as long as a sentence, and rather high on the page.
func rank(s strip, pageHeight float64) float64 {
	aspect := s.width() / s.height
	if aspect < minAspect || aspect > maxAspect {
		return 0
	}
	r := 1.0
	if aspect < 3.5 {
		r *= math.Pow(aspect/3.5, 2)
	}
	if aspect > 8 {
		r *= 8 / aspect
	}
	if s.parts > 1 {
		r *= joinedRank
	}
	y := s.middle / pageHeight
	return r * (1 - 0.6*max(0, min(1, y)))
}
