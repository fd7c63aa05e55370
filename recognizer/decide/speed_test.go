package decide_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"hakbeon/recognizer/decide"
	"hakbeon/recognizer/read"
)

// busy is a page of 12 lines of 100 columns: an unsure ID, a date, a telephone
// number, and text.
func busy(rng *rand.Rand, id string) *read.Reading {
	pad := func(s string) string {
		for len(s) < 100 {
			s += "_#"[rng.IntN(2):][:1]
		}
		return s
	}
	lines := []read.Line{
		written(0, 0.95, pad(spaced(id))),
		written(1, 0.9, pad("2_0_3_2_#_1_0_#_2_2")),
		written(2, 0.8, pad("##_0_1_0_#_5_5_2_7_#_3_2_1_4")),
	}
	for i := len(lines); i < 12; i++ {
		lines = append(lines, written(i, 0.7, pad("#_#__#_5_#")))
	}
	return page(lines...)
}

// school is a roster of n students whose IDs are close: 3 21 4 and 4 digits of
// which the first is small.
func school(rng *rand.Rand, n int) []string {
	var ids []string
	for len(ids) < n {
		ids = append(ids, fmt.Sprintf("32%d%d%04d", 1+rng.IntN(2), rng.IntN(10), rng.IntN(4000)))
		ids = distinct(ids)
	}
	return ids
}

// BenchmarkDecide decides one busy sheet for rosters of usual sizes.
func BenchmarkDecide(b *testing.B) {
	for _, n := range []int{150, 500} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			rng := rand.New(rand.NewPCG(1, 1))
			ids := school(rng, n)
			ro := students(b, ids...)
			var sheets []*read.Reading
			for i := range 20 {
				sheets = append(sheets, busy(rng, ids[i]))
			}
			for i := 0; b.Loop(); i++ {
				decide.Decide(sheets[i%len(sheets)], ro, decide.DefaultParams())
			}
		})
	}
}
