package synth_test

import (
	"math"
	"testing"

	"hakbeon/lab/synth"
)

// TestEstranged bends a path for many people: as far as it is told to, and it keeps the
// height of a digit.
func TestEstranged(t *testing.T) {
	const people = 200
	mean := func(strength float64) (sum float64) {
		for seed := range uint64(people) {
			moved, height := synth.Estranged(seed, strength)
			if math.Abs(height-1) > 1e-9 {
				t.Fatalf("strength %v, seed %d: %v high", strength, seed, height)
			}
			sum += moved / people
		}
		return sum
	}
	none, half, whole := mean(0), mean(0.5), mean(1)
	t.Logf("moved by %.3f at half the strength, %.3f at 1", half, whole)
	if none > 1e-9 || half < 0.02 || whole < 1.5*half || whole > 0.25 {
		t.Errorf("moved by %v, %v, %v heights at strengths 0, 0.5, 1", none, half, whole)
	}
}
