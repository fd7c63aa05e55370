package read_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"hakbeon/recognizer/read"
)

// TestMeasure finds the mistakes that answers were made with.
func TestMeasure(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	made := read.Mistakes{Right: 0.9, Sign: 0.97, Lost: 0.01, Extra: 0.01}
	var asked []read.Asked
	for range 5000 {
		id := fmt.Sprintf("%08d", rng.IntN(100_000_000))
		said := ""
		for _, sign := range id {
			switch p := rng.Float64(); {
			case p < made.Lost:
				continue
			case p < made.Lost+made.Extra:
				said += string('0' + rune(rng.IntN(10)))
			}
			if rng.Float64() > made.Sign {
				sign = '0' + (sign-'0'+1+rune(rng.IntN(9)))%10
			}
			said += string(sign)
		}
		if rng.Float64() > made.Right {
			said = fmt.Sprintf("%08d", rng.IntN(100_000_000))
		}
		asked = append(asked, read.Asked{Truth: id, Said: said})
	}
	got := read.Measure(asked)
	near := func(got, want, by float64) bool { return got > want-by && got < want+by }
	if !got.Valid() || !near(got.Right, made.Right, 0.03) || !near(got.Sign, made.Sign, 0.01) || !near(got.Lost, made.Lost, 0.006) || !near(got.Extra, made.Extra, 0.006) {
		t.Errorf("got %+v, want about %+v", got, made)
	}
}

// Few answers prove little, however good they are.
func TestMeasureIsCareful(t *testing.T) {
	var asked []read.Asked
	for n, most := range map[int]float64{0: 0.01, 10: 0.78, 100: 0.98, 1000: 0.998} {
		asked = asked[:0]
		for range n {
			asked = append(asked, read.Asked{Truth: "32141837", Said: "3214183?"})
		}
		asked = append(asked, read.Asked{Truth: "32141837"})
		if got := read.Measure(asked); !got.Valid() || got.Right > most || got.Sign > 0.9999 {
			t.Errorf("%d right answers: got %+v, want at most %v", n, got, most)
		}
	}
}
