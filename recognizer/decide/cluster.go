package decide

import (
	"math"
	"math/bits"
)

// cluster is sheets that compete for the same students, few enough for the sum
// over all ways of giving each of them one student or none. The sum takes one
// sheet after the other. What it must remember on the way is only which of the
// students that a later sheet may want have a sheet already.
type cluster struct {
	sheets []int // canonical indices, in the order of the sum
	steps  []sumStep
	open   bool // weak edges join it with others
}

// sumStep is one sheet's turn.
type sumStep struct {
	sheet  int
	width  int     // places of memory in use
	wants  []place // strong edges
	closes []place // students whom no later sheet wants
}

// place is where a student is remembered.
type place struct {
	student int
	edge    int // of the sheet, in wants
	bit     uint
}

// Bounds of the exact sum.
const (
	mostSheets = 64
	mostPlaces = 10
	// mostWork is how many states all sums over a cluster may go through, some
	// milliseconds' worth.
	mostWork = 1 << 20
)

// newCluster plans the sum over sheets whose strong edges weigh at least so much.
// It returns nil if there is too much to go through.
func (m *matching) newCluster(sheets []int, least float64) *cluster {
	if len(sheets) > mostSheets {
		return nil
	}
	c := &cluster{}
	p := planner{m: m, least: least, waiting: make(map[int]int), bits: make(map[int]uint)}
	edges := 0
	for _, i := range sheets {
		for _, e := range m.sheets[i].edges {
			if e.weight >= least {
				p.waiting[e.student]++
				edges++
			}
		}
	}
	rest := append([]int(nil), sheets...)
	work := 0
	for len(rest) > 0 {
		next := p.cheapest(rest)
		step, ok := p.step(rest[next])
		work += (2 + len(step.wants)) << step.width
		if !ok || work*(2*len(sheets)+2*edges) > mostWork {
			return nil
		}
		c.steps, c.sheets = append(c.steps, step), append(c.sheets, step.sheet)
		rest = append(rest[:next], rest[next+1:]...)
	}
	return c
}

// planner chooses the order of a sum.
type planner struct {
	m       *matching
	least   float64
	waiting map[int]int  // sheets to come that want a student
	bits    map[int]uint // where open students are remembered
	used    uint
}

// cheapest is the sheet after whose turn the fewest students are open, the first
// of equals.
func (p *planner) cheapest(rest []int) int {
	best, least := 0, math.MaxInt
	for n, i := range rest {
		cost := 0
		for _, e := range p.m.sheets[i].edges {
			_, isOpen := p.bits[e.student]
			switch {
			case e.weight < p.least:
			case p.waiting[e.student] == 1 && isOpen:
				cost--
			case p.waiting[e.student] > 1 && !isOpen:
				cost++
			}
		}
		if cost < least {
			best, least = n, cost
		}
	}
	return best
}

// step plans a sheet's turn; false if it needs too much memory.
func (p *planner) step(sheet int) (sumStep, bool) {
	s := sumStep{sheet: sheet}
	for k, e := range p.m.sheets[sheet].edges {
		if e.weight < p.least {
			continue
		}
		bit, ok := p.bits[e.student]
		if !ok {
			bit = uint(bits.TrailingZeros(^p.used))
			p.bits[e.student] = bit
			p.used |= 1 << bit
		}
		at := place{student: e.student, edge: k, bit: bit}
		s.wants = append(s.wants, at)
		p.waiting[e.student]--
		if p.waiting[e.student] == 0 {
			s.closes = append(s.closes, at)
		}
	}
	s.width = bits.Len(p.used)
	for _, at := range s.closes {
		delete(p.bits, at.student)
		p.used &^= 1 << at.bit
	}
	return s, s.width <= mostPlaces
}

// question restricts a sum.
type question struct {
	sheet  int // left out, unless placed; -1 for none
	placed int // the student whom the sheet is given to; -1 for none
	closed int // the student whom no sheet is given to, at no cost; -1 for none
	needed int // the student to whom some sheet must be given; -1 for none
}

// every is the question without restrictions.
func every() question { return question{-1, -1, -1, -1} }

// sum adds the weights of all ways up that a question allows.
func (c *cluster) sum(m *matching, q question) scaled {
	var out scaled
	now, next := m.now[:], m.next[:]
	now[0] = 1
	for n := range c.steps {
		s := &c.steps[n]
		states := 1 << s.width
		// Places that are new hold nothing yet.
		for i := 1 << c.before(n); i < states; i++ {
			now[i] = 0
		}
		m.turn(s, q, now[:states], next[:states])
		now, next = next, now
		m.closeStudents(s, q, now[:states])
		out.exponent += rescale(now[:states])
	}
	out.value = now[0]
	return out
}

// before is how many places were in use up to step n.
func (c *cluster) before(n int) int {
	if n == 0 {
		return 0
	}
	return c.steps[n-1].width
}

// turn gives a step's sheet to no one here, or to each student it wants.
func (m *matching) turn(s *sumStep, q question, now, next []float64) {
	sheet := &m.sheets[s.sheet]
	elsewhere := sheet.elsewhere
	switch {
	case q.sheet == s.sheet && q.placed < 0:
		copy(next, now)
		return
	case q.sheet == s.sheet:
		elsewhere = 0
	}
	for i, v := range now {
		next[i] = float64(v * elsewhere)
	}
	for _, at := range s.wants {
		if at.student == q.closed || (q.sheet == s.sheet && q.placed != at.student) {
			continue
		}
		first, more := m.costs(at.student, sheet.edges[at.edge].weight)
		bit := 1 << at.bit
		for i, v := range now {
			if i&bit == 0 {
				next[i|bit] += float64(v * first)
			} else {
				next[i] += float64(v * more)
			}
		}
	}
}

// costs are the weight of a student's first sheet here, and of each further one.
func (m *matching) costs(student int, weight float64) (first, more float64) {
	more = float64(weight * m.duplicate)
	if m.students[student].taken {
		return more, more
	}
	return weight, more
}

// closeStudents forgets students whom no later sheet wants.
func (m *matching) closeStudents(s *sumStep, q question, now []float64) {
	for _, at := range s.closes {
		if at.student == q.closed {
			continue
		}
		none, some := m.students[at.student].ends(m)
		if at.student == q.needed {
			none, some = 0, 1
		}
		bit := 1 << at.bit
		for i := range now {
			if i&bit == 0 {
				now[i] = float64(now[i]*none) + float64(now[i|bit]*some)
				now[i|bit] = 0
			}
		}
	}
}

// scaled is a number as value times 2^exponent; sums over many duplicates are
// too small for a float64.
type scaled struct {
	value    float64
	exponent int
}

// over is a quotient, 0 if there is nothing to divide.
func (s scaled) over(t scaled) float64 {
	if s.value == 0 || t.value == 0 {
		return 0
	}
	return math.Ldexp(s.value/t.value, s.exponent-t.exponent)
}

// rescale brings the greatest value near to 1 and returns the exponent.
func rescale(values []float64) int {
	most := 0.0
	for _, v := range values {
		most = max(most, v)
	}
	_, exponent := math.Frexp(most)
	if most == 0 || (exponent > -200 && exponent < 200) {
		return 0
	}
	for i, v := range values {
		values[i] = math.Ldexp(v, -exponent)
	}
	return exponent
}

// solve computes what the matching wants to know about the cluster.
func (c *cluster) solve(m *matching) {
	whole := c.sum(m, every())
	for n := range c.steps {
		s := &c.steps[n]
		sheet := &m.sheets[s.sheet]
		sheet.alone = c.sum(m, question{s.sheet, -1, -1, -1}).over(whole)
		for _, at := range s.wants {
			e := &sheet.edges[at.edge]
			e.any = c.sum(m, question{s.sheet, at.student, -1, -1}).over(whole)
			if e.best {
				e.only = float64(e.weight * c.sum(m, question{s.sheet, -1, at.student, -1}).over(whole))
			}
		}
		for _, at := range s.closes {
			if st := &m.students[at.student]; st.weak {
				st.none = c.sum(m, question{-1, -1, at.student, -1}).over(whole)
				st.some = c.sum(m, question{-1, -1, -1, at.student}).over(whole)
			}
		}
	}
}
