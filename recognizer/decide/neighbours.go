package decide

import "hakbeon/recognizer/read"

// changedState is the weight of all paths that stand at one sign of an ID, of
// those that say the ID itself and of those with one sign changed.
type changedState struct {
	plain, changed state     // changed: changed before, or misread here, or in the gap
	other          []float64 // changed here, on the sign of its kind that stands here instead
	others         float64   // sum of other

	// What may enter the sign in this column.
	ready, changedReady float64
}

func (s *changedState) sum() float64 {
	return s.plain.ink + s.plain.bad + s.plain.gap + s.changed.ink + s.changed.bad + s.changed.gap + s.others
}

// scoreChanged is what score is, for the sum over all IDs that differ in one sign:
// of each node, over all its signs and all others of their kinds. So a line is asked
// once about all strangers near to many students. Letters are changed if they are told
// apart.
//
// A path is doubled: before the change it goes where score's paths go, with the
// change it enters the second half, and stays there.
func (t *trie) scoreChanged(e *emissions, slip slips, least float64, told bool) []float64 {
	n := len(t.nodes)
	total, changedTotal := make([]float64, n), make([]float64, n)
	now, next := t.changedStates(told), t.changedStates(told)
	for c := range e.signs {
		now[0].plain.gap = e.open[c]
		for i := 1; i < n; i++ {
			w := &next[i]
			sign, up := t.nodes[i].sign, t.nodes[i].parent
			if !w.advance(&now[i], &now[up], place{sign, t.nodes[up].sign, kindOf(sign, told)}, e, c, slip, least) {
				continue
			}
			total[i] += float64((w.plain.ink + w.plain.bad) * e.close[c])
			changedTotal[i] += float64((w.changed.ink + w.others + w.changed.bad) * e.close[c])
		}
		now, next = next, now
	}
	for i := 1; i < n; i++ {
		up := t.nodes[i].parent
		changedTotal[i] += float64(slip.skip * changedTotal[up])
		if of := kindOf(t.nodes[i].sign, told); of.size > 0 {
			changedTotal[i] += float64(float64(float64(of.size-1)*slip.skip) * total[up])
		}
		total[i] += float64(slip.skip * total[up])
	}
	return changedTotal
}

// changedStates are the states of all nodes, without weight.
func (t *trie) changedStates(told bool) []changedState {
	out, room := make([]changedState, len(t.nodes)), 0
	for i := range t.nodes {
		room += int(kindOf(t.nodes[i].sign, told).size)
	}
	all := make([]float64, room)
	for i := range out {
		n := kindOf(t.nodes[i].sign, told).size
		out[i].other, all = all[:n:n], all[n:]
	}
	return out
}

// place is where a node stands: its sign, the one before it, and the sign's kind.
type place struct {
	sign, before int8
	kind
}

// advance computes a node's next column from its own and its parent's last. It
// reports whether there is any weight worth following.
func (s *changedState) advance(was, up *changedState, at place, e *emissions, c int, slip slips, least float64) bool {
	out := up.plain.gap + up.plain.bad + float64(slip.skip*up.ready)
	was.ready = out
	earlier := up.changed.gap + up.changed.bad + float64(slip.skip*up.changedReady) + up.others
	// The same sign follows itself only after a gap.
	if i := int(at.sign - kindOf(at.before, true).first); i >= 0 && i < len(up.other) {
		earlier = max(0, earlier-up.other[i])
	}
	if at.sign != at.before {
		was.ready += up.plain.ink
		earlier += up.changed.ink
	}
	was.changedReady = earlier
	if out+up.plain.ink+earlier+was.sum() < least {
		other := s.other
		clear(other)
		*s = changedState{other: other}
		return false
	}
	marks, gaps, ink := e.marks[c], e.gaps[c], e.signs[c][at.sign]
	s.plain = was.plain.next(was.ready, ink, marks, gaps, slip)
	s.others = 0
	if at.size > 0 && out+up.plain.ink+was.others >= least {
		was.changedReady += s.change(was, up, out, at, &e.signs[c])
	} else {
		clear(s.other)
	}
	s.changed.ink = float64(ink * (was.changed.ink + earlier))
	s.changed.bad = float64(marks * (was.changed.bad + float64(slip.misread*was.changedReady)))
	s.changed.gap = float64(gaps * (was.changed.gap + was.changed.ink + was.others + was.changed.bad))
	return true
}

// change puts each other sign of its kind in the sign's place and returns what enters it.
func (s *changedState) change(was, up *changedState, out float64, at place, signs *[read.Alphabet]float64) float64 {
	entering, others := 0.0, 0.0
	own, before := at.sign-at.first, at.before-at.first
	other, last, of := s.other[:at.size], was.other[:at.size], signs[at.first:at.first+at.size]
	for d := range int8(len(other)) {
		if d == own {
			continue
		}
		in := out
		if d != before {
			in += up.plain.ink
		}
		entering += in
		other[d] = float64(of[d] * (last[d] + in))
		others += other[d]
	}
	other[own], s.others = 0, others
	return entering
}

// near adds the strangers near to students: an ID of a student drawn by lot, of
// which one sign drawn by lot was changed to another, and which isn't on the
// roster itself. Without them a line that says 7 where the only student near says
// 8 would be given to that student, because other strangers are spread too
// thinly to count. It also notes, of each student asked about, how much likelier all
// those IDs are together: the ratio that verifies the student.
//
// Only those students are asked about whose changed IDs can matter. A student's
// own score bounds them: reading a changed digit is a misreading of the
// student's, so it is counted there already, at the price of a misreading.
func (p *page) near(whole float64) {
	factor := p.priors.strange[strangeNear] / p.slips.misread
	memory := make(map[int][]int)
	p.verified = make(map[int]verification)
	for i := range p.lines {
		l := &p.lines[i]
		var who []int
		var of [][]int8
		for j, v := range l.students {
			if n := p.changes[j]; n > 0 && float64(v*factor) >= float64(float64(rough*whole)*n) {
				who, of = append(who, j), append(of, p.signs[j])
			}
		}
		if len(who) > 0 {
			l.strange[strangeNear] = p.nearOnLine(l, who, of, memory) / float64(len(p.ids))
			p.strange[strangeNear] += l.strange[strangeNear]
		}
	}
}

// nearOnLine adds up, over the students, the mean likelihood of their changed IDs.
func (p *page) nearOnLine(l *pageLine, who []int, of [][]int8, memory map[int][]int) float64 {
	t := newTrie(of)
	// A near stranger's path of less weighs less than the tolerance.
	least := float64(p.threshold(l) * (p.priors.student / p.priors.strange[strangeNear]))
	total := t.scoreChanged(&l.emissions, p.slips, least, p.told)
	sum := 0.0
	for n, j := range who {
		neighbours, ok := memory[j]
		if !ok {
			neighbours = p.neighbours(j)
			memory[j] = neighbours
		}
		w := float64(float64(total[t.leaf[n]]*p.gains[j]) * l.share)
		for _, k := range neighbours {
			w -= l.students[k]
		}
		w = max(0, w)
		left := int(p.changes[j]) - len(neighbours)
		if left > 0 {
			sum += w / float64(left)
		}
		p.verified[j] = verification{p.verified[j].changed + w/p.students[j], left}
	}
	return sum
}
