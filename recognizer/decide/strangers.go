package decide

import (
	"slices"

	"hakbeon/recognizer/read"
)

// digitGain is how much more a digit that an ID explains is worth than one by
// chance; its power with an ID's length makes scores of different lengths, and
// of no ID at all, comparable.
const digitGain = 10

func gain(length int) float64 {
	g := 1.0
	for range length {
		g = float64(g * digitGain)
	}
	return g
}

// defaultLength is an ID's length when there is no roster to tell.
const defaultLength = 8

// guess is what strangers' IDs of one length look like.
type guess struct {
	share float64 // of the roster's IDs that are of this length, times its gain
	ids   anyID
}

// guesses makes two for each length of the roster's IDs: any digits at all, and
// digits and letters as frequent at each place as on the roster, because most strangers
// come from the same school. Letters that aren't told apart aren't guessed.
func guesses(ids [][]int8, told bool) (whatever, frequent []guess) {
	byLength := make(map[int][][]int8)
	total := 0
	for _, id := range ids {
		if len(id) > 0 {
			byLength[len(id)] = append(byLength[len(id)], id)
			total++
		}
	}
	if total == 0 {
		byLength[defaultLength] = make([][]int8, 1)
		total = 1
	}
	var lengths []int
	for n := range byLength {
		lengths = append(lengths, n)
	}
	slices.Sort(lengths)
	for _, n := range lengths {
		share := float64(float64(len(byLength[n])) / float64(total) * gain(n))
		whatever = append(whatever, guess{share, frequencies(nil, n, told)})
		frequent = append(frequent, guess{share, frequencies(byLength[n], n, told)})
	}
	return whatever, frequent
}

// frequencies counts signs at each place, starting from one of each digit and, where
// there are letters, of each letter.
func frequencies(group [][]int8, length int, told bool) anyID {
	width := read.Letter
	if told && slices.ContainsFunc(group, func(id []int8) bool { return slices.ContainsFunc(id, isLetter) }) {
		width = read.Alphabet
	}
	a := make(anyID, length)
	for i := range a {
		a[i] = make([]float64, width)
		least := read.Letter
		if told && slices.ContainsFunc(group, func(id []int8) bool { return i < len(id) && isLetter(id[i]) }) {
			least = width
		}
		n := 0.0
		for d := range least {
			a[i][d], n = 1, n+1
		}
		for _, id := range group {
			if i < len(id) && int(id[i]) < least {
				a[i][id[i]], n = a[i][id[i]]+1, n+1
			}
		}
		for d := range a[i] {
			a[i][d] /= n
		}
	}
	return a
}

func scoreGuesses(of []guess, e *emissions, slip slips) float64 {
	sum := 0.0
	for _, g := range of {
		sum += float64(g.share * g.ids.score(e, slip))
	}
	return sum
}

// likelihoodOf is how likely guesses make an ID, times its gain.
func likelihoodOf(guesses []guess, id []int8) float64 {
	for _, g := range guesses {
		if len(g.ids) != len(id) {
			continue
		}
		p := g.share
		for i, s := range id {
			if int(s) >= len(g.ids[i]) {
				return 0
			}
			p = float64(p * g.ids[i][s])
		}
		return p
	}
	return 0
}
