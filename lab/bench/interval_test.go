package main

import (
	"math"
	"testing"
)

// The bounds were found by adding up binomial probabilities one by one.
func TestInterval(t *testing.T) {
	for _, test := range []struct {
		s         share
		low, high float64
	}{
		{share{0, 10}, 0, 0.3084971},
		{share{10, 10}, 0.6915029, 1},
		{share{5, 10}, 0.1870860, 0.8129140},
		{share{98, 100}, 0.9296161, 0.9975686},
		{share{1, 1000}, 0.00002531746, 0.005558924},
		{share{29000, 30000}, 0.9645730, 0.9686693},
	} {
		low, high := test.s.interval()
		if math.Abs(low-test.low) > 2e-6 || math.Abs(high-test.high) > 2e-6 {
			t.Errorf("%d of %d: %.7f to %.7f, want %.7f to %.7f", test.s.hits, test.s.of, low, high, test.low, test.high)
		}
	}
}

func TestAtMost(t *testing.T) {
	for _, test := range []struct {
		s    share
		want string
	}{
		{share{0, 101}, "1 in 34"}, // the rule of three
		{share{0, 30000}, "1 in 10014"},
		{share{3, 3}, "1 in 1"},
		{share{0, 0}, "-"},
	} {
		if got := test.s.atMost(); got != test.want {
			t.Errorf("%d of %d: at most %s, want %s", test.s.hits, test.s.of, got, test.want)
		}
	}
}

func TestShareString(t *testing.T) {
	for _, test := range []struct {
		s    share
		want string
	}{
		{share{98, 100}, "98 of 100 = 98.00 % (92.96 to 99.76)"},
		{share{0, 10}, "0 of 10 = 0 % (0 to 30.85)"},
		{share{0, 30000}, "0 of 30000 = 0 % (0 to 0.012)"},
		{share{0, 0}, "none"},
	} {
		if got := test.s.String(); got != test.want {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
}
