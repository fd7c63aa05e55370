package decide

import (
	"cmp"
	"math"
	"slices"
)

// matching computes marginals over all ways of giving each sheet of a batch to
// one student or to none. A way's weight is the product of what each sheet says
// alone, and for each student of a factor for the number of its sheets: absent for
// none, 1 for one, and duplicate once more for each further one.
//
// Sheets that compete for the same students form clusters, and within a cluster
// the sum over all ways is exact. What joins clusters is too weak to matter much,
// and passes as messages (sum-product): how likely another sheet's
// claim is, how free another student. Where a crowd competes too closely for an
// exact sum, each of its sheets is a cluster of its own. Messages that come back
// around a ring are an echo and make the last rounds too sure, which the first
// round isn't: where there are messages, a marginal is the least of all rounds.
type matching struct {
	duplicate, absent float64
	sheets            []sheetNode // in canonical order
	students          []studentNode
	clusters          []*cluster
	now, next         [1 << mostPlaces]float64
}

type sheetNode struct {
	edges     []edge
	nobody    float64 // the sheet's own posterior of being no student's
	elsewhere float64 // weight of all outcomes outside the cluster
	alone     float64 // weight of all ways without the sheet, against all
	left      float64 // marginal of being no student's
}

// edge joins a sheet with a student who may have written it.
type edge struct {
	student int
	weight  float64 // the sheet's own posterior
	best    bool    // the student is the sheet's own best
	strong  bool    // it lies in a cluster
	claim   float64 // weak: message to the student, the odds that the sheet is its
	free    float64 // weak: message to the sheet, how free the student is
	others  float64 // weak: that no other sheet is the student's, if this one is
	any     float64 // marginal of the sheet being the student's
	only    float64 // best: and no other being the student's
	least   float64 // of any, of all rounds
	alone   float64 // of only, of all rounds
}

type studentNode struct {
	claims     []claimant // edges to it, in the order of the sheets
	taken      bool       // by a sheet that isn't here
	weak       bool       // has weak edges
	none, some float64    // weight of no and of some sheet of its cluster, against all
	load       float64    // of all weak claims, see join
}

type claimant struct{ sheet, edge int }

// Numbers of the matching.
const (
	// neglected is the share of a sheet that may be left out, in its unlikeliest
	// students. A rival of the main student can become likelier by at most
	// 1/Duplicate, when the main student is taken.
	neglected = 1e-8
	// leastNoOne is kept for a sheet being no one's.
	leastNoOne = 1e-9
	// Edges from some weight on are strong: the smallest of these for which the
	// sum is feasible, each ten times the last.
	leastStrong = 1e-6
	mostStrong  = 0.1

	rounds   = 60
	damping  = 0.5
	mostLoad = 1e100 // hundreds of duplicates
	settled  = 1e-8  // change of all messages from which on another round is idle
)

// newMatching takes the beliefs of sheets in canonical order.
func newMatching(beliefs []belief, taken []bool, p Params) *matching {
	m := &matching{
		duplicate: p.Duplicate, absent: p.Absent,
		sheets: make([]sheetNode, len(beliefs)), students: make([]studentNode, len(taken)),
	}
	for j := range m.students {
		m.students[j] = studentNode{taken: taken[j], none: 1}
	}
	all := make([]int, len(beliefs))
	for i := range beliefs {
		all[i] = i
		m.sheets[i] = newSheetNode(&beliefs[i])
		for k := range m.sheets[i].edges {
			st := &m.students[m.sheets[i].edges[k].student]
			st.claims = append(st.claims, claimant{i, k})
		}
	}
	m.split(all, 0)
	m.joinClusters()
	return m
}

func newSheetNode(b *belief) sheetNode {
	s := sheetNode{nobody: max(b.stranger+b.none, leastNoOne)}
	least := neglectedFrom(b.students)
	for _, w := range b.students {
		if w.p >= least {
			s.edges = append(s.edges, edge{student: w.student, weight: w.p, best: w.student == b.best, free: 1, others: 1, least: math.Inf(1), alone: math.Inf(1)})
		}
	}
	return s
}

// neglectedFrom is the posterior below which students are left out.
func neglectedFrom(students []posterior) float64 {
	sorted := make([]float64, len(students))
	for k, w := range students {
		sorted[k] = w.p
	}
	slices.Sort(sorted)
	sum := 0.0
	for _, p := range sorted {
		if sum += p; sum > neglected {
			return p
		}
	}
	return math.Inf(1)
}

// split makes clusters of sheets that are joined by edges of at least so much;
// where one would be too large, of fewer edges.
func (m *matching) split(sheets []int, least float64) {
	for _, part := range m.components(sheets, least) {
		c := m.newCluster(part, least)
		switch {
		case c != nil:
			m.clusters = append(m.clusters, c)
		case least < mostStrong:
			m.split(part, max(leastStrong, least*10))
		default:
			for _, i := range part {
				m.clusters = append(m.clusters, &cluster{sheets: []int{i}, steps: []sumStep{{sheet: i}}})
			}
		}
	}
}

// components groups sheets by edges of at least so much, each in the order of
// the sheets.
func (m *matching) components(sheets []int, least float64) [][]int {
	waiting := make(map[int]bool, len(sheets))
	for _, i := range sheets {
		waiting[i] = true
	}
	seen := make(map[int]bool) // students
	var out [][]int
	for _, first := range sheets {
		if !waiting[first] {
			continue
		}
		delete(waiting, first)
		part := []int{first}
		for n := 0; n < len(part); n++ {
			for _, e := range m.sheets[part[n]].edges {
				if e.weight < least || seen[e.student] {
					continue
				}
				seen[e.student] = true
				for _, c := range m.students[e.student].claims {
					if waiting[c.sheet] && m.edge(c).weight >= least {
						delete(waiting, c.sheet)
						part = append(part, c.sheet)
					}
				}
			}
		}
		slices.Sort(part)
		out = append(out, part)
	}
	return out
}

func (m *matching) edge(c claimant) *edge { return &m.sheets[c.sheet].edges[c.edge] }

// joinClusters marks edges as strong or weak, and what weak ones touch.
func (m *matching) joinClusters() {
	for _, c := range m.clusters {
		for n := range c.steps {
			for _, at := range c.steps[n].wants {
				m.sheets[c.steps[n].sheet].edges[at.edge].strong = true
			}
		}
	}
	for i := range m.sheets {
		for k := range m.sheets[i].edges {
			if e := &m.sheets[i].edges[k]; !e.strong {
				st := &m.students[e.student]
				st.weak = true
				if st.taken {
					e.free = m.duplicate
				}
			}
		}
	}
	for _, c := range m.clusters {
		c.open = slices.ContainsFunc(c.sheets, func(i int) bool {
			return slices.ContainsFunc(m.sheets[i].edges, func(e edge) bool { return !e.strong || m.students[e.student].weak })
		})
	}
}

// propagate solves all clusters, and again with what the others say until that
// changes no more.
func (m *matching) propagate() {
	for round := range rounds {
		m.gatherLoads()
		for _, c := range m.clusters {
			if round == 0 || c.open {
				m.gatherElsewhere(c)
				c.solve(m)
				m.note(c)
			}
		}
		keep := damping
		if round == 0 {
			keep = 0
		}
		if m.exchange(keep) < settled {
			return
		}
	}
}

// gatherElsewhere adds up what a cluster's sheets may be outside of it.
func (m *matching) gatherElsewhere(c *cluster) {
	for _, i := range c.sheets {
		s := &m.sheets[i]
		s.elsewhere = s.nobody
		for k := range s.edges {
			if e := &s.edges[k]; !e.strong {
				s.elsewhere += float64(e.weight * e.free)
			}
		}
	}
}

// Several sheets claim a student by chance, independently of each other, with the
// odds r1, r2, ... Their load is such that the expectation of the factors for the
// numbers of sheets is
//
//	f(0) + sum of f(n) over all choices of n sheets   = absent + load
//	f(1) + sum of f(1+n) over all choices of n sheets = 1 + duplicate*load
//
// because f(n) = duplicate^(n-1) makes the sum (product(1+duplicate*r) - 1) / duplicate.

// join is the load of two groups of sheets together.
func (m *matching) join(a, b float64) float64 {
	return min(mostLoad, a+b+float64(float64(m.duplicate*a)*b))
}

// ends are a student's factors for having none and some of its cluster's sheets,
// in the light of the claims of others.
func (s *studentNode) ends(m *matching) (none, some float64) {
	some = 1 + float64(m.duplicate*s.load)
	if s.taken {
		return some, some
	}
	return m.absent + s.load, some
}

func (m *matching) gatherLoads() {
	for j := range m.students {
		st := &m.students[j]
		st.load = 0
		for _, c := range st.claims {
			if e := m.edge(c); !e.strong {
				st.load = m.join(st.load, e.claim)
			}
		}
	}
}

// exchange computes all messages anew and returns the greatest change.
func (m *matching) exchange(keep float64) float64 {
	change := 0.0
	for i := range m.sheets {
		change = max(change, m.claim(&m.sheets[i], keep))
	}
	for j := range m.students {
		if m.students[j].weak {
			change = max(change, m.free(&m.students[j], keep))
		}
	}
	return change
}

// claim computes a sheet's messages to students outside its cluster. Two passes
// add up what stands before and after each edge; taking one edge off the sum of
// all would lose the small ones.
func (m *matching) claim(s *sheetNode, keep float64) float64 {
	within := 0.0
	for k := range s.edges {
		if s.edges[k].strong {
			within += s.edges[k].any
		}
	}
	rest := make([]float64, len(s.edges))
	before := s.nobody
	for k := range s.edges {
		rest[k] = before
		before += s.edges[k].outside()
	}
	after, change := 0.0, 0.0
	for k := len(s.edges) - 1; k >= 0; k-- {
		e := &s.edges[k]
		if !e.strong {
			odds := float64(e.weight*s.alone) / (float64((rest[k]+after)*s.alone) + within)
			odds = float64(keep*e.claim) + float64((1-keep)*odds)
			change = max(change, math.Abs(odds/(1+odds)-e.claim/(1+e.claim)))
			e.claim = odds
		}
		after += e.outside()
	}
	return change
}

// outside is what a weak edge weighs for its sheet.
func (e *edge) outside() float64 {
	if e.strong {
		return 0
	}
	return float64(e.weight * e.free)
}

// free computes a student's messages to sheets outside its cluster.
func (m *matching) free(s *studentNode, keep float64) float64 {
	before, after, change := 0.0, 0.0, 0.0
	loads := make([]float64, len(s.claims))
	for k, c := range s.claims {
		loads[k] = before
		if e := m.edge(c); !e.strong {
			before = m.join(before, e.claim)
		}
	}
	for k, c := range slices.Backward(s.claims) {
		e := m.edge(c)
		if e.strong {
			continue
		}
		free, others := m.freedom(s, m.join(loads[k], after))
		free = float64(keep*e.free) + float64((1-keep)*free)
		change = max(change, math.Abs(free-e.free))
		e.free, e.others = free, others
		after = m.join(after, e.claim)
	}
	return change
}

// freedom is how much a student weighs for one more sheet, given the load of the
// others outside its cluster, and how likely it would be that sheet alone.
func (m *matching) freedom(s *studentNode, load float64) (free, alone float64) {
	if s.taken {
		return m.duplicate, 0
	}
	more := 1 + float64(m.duplicate*load)
	with := s.none + float64(m.duplicate*s.some)
	without := float64(s.none*(m.absent+load)) + float64(s.some*more)
	return float64(with*more) / without, s.none / float64(with*more)
}

// note remembers the marginals of a cluster's sheets, each student's if it is
// less than before.
func (m *matching) note(c *cluster) {
	for _, i := range c.sheets {
		s := &m.sheets[i]
		s.left = float64(s.nobody * s.alone)
		for k := range s.edges {
			e := &s.edges[k]
			if !e.strong {
				e.any = float64(e.outside() * s.alone)
				e.only = float64(e.any * e.others)
			}
			if m.students[e.student].taken {
				e.only = 0
			}
			e.least, e.alone = min(e.least, e.any), min(e.alone, e.only)
		}
	}
}

// shared is sheet i's belief among all. The sum need not be 1: the difference is
// doubt between students.
func (m *matching) shared(i int, own *belief) belief {
	s, b := &m.sheets[i], *own
	b.students, b.alone = make([]posterior, len(s.edges)), 0
	for k, e := range s.edges {
		b.students[k] = posterior{e.student, min(1, e.least)}
		if e.best {
			b.alone = min(1, e.alone)
		}
	}
	if no := own.stranger + own.none; no > 0 {
		b.stranger, b.none = float64(own.stranger/no)*s.left, float64(own.none/no)*s.left
	}
	return b
}

// strongClaims counts the sheets that by themselves claim a student.
func (m *matching) strongClaims(student int, claim float64) int {
	st, n := &m.students[student], 0
	if st.taken {
		n = 1
	}
	for _, c := range st.claims {
		if cmp.Compare(m.edge(c).weight, claim) >= 0 {
			n++
		}
	}
	return n
}
