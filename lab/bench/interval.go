package main

import (
	"fmt"
	"math"
)

// share is how many of a number of sheets.
type share struct{ hits, of int }

// String is the share with its 95 % interval, such as
// "98 of 100 = 98.00 % (92.96 to 99.76)".
func (s share) String() string {
	if s.of == 0 {
		return "none"
	}
	low, high := s.interval()
	return fmt.Sprintf("%d of %d = %s %% (%s to %s)", s.hits, s.of, s.percent(), percent(low), percent(high))
}

// percent is the share alone, such as "98.00".
func (s share) percent() string { return percent(float64(s.hits) / float64(max(1, s.of))) }

// atMost is the share that the true one exceeds with a chance of 5 % at most, such
// as "1 in 34" for none of 101.
func (s share) atMost() string {
	if s.of == 0 {
		return "-"
	}
	return fmt.Sprintf("1 in %.0f", math.Floor(1/upperBound(s.hits, s.of, 0.05)))
}

// interval is Clopper and Pearson's: it takes sheets as independent, and holds the
// true share in at least 95 of 100 repetitions.
func (s share) interval() (low, high float64) {
	return 1 - upperBound(s.of-s.hits, s.of, 0.025), upperBound(s.hits, s.of, 0.025)
}

// percent has as many digits as tell small shares and those near 1 apart.
func percent(p float64) string {
	switch edge := min(p, 1-p); {
	case edge == 0:
		return fmt.Sprintf("%.0f", 100*p)
	case edge < 0.001:
		return fmt.Sprintf("%.3f", 100*p)
	}
	return fmt.Sprintf("%.2f", 100*p)
}

// upperBound is the share at which no more than hits of n come with the
// probability alpha.
func upperBound(hits, n int, alpha float64) float64 {
	low, high := 0.0, 1.0
	if hits >= n {
		return 1
	}
	for range 60 {
		middle := (low + high) / 2
		if noMoreThan(hits, n, middle) > alpha {
			low = middle
		} else {
			high = middle
		}
	}
	return high
}

// noMoreThan is the binomial probability of k or fewer of n. It adds up the side
// that lies away from the mean, whose terms only fall.
func noMoreThan(k, n int, p float64) float64 {
	if float64(k) <= float64(n)*p {
		sum := 0.0
		for i, term := k, chanceOf(k, n, p); i >= 0 && term > 1e-18*sum; i-- {
			sum += term
			term *= float64(i) / float64(n-i+1) * (1 - p) / p
		}
		return sum
	}
	sum := 0.0
	for i, term := k+1, chanceOf(k+1, n, p); i <= n && term > 1e-18*sum; i++ {
		sum += term
		term *= float64(n-i) / float64(i+1) * p / (1 - p)
	}
	return 1 - sum
}

// chanceOf is the binomial probability of exactly k of n.
func chanceOf(k, n int, p float64) float64 {
	logGamma := func(x int) float64 {
		v, _ := math.Lgamma(float64(x) + 1)
		return v
	}
	return math.Exp(logGamma(n) - logGamma(k) - logGamma(n-k) + float64(k)*math.Log(p) + float64(n-k)*math.Log1p(-p))
}
