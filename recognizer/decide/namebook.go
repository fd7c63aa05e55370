package decide

import (
	"slices"

	"hakbeon/recognizer/roster"
)

// nameBook is a roster's names made ready for scoring lines: as tries, one for each
// script, so that what begins alike is scored once.
type nameBook struct {
	students int
	chars    []uint16 // of all names
	index    map[uint16]int32
	scripts  [2]nameTrie // Hangul, Latin
}

// nameTrie holds names as trie holds IDs.
type nameTrie struct {
	nodes []nameNode
	// owners are the students whose name ends at a node, one behind the other.
	owners []int32
	known  []bool // of each student, whether the script has a name of theirs
}

type nameNode struct {
	parent      int32
	char        int32 // in the book's order
	again       bool  // it is the one before once more
	first, last int32 // of owners
}

// newNameBook is nil for a roster without a name that can be read.
func newNameBook(ro *roster.Roster) *nameBook {
	names := callNames(ro)
	if names == nil {
		return nil
	}
	b := &nameBook{students: len(names), index: map[uint16]int32{}}
	for script := range b.scripts {
		b.scripts[script] = b.newTrie(names, script == 1)
	}
	return b
}

func (b *nameBook) script(latin bool) *nameTrie {
	if latin {
		return &b.scripts[1]
	}
	return &b.scripts[0]
}

func (b *nameBook) newTrie(names []callName, latin bool) nameTrie {
	type entry struct {
		chars   []uint16
		student int32
	}
	var all []entry
	t := nameTrie{nodes: []nameNode{{parent: -1, char: -1}}, known: make([]bool, len(names))}
	for j := range names {
		if len(names[j].orders) == 0 || names[j].latin != latin {
			continue
		}
		t.known[j] = true
		for _, order := range names[j].orders {
			all = append(all, entry{order, int32(j)})
		}
	}
	slices.SortFunc(all, func(x, y entry) int { return slices.Compare(x.chars, y.chars) })
	var path []int32
	var last []uint16
	for n, e := range all {
		if n == 0 || !slices.Equal(e.chars, last) {
			path, last = b.grow(&t, path, last, e.chars), e.chars
			t.nodes[path[len(path)-1]].first = int32(len(t.owners))
		}
		t.owners = append(t.owners, e.student)
		t.nodes[path[len(path)-1]].last = int32(len(t.owners))
	}
	return t
}

// grow adds the nodes of a name behind the one before, and returns its path.
func (b *nameBook) grow(t *nameTrie, path []int32, before, chars []uint16) []int32 {
	shared := 0
	for shared < len(before) && shared < len(chars) && before[shared] == chars[shared] {
		shared++
	}
	path = path[:shared]
	for d := shared; d < len(chars); d++ {
		up := int32(0)
		if d > 0 {
			up = path[d-1]
		}
		path = append(path, int32(len(t.nodes)))
		t.nodes = append(t.nodes, nameNode{parent: up, char: b.indexOf(chars[d]), again: d > 0 && chars[d] == chars[d-1]})
	}
	return path
}

func (b *nameBook) indexOf(char uint16) int32 {
	i, ok := b.index[char]
	if !ok {
		i = int32(len(b.chars))
		b.index[char], b.chars = i, append(b.chars, char)
	}
	return i
}
