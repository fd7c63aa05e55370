package main

import (
	"math/rand/v2"
	"strings"
)

// letteredID invents an ID with letters, of any digits and letters: before, after or
// around the digits as at most schools that have them, or among them.
func letteredID(rng *rand.Rand) string {
	form := letteredForms[rng.IntN(len(letteredForms))]
	n := strings.Count(form, "9")
	if n > 4 { // some more digits or fewer
		form = strings.Replace(form, strings.Repeat("9", n), strings.Repeat("9", max(3, n-2+rng.IntN(4))), 1)
	}
	lower := rng.Float64() < 0.15
	return strings.Map(func(c rune) rune {
		switch {
		case c == '9':
			return rune('0' + rng.IntN(10))
		case lower:
			return rune('a' + rng.IntN(26))
		}
		return rune('A' + rng.IntN(26))
	}, form)
}

var letteredForms = []string{
	"A999999", "A9999999", "A99999999", "A999999", "A9999999A", "A9999999A", "A999999A",
	"9999999A", "999999A", "AA999999", "AA99999", "AAA9999", "99AA9999", "9999A9999", "99A99999", "9A9A9A",
}
