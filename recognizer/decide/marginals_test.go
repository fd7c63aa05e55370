package decide_test

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"hakbeon/recognizer/decide"
)

// TestMarginalsOnTrees compares marginals with the sum over every way of giving each
// sheet to one student or to nobody, where sheets and students form a forest: there
// belief propagation is exact.
func TestMarginalsOnTrees(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for round := range 400 {
		duplicate := math.Pow(10, -3*rng.Float64())
		b := randomBatch(rng, 1+rng.IntN(7), 1+rng.IntN(6), true)
		if most := farthest(b.Marginals(duplicate), allWays(b, duplicate)); most > 1e-8 {
			t.Fatalf("round %d, %+v: marginals are off by up to %g", round, b, most)
		}
	}
}

// TestMarginalsOnLoops does the same for small batches that are nothing but loops: there
// it is an approximation, and far worse than on an exam's.
func TestMarginalsOnLoops(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 7))
	const rounds = 400
	sum, worst := 0.0, 0.0
	for range rounds {
		duplicate := math.Pow(10, -3*rng.Float64())
		b := randomBatch(rng, 2+rng.IntN(6), 2+rng.IntN(4), false)
		most := farthest(b.Marginals(duplicate), allWays(b, duplicate))
		sum, worst = sum+most, max(worst, most)
	}
	t.Logf("the worst marginal of a batch is off by %.4f on average and %.4f at most", sum/rounds, worst)
	if sum/rounds > 0.02 || worst > 0.25 {
		t.Errorf("marginals are off by %g on average and %g at most", sum/rounds, worst)
	}
}

// factors is what a way weighs by the numbers of the students' sheets.
func factors(b decide.Batch, chosen []int, duplicate float64) float64 {
	weight, has := 1.0, make([]bool, len(b.Taken))
	copy(has, b.Taken)
	for _, j := range chosen {
		if j >= 0 && has[j] {
			weight *= duplicate
		}
		if j >= 0 {
			has[j] = true
		}
	}
	return weight
}

func farthest(got, want [][]float64) (most float64) {
	for i := range want {
		for j := range want[i] {
			most = max(most, math.Abs(got[i][j]-want[i][j]))
		}
	}
	return most
}

// randomBatch is a batch whose weights lie between clear and hopeless; a forest, if
// loops mustn't be.
func randomBatch(rng *rand.Rand, sheets, students int, forest bool) decide.Batch {
	b := decide.Batch{Taken: make([]bool, students)}
	for j := range b.Taken {
		b.Taken[j] = rng.IntN(6) == 0
	}
	joined := make([]int, sheets+students) // the tree that each is part of
	for k := range joined {
		joined[k] = k
	}
	for i := range sheets {
		w := make([]float64, students)
		sum := math.Pow(10, -4*rng.Float64()) // no one's
		for j := range w {
			from, to := joined[i], joined[sheets+j]
			if rng.IntN(3) == 0 || forest && from == to {
				continue
			}
			for k := range joined {
				if joined[k] == from {
					joined[k] = to
				}
			}
			w[j] = math.Pow(10, -5*rng.Float64())
			sum += w[j]
		}
		for j := range w {
			w[j] /= sum
		}
		b.Sheets = append(b.Sheets, w)
	}
	return b
}

// allWays sums over all ways, one by one.
func allWays(b decide.Batch, duplicate float64) [][]float64 {
	out := make([][]float64, len(b.Sheets))
	nobody := make([]float64, len(b.Sheets))
	for i, w := range b.Sheets {
		out[i], nobody[i] = make([]float64, len(w)), 1
		for _, v := range w {
			nobody[i] -= v
		}
	}
	total := 0.0
	chosen := make([]int, len(b.Sheets))
	var try func(i int, weight float64)
	try = func(i int, weight float64) {
		if i < len(b.Sheets) {
			chosen[i] = -1
			try(i+1, weight*nobody[i])
			for j, v := range b.Sheets[i] {
				if v > 0 {
					chosen[i] = j
					try(i+1, weight*v)
				}
			}
			return
		}
		weight *= factors(b, chosen, duplicate)
		total += weight
		for i, j := range chosen {
			if j >= 0 {
				out[i][j] += weight
			}
		}
	}
	try(0, 1)
	for i := range out {
		for j := range out[i] {
			out[i][j] /= total
		}
	}
	return out
}

// TestMarginalsOfCrowds has batches in which everybody may be everybody's neighbour:
// the crowd must make nobody sure.
func TestMarginalsOfCrowds(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 10))
	for _, n := range []int{20, 90, 300} {
		b := decide.Batch{Taken: make([]bool, n)}
		for i := range n {
			w := make([]float64, n)
			for range 12 {
				w[rng.IntN(n)] = 0.9 / 24
			}
			w[i] = 0.5
			b.Sheets = append(b.Sheets, w)
		}
		marginals := b.Marginals(decide.DefaultParams().Duplicate)
		for i, m := range marginals {
			for j, v := range m {
				if least, most := b.Sheets[i][j]/4, b.Sheets[i][j]*1.5; !(v >= least && v <= most) {
					t.Fatalf("%d sheets: sheet %d, student %d has %g, alone %g", n, i, j, v, b.Sheets[i][j])
				}
			}
		}
	}
}

// TestMarginalsOfARing has sheets that each stand between the same two students,
// and longer rings: an echo must make nobody sure.
func TestMarginalsOfARing(t *testing.T) {
	for _, n := range []int{2, 3, 8, 64, 65, 500} {
		b := decide.Batch{Taken: make([]bool, n)}
		for i := range n {
			w := make([]float64, n)
			w[i], w[(i+1)%n] = 0.6, 0.39
			b.Sheets = append(b.Sheets, w)
		}
		marginals := b.Marginals(decide.DefaultParams().Duplicate)
		for i, m := range marginals {
			if m[i] > 0.99 || m[i] < 0.3 {
				t.Fatalf("a ring of %d: sheet %d has %v", n, i, m)
			}
		}
	}
}

// neighbours is a batch of clear and unclear sheets; a digit that is wrong costs
// 1e-4 if it is clear.
func neighbours(rng *rand.Rand, sheets, n int) decide.Batch {
	ids := school(rng, n)
	b := decide.Batch{Taken: make([]bool, n)}
	for i := range sheets {
		doubt := [8]float64{}
		for k := range doubt {
			doubt[k] = 1e-4
			if rng.IntN(20) == 0 {
				doubt[k] = 0.3
			}
		}
		w, sum := make([]float64, n), 1e-4
		for j, id := range ids {
			w[j] = 1
			for k := range doubt {
				if id[k] != ids[i%n][k] {
					w[j] *= doubt[k]
				}
			}
			if w[j] < 1e-12 {
				w[j] = 0
			}
			sum += w[j]
		}
		for j := range w {
			w[j] /= sum
		}
		b.Sheets = append(b.Sheets, w)
	}
	return b
}

// TestLargeBatch settles 1,560 sheets of 1,500 students, 60 of them twice, in bearable
// time.
func TestLargeBatch(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	const students, twins = 1500, 60
	b := neighbours(rand.New(rand.NewPCG(13, 14)), students+twins, students)
	start := time.Now()
	marginals := b.Marginals(decide.DefaultParams().Duplicate)
	if took := time.Since(start); took > time.Minute {
		t.Errorf("took %v", took)
	} else {
		t.Logf("took %v", took)
	}
	for i := range twins {
		if own, other := marginals[i][i], marginals[students+i][i]; own+other < 0.9 {
			t.Errorf("student %d has two sheets, and keeps %g and %g of them", i, own, other)
		}
	}
}

// TestManyDuplicates hands one student's sheet in many times.
func TestManyDuplicates(t *testing.T) {
	for _, n := range []int{2, 10, 64, 400} {
		b := decide.Batch{Taken: make([]bool, 2)}
		for range n {
			b.Sheets = append(b.Sheets, []float64{0.9999, 0.00005})
		}
		for i, m := range b.Marginals(decide.DefaultParams().Duplicate) {
			if !(m[0] > 0 && m[0] <= 1) {
				t.Fatalf("sheet %d of %d has %v", i, n, m)
			}
		}
	}
}
