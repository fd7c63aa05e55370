package decide

import (
	"bytes"
	"slices"

	"hakbeon/recognizer/read"
	"hakbeon/recognizer/roster"
)

// Solution is what became of a batch.
type Solution struct {
	// Decisions are in the order of the readings.
	Decisions []Decision
	// StrangerShare is the share of legible sheets that carry an ID of no one on
	// the roster, as estimated from the batch, 0 to 1.
	StrangerShare float64
	// RosterMismatch says that the roster probably is another exam's: most legible
	// sheets fit no one. Every confidence takes that into account, so that nobody is
	// accepted.
	RosterMismatch bool
	// NamesDisagree says that the roster's names are not those of who has its IDs: the
	// sheets have others. They were left out.
	NamesDisagree bool
	// AttendanceDisagrees says that too many sheets are of students whom the roster marks
	// as absent. The marks were left out.
	AttendanceDisagrees bool
}

// Solve decides all sheets of a batch together: a student seldom hands in two
// sheets. Another sheet may take a student away, or make the student surer whom the
// sheet itself puts first, by taking a rival. It raises nobody else: what a sheet loses
// to another one is rather a duplicate, or a stranger's, than its neighbour's.
//
// Sheets that claim one student all go to a person, as duplicate_student; their
// candidates are those of the sheet alone, so that the person sees whom it says.
// Taken are the IDs of students whose sheet is known and not among the readings,
// because a person chose it: a sheet that wants one of them is a duplicate too.
// IDs that aren't on the roster are ignored.
//
// How many strangers to expect is estimated from the batch, see [Solution].
//
// A nil reading, a sheet that could not be read, claims no one. The order of the
// readings changes nothing but the order of the decisions.
func Solve(readings []*read.Reading, ro *roster.Roster, p Params, taken ...string) Solution {
	return NewScorer(ro, p).Score(readings, taken...).Solve(p, taken...)
}

// Solve decides all sheets together, as the function does.
func (s *Scored) Solve(p Params, taken ...string) Solution {
	p = p.WithDefaults()
	order, twins := canonicalOrder(s.scores)
	gone := among(s.ids, taken)
	prior := s.estimate(order, p)
	fits := s.fits(order, p, gone)
	// A sheet's belief is found anew where it is needed: all of them take more memory than
	// all else, and no time.
	own := func(n int) belief { return s.belief(order[n], prior) }
	b := newBatch(len(order), own, gone, p.Duplicate)
	b.propagate()
	both := func(n int) (alone, shared belief) {
		alone = own(n)
		return alone, b.marginal(n, &alone)
	}
	claims := countClaims(len(order), both, gone, p)
	out := Solution{
		Decisions: make([]Decision, len(order)), RosterMismatch: fits < 0.5, NamesDisagree: s.NamesDisagree,
		AttendanceDisagrees: s.AttendanceDisagrees,
		StrangerShare:       prior.strangers() / (1 - prior.none),
	}
	for n, i := range order {
		if twins[n] { // equal sheets get equal bits, whichever comes first
			out.Decisions[i] = out.Decisions[order[n-1]].clone()
			continue
		}
		alone, shared := both(n)
		out.Decisions[i] = settle(&alone, &shared, claims, p, fits)
	}
	return out
}

// settle makes the decision of one sheet from its own belief and the one shared with
// the batch. A student's second sheet goes to a person: one of several that claim the
// student, and one from which others took more than half of a student who led.
func settle(own, shared *belief, claims []int, p Params, fits float64) Decision {
	first := own.first()
	if first == nil {
		return shared.decide(p, fits)
	}
	now := shared.of(first.student)
	contested := claimed(own, shared, p) == first.student && claims[first.student] > 1
	lost := first.p > max(own.stranger, own.none) && now < first.p/2
	if !contested && !lost {
		return shared.decide(p, fits)
	}
	d := own.decide(p, fits)
	d.Status, d.Reason, d.StudentID = NeedsReview, DuplicateStudent, ""
	return d
}

// claimed is the student whom a sheet claims: it reaches the level for them by itself,
// or is theirs more likely than not in the light of the others; -1 if nobody.
func claimed(own, shared *belief, p Params) int {
	first := own.first()
	if first != nil && (first.verified(p.Verify) >= p.Level() || shared.of(first.student) > 0.5) {
		return first.student
	}
	return -1
}

// countClaims counts the sheets that claim each student, and one that is elsewhere.
func countClaims(sheets int, both func(int) (own, shared belief), taken []bool, p Params) []int {
	out := make([]int, len(taken))
	for j, is := range taken {
		if is {
			out[j] = 1
		}
	}
	for n := range sheets {
		own, shared := both(n)
		if j := claimed(&own, &shared, p); j >= 0 {
			out[j]++
		}
	}
	return out
}

// among says of each of all whether it is one of some.
func among(all, some []string) []bool {
	is := make(map[string]bool, len(some))
	for _, id := range some {
		is[id] = true
	}
	out := make([]bool, len(all))
	for j, id := range all {
		out[j] = is[id]
	}
	return out
}

// canonicalOrder is an order of the readings that doesn't depend on the order
// they were given in, so that sums come out the same to the last bit. Twins are
// those that say the same as the one before.
func canonicalOrder(sheets []*Scores) (order []int, twins []bool) {
	order, twins = make([]int, len(sheets)), make([]bool, len(sheets))
	for i := range sheets {
		order[i] = i
	}
	key := func(i int) []byte { return sheets[i].fingerprint[:] }
	slices.SortStableFunc(order, func(a, b int) int { return bytes.Compare(key(a), key(b)) })
	for n := 1; n < len(order); n++ {
		twins[n] = bytes.Equal(key(order[n]), key(order[n-1]))
	}
	return order, twins
}
