package decide_test

import (
	"fmt"
	"math"
	"testing"

	"hakbeon/recognizer/decide"
	"hakbeon/recognizer/read"
)

// TestChangedIsTheSumOverChangedIDs compares the one pass over all IDs with one
// sign changed with the sum of their own scores, with letters told apart or not.
func TestChangedIsTheSumOverChangedIDs(t *testing.T) {
	p := decide.Slips{Misread: 0.03, Skip: 0.02}
	ids := []string{"1", "12", "11", "112", "121", "129", "1A2", "A", "1-2", "B11", "AA", "1AB", "BA1", "ABB2"}
	for _, text := range []string{"", "1", "12", "_1_2_", "11_1", "##1_12_", "3_1_1#_", "912_4", "1_1_1_2", "_#_#_1", "1##_2", "###"} {
		for _, sure := range []float64{0.3, 0.7, 0.999} {
			line := written(0, sure, text)
			for _, told := range []bool{false, true} {
				if told {
					letters(&line, 0.6, "AABBAB")
				}
				for i, got := range decide.ScoreChanged(line, p, told, ids...) {
					want := 0.0
					for _, s := range decide.ScoreIDs(line, p, 0, changedOnce(ids[i], told)...) {
						want += s
					}
					if math.Abs(got-want) > 1e-9*(got+want) {
						t.Errorf("%q at %g, %s, letters told %t: %g, the sum is %g", text, sure, ids[i], told, got, want)
					}
				}
			}
		}
	}
}

// letters has a line's columns say letters, in turn, each with this probability.
func letters(l *read.Line, sure float64, in string) {
	columns := make([][read.Letters]float64, l.Columns())
	for t := range columns {
		for i := range columns[t] {
			columns[t][i] = (1 - sure) / (read.Letters - 1)
		}
		columns[t][in[t%len(in)]-'A'] = sure
	}
	l.SetLetters(columns)
}

// changedOnce are all IDs that differ from one in one digit, or in one letter.
func changedOnce(id string, letters bool) (out []string) {
	for i, c := range id {
		first, last := '0', '9'
		if c > '9' {
			first, last = 'A', 'Z'
		}
		for d := first; c >= '0' && d <= last && (c <= '9' || letters); d++ {
			if d != c {
				out = append(out, id[:i]+string(d)+id[i+1:])
			}
		}
	}
	return out
}

// TestDroppedPathsDoNotMatter compares scores with and without dropping.
func TestDroppedPathsDoNotMatter(t *testing.T) {
	var ids []string
	for i := range 300 {
		ids = append(ids, fmt.Sprintf("3214%04d", i*31))
	}
	p := decide.DefaultSlips()
	for _, text := range []string{spaced("32140930"), "##_##", "_2_0_3_2_#_1_0", "32145678", "3_2_1_4_#_9_3_0"} {
		for _, sure := range []float64{0.5, 0.9, 0.9999} {
			line := written(0, sure, text)
			all, some := decide.ScoreIDs(line, p, 0, ids...), decide.ScoreIDs(line, p, 1e-9, ids...)
			for i := range ids {
				if math.Abs(all[i]-some[i]) > 1e-8 {
					t.Errorf("%q at %g, %s: %g, without what is below 1e-9 %g", text, sure, ids[i], all[i], some[i])
				}
			}
		}
	}
}
