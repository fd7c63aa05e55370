package recognizer

import (
	"bytes"
	"crypto/sha256"
	"slices"

	"hakbeon/recognizer/roster"
)

// Solve decides all sheets of a batch together: a student hands in at most one
// sheet. The rule only takes students away from a sheet. Each student's posterior
// is lowered to the marginal under the rule, and never raised: a sheet handed in
// twice is as likely as one that belongs to the next student on the roster, so
// what a sheet loses to another sheet goes to "a duplicate" and to no neighbour.
// Solve accepts no student whom Decide doesn't accept for the same sheet.
//
// Sheets that claim one student strongly all go to a person, as
// duplicate_student; their candidates are those of the sheet alone, so that the
// person sees whom it says. Taken are the IDs of students whose sheet is known
// and not among the readings, because a person chose it: a sheet that wants one
// of them is a duplicate too. IDs that aren't on the roster are ignored.
//
// A nil reading, a sheet that could not be read, claims no one. Decisions are in
// the order of the readings; the order changes nothing else.
func Solve(readings []*Reading, ro *roster.Roster, p Params, taken ...string) []Decision {
	p = p.withDefaults()
	s := newScorer(ro, p)
	beliefs := make([]belief, len(readings))
	for i, rd := range readings {
		beliefs[i] = s.weigh(rd)
	}
	claims := newMatching(beliefs, canonicalOrder(readings), s.claimed(taken), p.Claim)
	claims.propagate()
	out := make([]Decision, len(readings))
	for i := range beliefs {
		shared := claims.shared(i)
		out[i] = settle(&beliefs[i], &shared, claims, p)
	}
	return out
}

// claimed marks the students who are taken.
func (s *scorer) claimed(taken []string) []bool {
	out := make([]bool, len(s.ids))
	for i, id := range s.ids {
		out[i] = slices.Contains(taken, id)
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
	moved := d.Status == Matched && d.StudentID != own.ids[best]
	if contested || moved || d.Status != Matched && lost(own, shared, best, p.Accept) {
		d = own.decide(p)
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
// student has one sheet or none" by sum-product message passing. It is exact
// where claims form no rings. In a ring, such as two sheets between the same two
// students, messages come back as an echo and make the last rounds far too sure,
// which the first round isn't. So a student's marginal is the least of all
// rounds and of the sheet's own posterior.
type matching struct {
	own    []belief
	order  []int     // of the sheets
	edges  [][]edge  // of each sheet
	nobody []float64 // each sheet's own posterior of being no student's
	left   []float64 // the same after the last round
	taken  []float64 // of each student: sum of the messages from its sheets
	strong []int     // of each student: how many sheets claim it strongly
	gone   []bool    // of each student: claimed for certain by a sheet that isn't here
}

// edge joins a sheet with a student.
type edge struct {
	student int
	weight  float64 // the sheet's own posterior
	claim   float64 // message to the student: the odds that the sheet is its
	free    float64 // message to the sheet: how free the student is, 0 to 1
	least   float64 // the sheet's marginal, the least of all rounds
}

// Numbers of the message passing.
const (
	rounds     = 100
	damping    = 0.5   // of every round but the first
	leastEdge  = 1e-12 // smaller posteriors are left out
	leastNoOne = 1e-9  // a sheet may always be no one's
)

func newMatching(own []belief, order []int, gone []bool, claim float64) *matching {
	students := len(gone)
	m := &matching{
		own: own, order: order, gone: gone, edges: make([][]edge, len(own)), nobody: make([]float64, len(own)), left: make([]float64, len(own)),
		taken: make([]float64, students), strong: make([]int, students),
	}
	for j, is := range gone {
		if is {
			m.strong[j] = 1
		}
	}
	for i, b := range own {
		m.nobody[i] = max(b.stranger+b.none, leastNoOne)
		for j, w := range b.students {
			if w > leastEdge {
				m.edges[i] = append(m.edges[i], edge{student: j, weight: w, free: 1, least: w})
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
	keep := 0.0
	for range rounds {
		clear(m.taken)
		for _, i := range m.order {
			m.claim(i)
		}
		for i, edges := range m.edges {
			for k := range edges {
				e := &edges[k]
				e.free = float64(keep*e.free) + float64((1-keep)*m.freedom(e))
			}
			m.note(i)
		}
		keep = damping
	}
}

// freedom is how likely no other sheet has an edge's student.
func (m *matching) freedom(e *edge) float64 {
	if m.gone[e.student] {
		return 0
	}
	return 1 / (1 + max(0, m.taken[e.student]-e.claim))
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

// note remembers sheet i's marginals, those of students if they are less than
// before, which they begin as the sheet's own posteriors.
func (m *matching) note(i int) {
	sum := m.nobody[i]
	for _, e := range m.edges[i] {
		sum += float64(e.weight * e.free)
	}
	m.left[i] = m.nobody[i] / sum
	for k := range m.edges[i] {
		e := &m.edges[i][k]
		e.least = min(e.least, float64(e.weight*e.free)/sum)
	}
}

// shared is sheet i's belief under the rule. Its students need not add up to
// what no one takes: the difference is doubt between them.
func (m *matching) shared(i int) belief {
	b := m.own[i]
	b.students = make([]float64, len(m.taken))
	for _, e := range m.edges[i] {
		b.students[e.student] = e.least
	}
	if no := b.stranger + b.none; no > 0 {
		b.stranger, b.none = float64(b.stranger/no)*m.left[i], float64(b.none/no)*m.left[i]
	}
	return b
}
