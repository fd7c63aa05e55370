package main

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestStudent(t *testing.T) {
	for df, want := range map[float64]float64{4: 2.776, 8: 2.306, 18: 2.101, 100: 1.984} {
		if got := student(df); math.Abs(got-want) > 0.01*want {
			t.Errorf("%v degrees of freedom: got %.3f, want %.3f", df, got, want)
		}
	}
}

// Of lines without a slope one in twenty may be taken for one with, and a leak of one
// standard deviation over the run is found.
func TestSlope(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	wrong, found := 0, 0
	for range 400 {
		x, flat, leak := make([]float64, 600), make([]float64, 600), make([]float64, 600)
		for i := range x {
			x[i], flat[i] = float64(i), 100+random.NormFloat64()
			leak[i] = flat[i] + x[i]/600
		}
		if s := slopeOf(x, flat); s.low > 0 || s.high < 0 {
			wrong++
		}
		if s := slopeOf(x, leak); s.low > 0 && s.mean > 0 {
			found++
		}
	}
	if wrong > 40 || found < 390 {
		t.Errorf("of 400 each: %d flat lines taken for sloping, %d leaks found", wrong, found)
	}
}

func TestSlopeOfTooFew(t *testing.T) {
	if s := slopeOf([]float64{1, 2}, []float64{1, 2}); !math.IsNaN(s.mean) {
		t.Errorf("got %v, want none", s)
	}
}
