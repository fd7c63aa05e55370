package read

import "math"

// search is which places of a page are worth reading: those that are likely to hold the
// ID, given what was read in the others (optimal search: Bayes' rule after each look).
type search struct {
	fields []searched // the likeliest first
	none   float64    // what speaks for none of them
}

// searched is a field and what its readings say of it.
type searched struct {
	Field
	ways [2]reading // in the finder's direction, and against it
}

// ratio is how much what was read in the field speaks for its being the ID, in a
// direction. A row that is read the wrong way up says next to nothing, unless it shows
// digits: most digits are digits upside down, too.
func (f *searched) ratio(way int) float64 {
	if other := f.ways[1-way]; !f.ways[way].done && other.done && other.tells > 1 {
		return other.tells
	}
	return f.ways[way].tells
}

// reading is how much what was read in a direction speaks for the ID's being there, and
// how much for the other direction.
type reading struct {
	done         bool
	tells, turns float64
}

// next is the likeliest place that wasn't read yet, nil if those left are unlikely: a
// field, and whether it is read against the finder's direction.
func (r *search) next() (next *searched, reversed bool) {
	var left, most float64
	seen, first, odds := r.none, true, r.odds()
	for i := range r.fields {
		f := &r.fields[i]
		for k, way := range f.ways {
			weight := share(f.Field, k == 1, odds) * f.ratio(k)
			if way.done {
				seen, first = seen+weight, false
				continue
			}
			left += weight
			if weight > most {
				next, reversed, most = f, k == 1, weight
			}
		}
	}
	if !first && left < rest*(left+seen) {
		return nil, false
	}
	return next, reversed
}

// mostOdds are those of the least that a byte of evidence says: nothing is surer.
var mostOdds = 1 / Probability(math.MaxUint8)

// odds are how much what was read speaks for rows' being read against the finder's
// direction, all of them: that there the ID shows more digits, and rows show some that are
// none upside down.
func (r *search) odds() float64 {
	ways := [2]float64{r.none, r.none}
	for i := range r.fields {
		for k := range ways {
			ways[k] += r.fields[i].Prior * r.fields[i].ratio(k)
		}
	}
	if ways[0] <= 0 {
		return 1
	}
	odds := ways[1] / ways[0]
	for i := range r.fields {
		way := &r.fields[i].ways
		odds *= way[0].turns / way[1].turns
	}
	return max(1/mostOdds, min(odds, mostOdds))
}

// direction is the index of a direction.
func direction(reversed bool) int {
	if reversed {
		return 1
	}
	return 0
}

// share is what of a field's prior a direction has, by what is known of the page, which
// speaks by some odds for rows' being read against the finder's direction.
func share(f Field, reversed bool, odds float64) float64 {
	down := f.Down * odds / (f.Down*odds + 1 - f.Down)
	if reversed {
		return f.Prior * down
	}
	return f.Prior * (1 - down)
}
