package decide

import (
	"slices"
	"sync"

	"hakbeon/recognizer/read"
)

// alike is a roster as its IDs look: with letters told apart, as on readings on which
// they were read, or with one letter as good as another.
type alike struct {
	told    bool
	signs   [][]int8
	trie    *trie
	changes []float64      // of each student, the number of IDs with one sign changed
	index   map[string]int // the student of an ID; the last of those that look the same

	whatever []guess
	frequent []guess
	// guessed is, of each student, how likely the guesses make the ID.
	guessed [2][]float64

	work sync.Pool // of *scores, to be used again
}

func newAlike(ids []string, gains []float64, told bool) *alike {
	a := &alike{told: told, index: make(map[string]int, len(ids))}
	for i, id := range ids {
		of := read.Signs(id)
		if !told {
			for k := range of {
				of[k] = min(of[k], read.Letter)
			}
		}
		a.signs = append(a.signs, of)
		a.changes = append(a.changes, float64(changes(of, told)))
		a.index[key(of)] = i
	}
	a.trie = newTrie(a.signs)
	a.whatever, a.frequent = guesses(a.signs, told)
	for kind, of := range [...][]guess{strangeAny: a.whatever, strangeFrequent: a.frequent} {
		for i, id := range a.signs {
			a.guessed[kind] = append(a.guessed[kind], float64(likelihoodOf(of, id)/gains[i]))
		}
	}
	return a
}

// changes is the number of IDs that differ from one in one sign.
func changes(of []int8, told bool) int {
	n := 0
	for _, s := range of {
		if k := kindOf(s, told); k.size > 0 {
			n += int(k.size) - 1
		}
	}
	return n
}

// key is a sequence of signs as a map's key.
func key(of []int8) string {
	b := make([]byte, len(of))
	for i, s := range of {
		b[i] = byte(s)
	}
	return string(b)
}

// neighbours are the students whose IDs differ from student j's in one sign,
// one for each ID that looks different.
func (a *alike) neighbours(j int) []int {
	var out []int
	id := []byte(key(a.signs[j]))
	for i, was := range id {
		of := kindOf(int8(was), a.told)
		for d := range of.size {
			id[i] = byte(of.first + d)
			if k, ok := a.index[string(id)]; ok && id[i] != was {
				out = append(out, k)
			}
		}
		id[i] = was
	}
	return out
}

// kind is a kind of signs that can be taken for each other: digits, or letters.
type kind struct{ first, size int8 }

// kindOf is the kind of a sign that may be changed. Letters may where they are told
// apart; else there is no other sign for one to be changed to.
func kindOf(sign int8, told bool) kind {
	switch {
	case sign < 0:
		return kind{}
	case sign < read.Letter:
		return kind{0, read.Letter}
	case told:
		return kind{read.Letter, read.Letters}
	}
	return kind{}
}

func isLetter(sign int8) bool { return sign >= read.Letter }

func hasLetters(ids []string) bool {
	return slices.ContainsFunc(ids, func(id string) bool { return slices.ContainsFunc(read.Signs(id), isLetter) })
}
