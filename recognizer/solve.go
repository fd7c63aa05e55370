package recognizer

import (
	"bytes"
	"crypto/sha256"
	"slices"

	"hakbeon/recognizer/roster"
)

// Solve decides all sheets of a batch together: a student hands in at most one
// sheet. Each sheet's posterior is replaced by its marginal under that rule,
// where a student may be absent and a sheet may be a stranger's. A stranger's
// sheet is never pushed into a place that is left empty: the rule takes students
// away from a sheet, it never makes one likelier against "no one's".
//
// Sheets that claim one student strongly all go to a person, as
// duplicate_student. A nil reading, a sheet that could not be read, claims no
// one. Decisions are in the order of the readings; the order changes nothing
// else.
func Solve(readings []*Reading, ro *roster.Roster, p Params) []Decision {
	p = p.withDefaults()
	s := newScorer(ro, p)
	beliefs := make([]belief, len(readings))
	for i, rd := range readings {
		beliefs[i] = s.weigh(rd)
	}
	claims := newMatching(beliefs, canonicalOrder(readings), len(s.ids), p.Claim)
	claims.propagate()
	out := make([]Decision, len(readings))
	for i := range beliefs {
		own := beliefs[i]
		shared := own
		shared.students, shared.stranger, shared.none = claims.marginal(i)
		out[i] = settle(&own, &shared, claims, p)
	}
	return out
}

// settle makes the decision of one sheet from its own belief and the one shared
// with the batch.
func settle(own, shared *belief, claims *matching, p Params) Decision {
	d := shared.decide(p)
	best := own.best()
	if best < 0 {
		return d
	}
	contested := own.students[best] >= p.Claim && claims.strong[best] > 1
	if contested || d.Status != Matched && lost(own, shared, best, p.Accept) {
		d.Status, d.Reason, d.StudentID = NeedsReview, DuplicateStudent, ""
	}
	return d
}

// lost says whether other sheets took so much of a sheet's best explanation, a
// student, that they are the reason for a review.
func lost(own, shared *belief, best int, accept float64) bool {
	was, is := own.students[best], shared.students[best]
	led := was > max(own.stranger, own.none)
	return led && is < was/2 || was >= accept && is < accept
}

// canonicalOrder is an order of the readings that doesn't depend on the order
// they were given in, so that sums come out the same to the last bit.
func canonicalOrder(readings []*Reading) []int {
	keys := make([][sha256.Size]byte, len(readings))
	order := make([]int, len(readings))
	for i, rd := range readings {
		order[i] = i
		if rd == nil {
			continue
		}
		if b, err := rd.MarshalBinary(); err == nil {
			keys[i] = sha256.Sum256(b)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return bytes.Compare(keys[a][:], keys[b][:]) })
	return order
}

// matching computes marginals of "each sheet has one student or none, each
// student has one sheet or none" by sum-product message passing, which is exact
// where claims form no rings and close elsewhere.
type matching struct {
	edges    [][]edge  // of each sheet
	nobody   []float64 // each sheet's own posterior of being no student's
	stranger []float64 // the part of it that is a stranger's
	order    []int
	taken    []float64 // of each student: sum of the messages from its sheets
	strong   []int     // of each student: how many sheets claim it strongly
}

// edge joins a sheet with a student.
type edge struct {
	student int
	weight  float64 // the sheet's own posterior
	claim   float64 // message to the student: how much the sheet wants it
	free    float64 // message to the sheet: how free the student is, 0 to 1
}

// Numbers of the message passing.
const (
	rounds     = 100
	damping    = 0.5
	leastEdge  = 1e-12 // smaller posteriors are left out
	leastNoOne = 1e-9  // a sheet may always be no one's
)

func newMatching(beliefs []belief, order []int, students int, claim float64) *matching {
	m := &matching{
		edges: make([][]edge, len(beliefs)), order: order,
		nobody: make([]float64, len(beliefs)), stranger: make([]float64, len(beliefs)),
		taken: make([]float64, students), strong: make([]int, students),
	}
	for i, b := range beliefs {
		m.nobody[i] = max(b.stranger+b.none, leastNoOne)
		m.stranger[i] = min(b.stranger, m.nobody[i])
		for j, w := range b.students {
			if w > leastEdge {
				m.edges[i] = append(m.edges[i], edge{student: j, weight: w, free: 1})
			}
			if w >= claim {
				m.strong[j]++
			}
		}
	}
	return m
}

// propagate passes messages back and forth a fixed number of times, all sheets
// at once, so that no sheet comes first.
func (m *matching) propagate() {
	for range rounds {
		clear(m.taken)
		for _, i := range m.order {
			m.claim(i)
		}
		for _, edges := range m.edges {
			for k := range edges {
				e := &edges[k]
				others := max(0, m.taken[e.student]-e.claim)
				free := 1 / (1 + others)
				e.free = float64(damping*e.free) + float64((1-damping)*free)
			}
		}
	}
}

// claim computes a sheet's messages: the odds of each student against all else
// that the sheet may be. Two passes add up what stands before and after each
// edge; taking one edge off the sum of all would lose the small ones.
func (m *matching) claim(i int) {
	edges := m.edges[i]
	before := m.nobody[i]
	for k := range edges {
		edges[k].claim = before
		before += float64(edges[k].weight * edges[k].free)
	}
	after := 0.0
	for k := len(edges) - 1; k >= 0; k-- {
		e := &edges[k]
		e.claim = e.weight / (e.claim + after)
		after += float64(e.weight * e.free)
		m.taken[e.student] += e.claim
	}
}

// marginal is sheet i's share of each student, of a stranger and of no ID.
func (m *matching) marginal(i int) (students []float64, stranger, none float64) {
	students = make([]float64, len(m.taken))
	sum := m.nobody[i]
	for _, e := range m.edges[i] {
		sum += float64(e.weight * e.free)
	}
	for _, e := range m.edges[i] {
		students[e.student] = float64(e.weight*e.free) / sum
	}
	return students, m.stranger[i] / sum, (m.nobody[i] - m.stranger[i]) / sum
}
