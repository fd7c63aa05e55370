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
	if !doubtful(best, legible(readings)) {
		return best, ro
	}
	return orAnother(best, readings, ro, p, taken...)
}

// SolveScores is SolveAny for sheets that the roster's scorer has scored. Their readings
// are asked for only where the roster is in doubt and has others.
func SolveScores(s *Scorer, all []*Scores, readings func() ([]*Reading, error), ro *roster.Roster, p Params, taken ...string) (Solution, *roster.Roster, error) {
	best := s.Together(all, taken...).Solve(p, taken...)
	if !doubtful(best, len(all)) || len(ro.Others()) == 0 {
		return best, ro, nil
	}
	read, err := readings()
	if err != nil {
		return best, ro, err
	}
	solution, chosen := orAnother(best, read, ro, p, taken...)
	return solution, chosen, nil
}

// doubtful says that a roster accepts so few of the sheets that can be read that another
// of its file's columns may hold the IDs.
func doubtful(s Solution, legible int) bool { return othersBelow*matchedIn(s) < legible }

func legible(readings []*Reading) (n int) {
	for _, r := range readings {
		if r != nil {
			n++
		}
	}
	return n
}

// orAnother is the best solution, or that of a column that fits far better.
func orAnother(best Solution, readings []*Reading, ro *roster.Roster, p Params, taken ...string) (Solution, *roster.Roster) {
	matched := matchedIn(best)
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
