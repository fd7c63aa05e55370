package decide

import "slices"

// trie holds a roster's IDs with their shared beginnings merged, so that a
// beginning is scored once. Nodes stand in the order of a walk: a node, then all
// that begin with it. Node 0 is the root.
type trie struct {
	nodes []node
	leaf  []int32 // node of each ID, in the order given; 0, the root, if it has no signs
	ends  []bool  // whether an ID has so many signs
}

type node struct {
	parent int32
	end    int32 // the first node that doesn't begin with this one
	depth  int32 // number of signs
	sign   int8  // see read.Signs; -1 at the root
}

func newTrie(ids [][]int8) *trie {
	order := make([]int, len(ids))
	deepest := 0
	for i := range ids {
		order[i], deepest = i, max(deepest, len(ids[i]))
	}
	slices.SortFunc(order, func(a, b int) int { return slices.Compare(ids[a], ids[b]) })
	t := &trie{nodes: []node{{parent: -1, sign: -1}}, leaf: make([]int32, len(ids))}
	path := make([]int32, deepest+1) // nodes of the ID before
	var last []int8
	for _, i := range order {
		id := ids[i]
		shared := 0
		for shared < len(last) && shared < len(id) && last[shared] == id[shared] {
			shared++
		}
		for d := shared; d < len(id); d++ {
			path[d+1] = int32(len(t.nodes))
			t.nodes = append(t.nodes, node{parent: path[d], depth: int32(d + 1), sign: id[d]})
		}
		t.leaf[i], last = path[len(id)], id
	}
	t.close()
	t.ends = make([]bool, deepest+1)
	for _, leaf := range t.leaf {
		t.ends[t.nodes[leaf].depth] = true
	}
	return t
}

// close fills in where each node's followers end.
func (t *trie) close() {
	for i := len(t.nodes) - 1; i >= 0; i-- {
		n := &t.nodes[i]
		n.end = max(n.end, int32(i+1))
		if n.parent >= 0 {
			up := &t.nodes[n.parent]
			up.end = max(up.end, n.end)
		}
	}
}

// state is the weight of all paths that stand at one sign of an ID: on the sign
// itself, on a misreading of it, or in the gap after it.
type state struct{ ink, bad, gap float64 }

// next is the state one column on; in is what enters the sign there.
func (s state) next(in float64, signs, marks, gaps float64, slip slips) state {
	return state{
		ink: float64(signs * (s.ink + in)),
		bad: float64(marks * (s.bad + float64(slip.misread*in))),
		gap: float64(gaps * (s.gap + s.ink + s.bad)),
	}
}

// track is a node's state on one line.
type track struct {
	state
	line int // whose it is: that of an earlier line counts as none
	live int // 2 more than the last column at which a node or a follower had weight
}

// step is what the walk through the trie keeps of a node above: its weights of
// the column before, as its followers see them.
type step struct {
	out  float64 // in the gap, misread, or skipped
	ink  float64
	sign int8
}

// scores takes a trie's scores of line after line. Its slices are used again: a roster
// may have many more students than a line has weight for, and what takes a step for each
// of them takes most.
type scores struct {
	line  int
	track []track
	path  []step    // from the root to the node of the walk, by depth
	total []float64 // of all paths that end at a node

	students []float64   // of a page, see page
	spare    [][]float64 // of lines
	names    *nameWork   // nil if the roster has none
}

func newScores(t *trie) *scores {
	deepest := int32(0)
	for i := range t.nodes {
		deepest = max(deepest, t.nodes[i].depth)
	}
	return &scores{track: make([]track, len(t.nodes)), path: make([]step, deepest+1), total: make([]float64, len(t.nodes))}
}

// score is the CTC forward sum of each node's signs over all places on the line
// where they may stand, in one pass over the columns. A sign may also be misread
// as any other, over as many columns as it likes, or be skipped. Weights below
// least are dropped, which most beginnings soon are: whatever can't be here costs
// little.
func (t *trie) score(e *emissions, slip slips, least float64, s *scores) []float64 {
	s.line++
	clear(s.total)
	for c := range e.signs {
		s.path[0] = step{out: e.open[c], sign: -1}
		t.column(e, c, slip, least, s)
	}
	for i := 1; i < len(t.nodes); i++ {
		s.total[i] += float64(slip.skip * s.total[t.nodes[i].parent])
	}
	return s.total
}

// ofStudents is room for a number for each student, with anything in it.
func (s *scores) ofStudents(n int) []float64 {
	if last := len(s.spare) - 1; last >= 0 {
		room := s.spare[last]
		s.spare = s.spare[:last]
		return room
	}
	return make([]float64, n)
}

// giveBack takes such room back.
func (s *scores) giveBack(room []float64) { s.spare = append(s.spare, room) }

// column takes all nodes that can have weight from one column to the next.
func (t *trie) column(e *emissions, c int, slip slips, least float64, s *scores) {
	signs, marks, gaps, ends := &e.signs[c], e.marks[c], e.gaps[c], e.close[c]
	nodes, tracks := t.nodes, s.track[:len(t.nodes)]
	last, depth := s.path[0], int32(0) // the node before, which mostly is the parent
	for i := int32(1); i < int32(len(nodes)); {
		n, w, up := &nodes[i], &tracks[i], last
		if n.depth != depth+1 {
			up = s.path[n.depth-1]
		}
		if w.line != s.line {
			*w = track{line: s.line}
		}
		in := up.out
		if n.sign != up.sign { // a digit follows itself only after a gap
			in += up.ink
		}
		if in < least && w.live <= c {
			i = n.end
			continue
		}
		last, depth = step{out: w.gap + w.bad + float64(slip.skip*in), ink: w.ink, sign: n.sign}, n.depth
		s.path[depth] = last
		w.state = w.next(in, signs[n.sign], marks, gaps, slip)
		if w.ink+w.bad+w.gap < least {
			w.state = state{}
			i++
			continue
		}
		s.total[i] += float64((w.ink + w.bad) * ends)
		for k := i; k > 0 && tracks[k].live != c+2; k = nodes[k].parent {
			tracks[k].live = c + 2
		}
		i++
	}
}

// ceiling bounds the scores of all IDs from above, times their gains: what an ID
// would score that has the likeliest digit in every column.
func (t *trie) ceiling(e *emissions, slip slips) float64 {
	deepest := len(t.ends) - 1
	states, totals := make([]state, deepest+1), make([]float64, deepest+1)
	for c := range e.signs {
		most := slices.Max(e.signs[c][:])
		last, ready := state{gap: e.open[c]}, 0.0
		for d := 1; d <= deepest; d++ {
			w := &states[d]
			ready = last.gap + last.ink + last.bad + float64(slip.skip*ready)
			last, *w = *w, w.next(ready, most, e.marks[c], e.gaps[c], slip)
			totals[d] += float64((w.ink + w.bad) * e.close[c])
		}
	}
	best := 0.0
	for d := 1; d <= deepest; d++ {
		totals[d] += float64(slip.skip * totals[d-1])
		if t.ends[d] {
			best = max(best, float64(totals[d]*gain(d)))
		}
	}
	return best
}
