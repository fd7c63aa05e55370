package decide_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"hakbeon/recognizer/decide"
)

// TestMarginalsAgainstAllWays compares the marginals of small batches with the
// sum over every way of giving each sheet to one student or to none.
func TestMarginalsAgainstAllWays(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for round := range 400 {
		p := decide.DefaultParams()
		p.Duplicate = math.Pow(10, -3*rng.Float64())
		p.Absent = math.Pow(10, -2*rng.Float64())
		b := randomBatch(rng, 1+rng.IntN(7), 1+rng.IntN(5))
		got, gotAlone := b.Marginals(p)
		want, wantAlone := allWays(b, p)
		for i := range want {
			if math.Abs(gotAlone[i]-wantAlone[i]) > 1e-9 {
				t.Fatalf("round %d, %+v: sheet %d alone: got %.12g, over all ways %.12g", round, b, i, gotAlone[i], wantAlone[i])
			}
			for j := range want[i] {
				if math.Abs(got[i][j]-want[i][j]) > 1e-9 {
					t.Fatalf("round %d, %+v: sheet %d, student %d: got %.12g, over all ways %.12g", round, b, i, j, got[i][j], want[i][j])
				}
			}
		}
	}
}

// randomBatch is a batch whose weights lie between clear and hopeless.
func randomBatch(rng *rand.Rand, sheets, students int) decide.Batch {
	b := decide.Batch{Taken: make([]bool, students)}
	for j := range b.Taken {
		b.Taken[j] = rng.IntN(6) == 0
	}
	for range sheets {
		w := make([]float64, students)
		sum := math.Pow(10, -4*rng.Float64()) // no one's
		for j := range w {
			if rng.IntN(3) > 0 {
				w[j] = math.Pow(10, -5*rng.Float64())
				sum += w[j]
			}
		}
		for j := range w {
			w[j] /= sum
		}
		b.Sheets = append(b.Sheets, w)
	}
	return b
}

// allWays sums over all ways, one by one.
func allWays(b decide.Batch, p decide.Params) (out [][]float64, alone []float64) {
	out, alone = make([][]float64, len(b.Sheets)), make([]float64, len(b.Sheets))
	best := make([]int, len(b.Sheets))
	nobody := make([]float64, len(b.Sheets))
	for i, w := range b.Sheets {
		out[i], nobody[i], best[i] = make([]float64, len(w)), 1, -1
		for j, v := range w {
			nobody[i] -= v
			if v > 0 && (best[i] < 0 || v > w[best[i]]) {
				best[i] = j
			}
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
		count := make([]int, len(b.Taken))
		for _, j := range chosen {
			if j >= 0 {
				count[j]++
			}
		}
		for j, n := range count {
			switch {
			case b.Taken[j]:
				count[j]++
				weight *= math.Pow(p.Duplicate, float64(n))
			case n == 0:
				weight *= p.Absent
			default:
				weight *= math.Pow(p.Duplicate, float64(n-1))
			}
		}
		total += weight
		for i, j := range chosen {
			if j >= 0 {
				out[i][j] += weight
			}
			if j >= 0 && j == best[i] && count[j] == 1 {
				alone[i] += weight
			}
		}
	}
	try(0, 1)
	for i := range out {
		alone[i] /= total
		for j := range out[i] {
			out[i][j] /= total
		}
	}
	return out, alone
}

// TestMarginalsOfCrowds has batches that are too close for an exact sum:
// everybody may be everybody's neighbour. The messages must make nobody surer.
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
		marginals, _ := b.Marginals(decide.DefaultParams())
		for i, m := range marginals {
			for j, v := range m {
				if !(v >= 0) || v > b.Sheets[i][j]+1e-12 {
					t.Fatalf("%d sheets: sheet %d, student %d has %g, alone %g: a crowd makes nobody surer", n, i, j, v, b.Sheets[i][j])
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
		marginals, _ := b.Marginals(decide.DefaultParams())
		for i, m := range marginals {
			if m[i] > 0.99 || m[i] < 0.3 {
				t.Fatalf("a ring of %d: sheet %d has %v", n, i, m)
			}
		}
	}
}

// TestClustersAreSmall checks that usual batches are solved exactly: a school of
// near neighbours, each sheet with a small doubt about the students near its own.
func TestClustersAreSmall(t *testing.T) {
	for _, n := range []int{150, 500} {
		b := neighbours(rand.New(rand.NewPCG(11, 12)), n, n)
		most := 0
		for _, size := range b.Clusters(decide.DefaultParams()) {
			most = max(most, size)
		}
		t.Logf("%d students: the largest cluster has %d sheets of %d", n, most, len(b.Clusters(decide.DefaultParams())))
		if most > 64 {
			t.Errorf("%d students: a cluster of %d sheets", n, most)
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

// TestLargeBatch settles 5,000 sheets of 5,000 students, 200 of them twice, in
// bearable time.
func TestLargeBatch(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	const students, twins = 1500, 60
	b := neighbours(rand.New(rand.NewPCG(13, 14)), students+twins, students)
	start := time.Now()
	sizes := b.Clusters(decide.DefaultParams())
	took := time.Since(start)
	most := 0
	for _, s := range sizes {
		most = max(most, s)
	}
	t.Logf("%v, %d clusters, the largest of %d sheets", took, len(sizes), most)
	if took > time.Minute {
		t.Errorf("took %v", took)
	}
	_, alone := b.Marginals(decide.DefaultParams())
	for i, p := range alone {
		if twice := i < twins || i >= students; twice && p > 0.9 {
			t.Errorf("sheet %d, one of two, has %g", i, p)
		}
	}
}

// TestManyDuplicates hands one student's sheet in many times.
func TestManyDuplicates(t *testing.T) {
	for _, n := range []int{2, 10, 64, 400} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			b := decide.Batch{Taken: make([]bool, 2)}
			for range n {
				b.Sheets = append(b.Sheets, []float64{0.9999, 0.00005})
			}
			marginals, alone := b.Marginals(decide.DefaultParams())
			for i, m := range marginals {
				if !(alone[i] < 0.1) || !(m[0] > 0 && m[0] <= 1) {
					t.Fatalf("sheet %d of %d has %v, alone %g", i, n, m, alone[i])
				}
			}
		})
	}
}
