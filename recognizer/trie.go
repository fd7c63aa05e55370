package recognizer

import "slices"

// trie holds a roster's IDs with their shared beginnings merged, so that a
// beginning is scored once. Nodes stand in the order of a walk: a node, then all
// that begin with it. Node 0 is the root.
type trie struct {
	nodes []node
	leaf  []int32 // node of each ID, in the order given; 0, the root, if it has no signs
}

type node struct {
	parent int32
	end    int32 // the first node that doesn't begin with this one
	depth  int32 // number of signs
	sign   int8  // digit 0 to 9, or letterSign; -1 at the root
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

// step is what the walk through the trie keeps of a node above: its weights of
// the column before, as its followers see them.
type step struct {
	out  float64 // in the gap, misread, or skipped
	ink  float64
	sign int8
}

// scores takes a trie's scores of line after line. Its slices are used again.
type scores struct {
	total []float64 // of each node
	state []state
	live  []int32 // 2 more than the last column at which a node or a follower had weight
	path  []step  // from the root to the node of the walk, by depth
}

func newScores(t *trie) *scores {
	n, deepest := len(t.nodes), int32(0)
	for i := range t.nodes {
		deepest = max(deepest, t.nodes[i].depth)
	}
	return &scores{
		total: make([]float64, n), state: make([]state, n), live: make([]int32, n), path: make([]step, deepest+1),
	}
}

// score is the CTC forward sum of each node's signs over all places on the line
// where they may stand, in one pass over the columns. A sign may also be misread
// as any other, over as many columns as it likes, or be skipped. Weights below
// least are dropped, which most beginnings soon are: whatever can't be here costs
// nothing.
func (t *trie) score(e *emissions, slip slips, least float64, s *scores) []float64 {
	clear(s.total)
	clear(s.state)
	clear(s.live)
	for c := range e.signs {
		s.path[0] = step{out: e.open[c], sign: -1}
		for i := int32(1); i < int32(len(t.nodes)); {
			n := &t.nodes[i]
			up := &s.path[n.depth-1]
			in := up.out
			if n.sign != up.sign { // a digit follows itself only after a gap
				in += up.ink
			}
			if in < least && s.live[i] != int32(c+1) {
				i = n.end
				continue
			}
			was := &s.state[i]
			s.path[n.depth] = step{out: was.gap + was.bad + float64(slip.skip*in), ink: was.ink, sign: n.sign}
			ink := float64(e.signs[c][n.sign] * (was.ink + in))
			bad := float64(e.marks[c] * (was.bad + float64(slip.misread*in)))
			*was = state{ink: ink, bad: bad, gap: float64(e.gaps[c] * (was.gap + was.ink + was.bad))}
			s.total[i] += float64((ink + bad) * e.close[c])
			s.keep(t, i, c, least)
			i++
		}
	}
	for i := 1; i < len(t.nodes); i++ {
		s.total[i] += float64(slip.skip * s.total[t.nodes[i].parent])
	}
	return s.total
}

// keep marks a node and those above it as alive for the next column, or clears
// it if hardly any weight is left.
func (s *scores) keep(t *trie, i int32, c int, least float64) {
	w := &s.state[i]
	if w.ink+w.bad+w.gap < least {
		*w = state{}
		return
	}
	for now := int32(c + 2); i > 0 && s.live[i] != now; i = t.nodes[i].parent {
		s.live[i] = now
	}
}
