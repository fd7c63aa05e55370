package decide_test

import (
	"fmt"
	"math"
	"testing"

	"hakbeon/recognizer/decide"
)

// TestScoreEqualsSumOverPaths compares the forward score with a sum over every
// path through a short line.
func TestScoreEqualsSumOverPaths(t *testing.T) {
	p := decide.Slips{Misread: 0.03, Skip: 0.02}
	lines := []string{"", "1", "12", "_1_2_", "11_1", "1#2", "##1_12_", "3_1_1#_", "912_4"}
	ids := []string{"1", "12", "11", "112", "121", "1A", "A1", "1-2", "AB", "a1", "1BB"}
	for _, text := range lines {
		line := written(0, 0.7, text)
		letters(&line, 0.6, "ABBZ")
		columns := decide.Soften(line, p)
		scores := decide.ScoreIDs(line, p, 0, ids...)
		for i, id := range ids {
			t.Run(text+"/"+id, func(t *testing.T) {
				want := paths{columns, p}.sum(id)
				if got := scores[i]; math.Abs(got-want) > 1e-9*(1+want) {
					t.Errorf("score %g, sum over all paths %g", got, want)
				}
			})
		}
	}
}

// paths enumerates every way of writing an ID into a line's columns.
type paths struct {
	c decide.Columns
	p decide.Slips
}

func (s paths) sum(id string) float64 {
	var signs []byte
	for _, c := range []byte(id) {
		if c != '-' {
			signs = append(signs, c)
		}
	}
	total := 0.0
	for start := range s.c.Gaps {
		total += s.sign(signs, 0, start, s.c.Open[start], 0)
	}
	return total
}

// sign adds up the paths whose next sign is i, beginning at column t. The last
// digit, if it was written right in the column before, is last: the same digit
// can't follow it without a gap.
func (s paths) sign(signs []byte, i, t int, weight float64, last byte) float64 {
	if t >= len(s.c.Gaps) || signs[i] == last {
		return 0
	}
	total := s.ink(signs, i, t, weight, true) + s.ink(signs, i, t, weight*s.p.Misread, false)
	if i+1 < len(signs) {
		total += s.sign(signs, i+1, t, weight*s.p.Skip, 0)
	}
	return total
}

// ink writes sign i, right or misread, into the columns from t on.
func (s paths) ink(signs []byte, i, t int, weight float64, right bool) float64 {
	total := 0.0
	for ; t < len(s.c.Gaps); t++ {
		weight *= s.emission(signs[i], t, right)
		total += s.after(signs, i, t, weight, right)
	}
	return total
}

// after adds up what may follow sign i, whose last column is t.
func (s paths) after(signs []byte, i, t int, weight float64, right bool) float64 {
	if i == len(signs)-1 {
		return weight * s.c.Close[t]
	}
	last := byte(0)
	if right {
		last = signs[i]
	}
	total := weight * s.c.Close[t] * math.Pow(s.p.Skip, float64(len(signs)-1-i)) // the rest isn't there
	total += s.sign(signs, i+1, t+1, weight, last)
	gap := weight
	for g := t + 1; g < len(s.c.Gaps); g++ {
		gap *= s.c.Gaps[g]
		total += s.sign(signs, i+1, g+1, gap, 0)
	}
	return total
}

func (s paths) emission(sign byte, t int, right bool) float64 {
	switch {
	case !right:
		return s.c.Marks[t]
	case sign > '9':
		return s.c.Letters[t][sign|0x20-'a']
	}
	return s.c.Digits[t][sign-'0']
}

// TestAnyIDIsTheMeanOfAllIDs compares the marginal over all IDs of a length with
// the mean of their scores.
func TestAnyIDIsTheMeanOfAllIDs(t *testing.T) {
	p := decide.Slips{Misread: 1e-9, Skip: 1e-9}
	var ids []string
	for i := range 1000 {
		ids = append(ids, fmt.Sprintf("%03d", i))
	}
	for _, text := range []string{"_1_2_3_", "112233", "_7#7_7", "#", "1_1_1_1_1"} {
		line := written(0, 0.8, text)
		sum := 0.0
		for _, s := range decide.ScoreIDs(line, p, 0, ids...) {
			sum += s
		}
		want, got := sum/1000, decide.ScoreAny(line, p, 3)
		if math.Abs(got-want) > 1e-6*want+1e-15 {
			t.Errorf("%s: any ID scores %g, the mean of all is %g", text, got, want)
		}
	}
}

// TestLongLinesAreNotFavoured adds text around an ID and expects its score to
// stay.
func TestLongLinesAreNotFavoured(t *testing.T) {
	p := decide.DefaultSlips()
	short := decide.ScoreIDs(written(0, 0.9999, "_4_5_6_"), p, 0, "456")[0]
	long := decide.ScoreIDs(written(0, 0.9999, "######_4_5_6_##_#####_#"), p, 0, "456")[0]
	if ratio := long / short; ratio < 0.9 || ratio > 1.1 {
		t.Errorf("with text around it an ID scores %.3f times as much, want the same", ratio)
	}
}
