package find

import (
	"cmp"
	"context"
	"image"
	"math"
	"slices"
)

// Point is a place on the page in pixels; pixel (0, 0) reaches from 0 to 1.
type Point struct{ X, Y float64 }

func (p Point) times(k float64) Point { return Point{p.X * k, p.Y * k} }

// Field is a row of handwritten digits that may be the ID. Its box is rotated: it
// reaches half of Height to both sides of the line from Start to End.
type Field struct {
	// Start and End are the middle of the row's ends, if the row isn't upside down.
	Start, End Point
	// Height is that of the digits in pixels.
	Height float64
	// Lying says that the row runs up the page rather than to the right.
	Lying bool
	// Prior is the probability that the ID stands here, 0 to 1. Those of a page's
	// fields add up to less than 1: the ID may stand elsewhere, or nowhere.
	Prior float64
	// Features are what Prior was made of, for fitting its weights.
	Features [featureCount]float64
}

// Length is how long the row is in pixels.
func (f Field) Length() float64 { return math.Hypot(f.End.X-f.Start.X, f.End.Y-f.Start.Y) }

// MostFields is how many fields a page has at most.
const MostFields = 40

const (
	// pageSide is the longer side to which a page is reduced, in pixels: 70 dpi of an
	// A4 page.
	pageSide = 800
	// level is how much smaller the next level of a pyramid is, which is looked at
	// where nothing is surely the ID: digits of more than a centimetre, or of a strip
	// cut from a page, are there as large as digits usually are.
	level = 2.5
)

// enough is the probability of all fields together from which on the next level is
// not looked at.
const enough = 0.8

// Find gives a page's fields, the likeliest first. A page without any gives none;
// errors are the context's and the runtime's.
func (f *Finder) Find(ctx context.Context, page *image.Gray) ([]Field, error) {
	fields, _, err := f.FindBoth(ctx, page)
	return fields, err
}

// FindBoth is Find, and gives the places of the student's name as well, the likeliest
// first, which the same look shows.
func (f *Finder) FindBoth(ctx context.Context, page *image.Gray) ([]Field, []Name, error) {
	var found []candidate
	var names []Name
	whole := longer(page) >= pageSide // a smaller picture is a part of a page, of any scale
	for side := min(pageSide, longer(page)); side >= multiple; side = int(float64(side) / level) {
		if whole && 1-1/total(found) > enough {
			break
		}
		more, named, err := f.bothWays(ctx, page, side)
		if err != nil {
			return nil, nil, err
		}
		found, names = append(found, more...), append(names, named...)
	}
	fields := ranked(found)
	return fields, likeliest(names, fields), nil
}

// bothWays are the candidates of a page that may stand upright or lie on its side. A
// page that rather lies is turned and looked at again: upright is what the network
// has seen most.
func (f *Finder) bothWays(ctx context.Context, page *image.Gray, side int) (found []candidate, names []Name, err error) {
	small, factor := reduce(page, side)
	m, err := f.look(ctx, small)
	if err != nil {
		return nil, nil, err
	}
	lying := m.lying()
	asIs := func(p Point) Point { return p }
	found, names = m.candidates(1-lying, factor, asIs), m.names(1-lying, factor, asIs)
	if lying < 0.5 {
		return found, names, nil
	}
	high := float64(small.Rect.Dy()) * factor
	if m, err = f.look(ctx, quarterTurn(small)); err != nil {
		return nil, nil, err
	}
	back := func(p Point) Point { return Point{p.Y, high - p.X} }
	turned, named := m.candidates(lying, factor, back), m.names(lying, factor, back)
	for i := range turned {
		turned[i].Lying = true
	}
	for i := range named {
		named[i].Lying = true
	}
	return append(found, turned...), append(names, named...), nil
}

// candidate is a field with what speaks for it, and the probability that the page
// lies as the field says.
type candidate struct {
	Field

	features features
	upright  float64
}

// odds are how much likelier the candidate is to be the ID than that none is.
func (c *candidate) odds() float64 { return c.upright * math.Exp(c.features.evidence()) }

// ranked gives the likeliest candidates their probabilities: exactly one of them is
// the ID, or none.
func ranked(found []candidate) []Field {
	slices.SortStableFunc(found, func(a, b candidate) int { return cmp.Compare(b.odds(), a.odds()) })
	found = found[:min(len(found), MostFields)]
	sum := total(found)
	out := make([]Field, len(found))
	for i, c := range found {
		out[i] = c.Field
		out[i].Prior, out[i].Features = c.odds()/sum, c.features
	}
	return out
}

// total are the odds of all candidates and of none, which are 1.
func total(found []candidate) float64 {
	sum := 1.0
	for i := range found {
		sum += found[i].odds()
	}
	return sum
}
