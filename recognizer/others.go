package recognizer

import "hakbeon/recognizer/roster"

// When the sheets choose another column of a roster than its first choice: where that
// accepts fewer than half of what can be read, and the other at least four times as
// many. A wrong column's numbers fit next to no sheet, so anything in between is a
// sign of something else.
const (
	othersBelow = 2
	othersTimes = 4
)

// SolveAny is Solve with the roster that the sheets fit: where it is in doubt which of
// a file's columns holds the IDs, what was read tells. It returns the roster that
// was used, which is ro unless another fits far better.
func SolveAny(readings []*Reading, ro *roster.Roster, p Params, taken ...string) (Solution, *roster.Roster) {
	best := Solve(readings, ro, p, taken...)
	matched, legible := matchedIn(best), 0
	for _, r := range readings {
		if r != nil {
			legible++
		}
	}
	if othersBelow*matched >= legible {
		return best, ro
	}
	chosen, least := ro, max(othersTimes*matched, 1)
	for _, other := range ro.Others() {
		s := Solve(readings, other, p, taken...)
		if n := matchedIn(s); n >= least {
			best, chosen, least = s, other, n+1
		}
	}
	return best, chosen
}

func matchedIn(s Solution) int {
	n := 0
	for _, d := range s.Decisions {
		if d.Status == Matched {
			n++
		}
	}
	return n
}
