package main

import (
	"math"
	"math/rand/v2"
	"testing"

	"hakbeon/lab/fleet"
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

// A slope is held against the workers from a kibibyte a sheet on, if its lower bound
// says so, and never for a short run.
func TestGrown(t *testing.T) {
	steady := fleet.Usage{Goroutines: 400, Files: 200}
	for name, c := range map[string]struct {
		sheets int
		low    float64 // MiB an hour
		end    fleet.Usage
		want   bool
	}{
		"flat":                     {10_000, -20, steady, false},
		"401 bytes a sheet":        {10_000, 27.5, steady, false},
		"53 kB a sheet":            {10_000, 3650, steady, true},
		"just above a kibibyte":    {10_000, 71, steady, true},
		"a run of a few sheets":    {150, 3650, steady, false},
		"goroutines":               {150, 0, fleet.Usage{Goroutines: 700, Files: 200}, true},
		"files":                    {150, 0, fleet.Usage{Goroutines: 400, Files: 400}, true},
		"as many as pools come to": {150, 0, fleet.Usage{Goroutines: 500, Files: 250}, false},
	} {
		t.Run(name, func(t *testing.T) {
			l := load{sheets: c.sheets, seconds: float64(c.sheets) / 20, slope: slope{c.low + 10, c.low, c.low + 20}, start: steady, end: c.end}
			if got := l.grown(); got != c.want {
				t.Errorf("got %v, want %v: %.0f bytes a sheet", got, c.want, l.perSheet(c.low))
			}
		})
	}
}
