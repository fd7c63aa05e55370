package decide

import "hakbeon/recognizer/read"

// changedState is the weight of all paths that stand at one sign of an ID, of
// those that say the ID itself and of those with one digit changed.
type changedState struct {
	plain, changed state       // changed: changed before, or misread here, or in the gap
	other          [10]float64 // changed here, on the digit that stands here instead
	others         float64     // sum of other

	// What may enter the sign in this column.
	ready, changedReady float64
}

func (s *changedState) sum() float64 {
	return s.plain.ink + s.plain.bad + s.plain.gap + s.changed.ink + s.changed.bad + s.changed.gap + s.others
}

// scoreChanged is what score is, for the sum over all IDs that differ in one
// digit: of each node, over all its signs and all nine other digits. So a line
// is asked once about all strangers near to many students.
//
// A path is doubled: before the change it goes where score's paths go, with the
// change it enters the second half, and stays there.
func (t *trie) scoreChanged(e *emissions, slip slips, least float64) []float64 {
	n := len(t.nodes)
	total, changedTotal := make([]float64, n), make([]float64, n)
	now, next := make([]changedState, n), make([]changedState, n)
	for c := range e.signs {
		now[0].plain.gap = e.open[c]
		for i := 1; i < n; i++ {
			w := &next[i]
			sign, up := t.nodes[i].sign, t.nodes[i].parent
			if !w.advance(&now[i], &now[up], sign, t.nodes[up].sign, e, c, slip, least) {
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
		if t.nodes[i].sign < read.Letter {
			changedTotal[i] += float64(float64(9*slip.skip) * total[up])
		}
		total[i] += float64(slip.skip * total[up])
	}
	return changedTotal
}

// advance computes a node's next column from its own and its parent's last. It
// reports whether there is any weight worth following.
func (s *changedState) advance(was, up *changedState, sign, upSign int8, e *emissions, c int, slip slips, least float64) bool {
	out := up.plain.gap + up.plain.bad + float64(slip.skip*up.ready)
	was.ready = out
	earlier := up.changed.gap + up.changed.bad + float64(slip.skip*up.changedReady) + up.others
	if sign < read.Letter {
		earlier = max(0, earlier-up.other[sign])
	}
	if sign != upSign {
		was.ready += up.plain.ink
		earlier += up.changed.ink
	}
	was.changedReady = earlier
	if out+up.plain.ink+earlier+was.sum() < least {
		*s = changedState{}
		return false
	}
	marks, gaps, ink := e.marks[c], e.gaps[c], e.signs[c][sign]
	s.plain = was.plain.next(was.ready, ink, marks, gaps, slip)
	s.others = 0
	if sign < read.Letter && out+up.plain.ink+was.others >= least {
		was.changedReady += s.change(was, up, out, sign, upSign, &e.signs[c])
	} else {
		s.other = [10]float64{}
	}
	s.changed.ink = float64(ink * (was.changed.ink + earlier))
	s.changed.bad = float64(marks * (was.changed.bad + float64(slip.misread*was.changedReady)))
	s.changed.gap = float64(gaps * (was.changed.gap + was.changed.ink + was.others + was.changed.bad))
	return true
}

// change puts each other digit in the sign's place and returns what enters it.
func (s *changedState) change(was, up *changedState, out float64, sign, upSign int8, signs *[read.Letter + 1]float64) float64 {
	entering, others := 0.0, 0.0
	for d := range int8(10) {
		if d == sign {
			continue
		}
		in := out
		if d != upSign {
			in += up.plain.ink
		}
		entering += in
		s.other[d] = float64(signs[d] * (was.other[d] + in))
		others += s.other[d]
	}
	s.other[sign], s.others = 0, others
	return entering
}

// near adds the strangers near to students: an ID of a student drawn by lot, of
// which one digit drawn by lot was changed to another, and which isn't on the
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
	total := t.scoreChanged(&l.emissions, p.slips, least)
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

// changes is the number of IDs that differ from one in one digit.
func changes(of []int8) int {
	n := 0
	for _, s := range of {
		if s < read.Letter {
			n += 9
		}
	}
	return n
}

// neighbours are the students whose IDs differ from student j's in one digit,
// one for each ID that looks different.
func (p *page) neighbours(j int) []int {
	var out []int
	id := []byte(key(p.signs[j]))
	for i, was := range id {
		if was == read.Letter {
			continue
		}
		for d := range byte(10) {
			id[i] = d
			if k, ok := p.index[string(id)]; ok && d != was {
				out = append(out, k)
			}
		}
		id[i] = was
	}
	return out
}
