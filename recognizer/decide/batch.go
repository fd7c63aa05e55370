package decide

import (
	"math"
	"slices"
)

// batch is the factor graph of MODEL.md, section 5: a variable for each sheet, a
// student or nobody, and a factor for each student, by the number of their sheets.
type batch struct {
	duplicate float64
	sheets    []sheetNode // in canonical order
	students  []studentNode
}

// sheetNode is a sheet and its edges to the students who may have written it.
type sheetNode struct {
	edges  []edge
	nobody float64 // the sheet's own posterior of being no student's
}

type edge struct {
	student int
	weight  float64 // the sheet's own posterior
	claim   float64 // message to the student: that the sheet is theirs, by all but the student's factor
	free    float64 // message to the sheet: the student's factor with the sheet, against without
}

type studentNode struct {
	claims []*edge // in the order of the sheets
	taken  bool    // by a sheet that isn't here
}

// mostRounds bounds the messages; damped by a half, they settle in 40 or so.
const mostRounds = 100

// newBatch takes the beliefs of so many sheets in canonical order.
func newBatch(sheets int, own func(n int) belief, taken []bool, duplicate float64) *batch {
	b := &batch{duplicate: duplicate, sheets: make([]sheetNode, sheets), students: make([]studentNode, len(taken))}
	for j := range b.students {
		b.students[j].taken = taken[j]
	}
	for i := range b.sheets {
		s, of := &b.sheets[i], own(i)
		s.nobody = of.stranger + of.none
		s.edges = make([]edge, len(of.students))
		for k, p := range of.students {
			s.edges[k] = edge{student: p.student, weight: p.p, free: 1}
			st := &b.students[p.student]
			st.claims = append(st.claims, &s.edges[k])
		}
	}
	return b
}

// propagate sends messages until none changes.
func (b *batch) propagate() {
	for range mostRounds {
		change := 0.0
		for i := range b.sheets {
			change = max(change, b.sheets[i].claim())
		}
		for j := range b.students {
			b.students[j].free(b.duplicate)
		}
		if change < tolerance {
			return
		}
	}
}

// claim computes a sheet's messages, damped, and returns the greatest change. What
// stands before and after each edge is added up in two passes: taking one edge off
// the sum of all would lose the small ones.
func (s *sheetNode) claim() (change float64) {
	rest := make([]float64, len(s.edges))
	before, after := s.nobody, 0.0
	for k := range s.edges {
		rest[k] = before
		before += float64(s.edges[k].weight * s.edges[k].free)
	}
	for k := len(s.edges) - 1; k >= 0; k-- {
		e := &s.edges[k]
		claim := e.weight / (e.weight + (rest[k] + after))
		claim = (e.claim + claim) / 2
		change = max(change, math.Abs(claim-e.claim))
		e.claim = claim
		after += float64(e.weight * e.free)
	}
	return change
}

// free computes a student's messages. Seen from one sheet, the others are the
// student's independently of each other; their factor is geometric, so the sum over
// all choices of them is a product.
func (s *studentNode) free(duplicate float64) {
	rest := make([]float64, len(s.claims))
	before, after := 1.0, 1.0
	for k, e := range s.claims {
		rest[k] = before
		before = float64(before * e.unclaimed(duplicate))
	}
	for k, e := range slices.Backward(s.claims) {
		e.free = duplicate
		if !s.taken {
			e.free = duplicate / (1 - float64((1-duplicate)*float64(rest[k]*after)))
		}
		after = float64(after * e.unclaimed(duplicate))
	}
}

// unclaimed is 1/(1 + duplicate*odds of the claim).
func (e *edge) unclaimed(duplicate float64) float64 {
	return (1 - e.claim) / (1 - float64((1-duplicate)*e.claim))
}

// marginal is sheet i's belief in the light of the messages. Whoever isn't the
// sheet's own unique best is raised by none, so the sum may be less than 1.
func (b *batch) marginal(i int, own *belief) belief {
	s, out := &b.sheets[i], *own
	sum := s.nobody
	for _, e := range s.edges {
		sum += float64(e.weight * e.free)
	}
	out.stranger, out.none = own.stranger/sum, own.none/sum
	out.students = make([]posterior, len(s.edges))
	for k, e := range s.edges {
		out.students[k] = own.students[k]
		out.students[k].p = min(own.students[k].most, float64(e.weight*e.free)/sum)
	}
	return out
}
