package decide

import (
	"cmp"
	"math"
	"slices"
	"strconv"

	"hakbeon/recognizer/read"
)

// Bounds of what a decision says digit by digit; for people only.
const (
	shownDigits = 12
	shownOthers = 3
	leastOther  = 0.01
)

// digits are what was read at each place of the ID that a sheet shows, on its best
// line: each of the ten digits there in turn, all else as it is.
func (p *page) digits(of *likelihoods) []Digit {
	id := read.Signs(of.text)
	if strangers, none := p.leads(of); strangers && none {
		id = p.signs[of.best]
	}
	changed := changedOnce(id)
	if len(changed) == 0 {
		return nil
	}
	e := &p.lines[of.line].emissions
	own := newTrie([][]int8{id})
	itself := own.score(e, p.slips, 0, newScores(own))[own.leaf[0]]
	t := newTrie(changed)
	total := t.score(e, p.slips, float64(rough*itself), newScores(t))
	var out []Digit
	for _, sign := range id {
		if sign >= read.Letter {
			continue
		}
		if len(out) == shownDigits {
			break
		}
		var scores [10]float64
		for d, n := int8(0), 9*len(out); d < 10; d++ {
			if d == sign {
				scores[d] = itself
				continue
			}
			scores[d] = total[t.leaf[n]]
			n++
		}
		out = append(out, newDigit(scores))
	}
	return out
}

// changedOnce are all sequences of signs that differ from the given one in one digit,
// place by place.
func changedOnce(of []int8) [][]int8 {
	var out [][]int8
	for i, was := range of {
		for d := range int8(10) {
			if was >= read.Letter || d == was {
				continue
			}
			next := slices.Clone(of)
			next[i] = d
			out = append(out, next)
		}
	}
	return out
}

// newDigit ranks the ten digits of a place by their scores.
func newDigit(scores [10]float64) Digit {
	sum, ranked := 0.0, make([]Alternative, 10)
	for _, v := range scores {
		sum += v
	}
	for d, v := range scores {
		ranked[d] = Alternative{Read: strconv.Itoa(d), Conf: math.Round(float64(1e4*(v/max(sum, math.SmallestNonzeroFloat64)))) / 1e4}
	}
	slices.SortStableFunc(ranked, func(a, b Alternative) int { return cmp.Compare(b.Conf, a.Conf) })
	out := Digit{Read: ranked[0].Read, Conf: ranked[0].Conf}
	for _, other := range ranked[1 : 1+shownOthers] {
		if other.Conf >= leastOther {
			out.Others = append(out.Others, other)
		}
	}
	return out
}

// markDoubtful marks the digits that are less sure than the level.
func markDoubtful(digits []Digit, level float64) []Digit {
	out := slices.Clone(digits)
	for i := range out {
		out[i].Doubtful = out[i].Conf < level
	}
	return out
}
