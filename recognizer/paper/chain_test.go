package paper_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"hakbeon/recognizer/paper"
)

// bruteForce sums over all ways of dividing pages into papers, one by one: each mask says
// which pages go on with the paper of the page before.
type bruteForce struct {
	shows         []paper.Likelihood
	hazard, start []float64
}

// paper is the weight of a run of pages being one paper.
func (b bruteForce) paper(from, to int) float64 {
	sum := 0.0
	for k, v := range b.start {
		for t := from; t <= to; t++ {
			if k == 0 {
				v *= b.shows[t].Begins
			} else {
				v *= b.shows[t].Follows
			}
			if t < to {
				v *= 1 - b.hazard[k]
				k = min(k+1, len(b.hazard)-1)
			}
		}
		sum += v * b.hazard[k]
	}
	return sum
}

// all calls visit with every way's mask and its weight.
func (b bruteForce) all(visit func(mask uint, weight float64)) {
	n := len(b.shows)
	for mask := range uint(1) << (n - 1) {
		weight, from := 1.0, 0
		for t := 1; t <= n; t++ {
			if t == n || mask>>(t-1)&1 == 0 {
				weight *= b.paper(from, t-1)
				from = t
			}
		}
		visit(mask, weight)
	}
}

func TestChainAgainstAllWays(t *testing.T) {
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 17))
		shows := make([]paper.Likelihood, 1+r.IntN(9))
		for i := range shows {
			shows[i] = paper.Likelihood{Begins: math.Pow(10, 8*r.Float64()-4), Follows: math.Pow(10, 4*r.Float64()-2)}
		}
		p := paper.Params{Pages: r.IntN(5), Slip: 0.01 + 0.3*r.Float64()}
		t.Run(fmt.Sprintf("%d pages of %d", len(shows), p.Pages), func(t *testing.T) {
			hazard, start, link, together := paper.Chain(shows, p)
			b := bruteForce{shows, hazard, start}
			sum, links, runs := 0.0, make([]float64, len(shows)), map[[2]int]float64{}
			b.all(func(mask uint, weight float64) {
				sum += weight
				for at := 1; at < len(shows); at++ {
					if mask>>(at-1)&1 == 1 {
						links[at] += weight
					}
				}
				for from := range shows {
					if from > 0 && mask>>(from-1)&1 == 1 {
						continue
					}
					runs[[2]int{from, from}] += weight
					for to := from + 1; to < len(shows) && mask>>(to-1)&1 == 1; to++ {
						runs[[2]int{from, to}] += weight
					}
				}
			})
			for at := 1; at < len(shows); at++ {
				if want := links[at] / sum; math.Abs(link[at]-want) > 1e-9 {
					t.Errorf("page %d belongs to the one before with %.12f, all ways together say %.12f", at, link[at], want)
				}
			}
			for run, weight := range runs {
				if got, want := together(run[0], run[1]), weight/sum; math.Abs(got-want) > 1e-9 {
					t.Errorf("pages %d to %d belong together with %.12f, all ways say %.12f", run[0], run[1], got, want)
				}
			}
		})
	}
}

// What is expected sums to 1: no way of dividing a file is left out or counted twice.
func TestExpectedWaysSumToOne(t *testing.T) {
	for _, p := range []paper.Params{{}, {Pages: 1}, {Pages: 2}, {Pages: 4}} {
		_, start, _, _ := paper.Chain(make([]paper.Likelihood, 9), p)
		sum := 0.0
		for _, v := range start {
			sum += v
		}
		if math.Abs(sum-1) > 1e-12 {
			t.Errorf("%d pages a paper: papers begin at places whose probabilities sum to %v", p.Pages, sum)
		}
	}
}
