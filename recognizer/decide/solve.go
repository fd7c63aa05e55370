package decide

import (
	"bytes"
	"crypto/sha256"
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
	// RosterMismatch says that most legible sheets fit no one: as if the roster
	// were another exam's. Then nobody is accepted.
	RosterMismatch bool
}

// Solve decides all sheets of a batch together: a student seldom hands in two
// sheets. A student is accepted if the probability that the sheet is the
// student's comes to Params.Accept, and the probability that then no other sheet
// is, to Params.Alone. So another sheet may take a student away, or make a student
// surer whose rival it takes. But nobody is accepted who isn't the likeliest on the
// sheet itself: what a sheet loses to another one is rather a duplicate, or a
// stranger's, than its neighbour's.
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
	return Score(readings, ro, p).Solve(p, taken...)
}

// Solve decides all sheets together, as the function does.
func (s *Scored) Solve(p Params, taken ...string) Solution {
	p = p.WithDefaults()
	order, twins := canonicalOrder(s.readings)
	gone := s.claimed(taken)
	prior := s.estimate(order, p)
	beliefs := make([]belief, len(order))
	for n, i := range order {
		beliefs[n] = s.belief(i, prior)
	}
	out := Solution{
		Decisions: make([]Decision, len(order)), StrangerShare: prior.strangers() / (1 - prior.none),
		RosterMismatch: s.mismatch(p, gone),
	}
	m := newMatching(beliefs, gone, p)
	m.propagate()
	for n, i := range order {
		if twins[n] { // equal sheets get equal bits, whichever comes first
			out.Decisions[i] = out.Decisions[order[n-1]].clone()
			continue
		}
		shared := m.shared(n, &beliefs[n])
		out.Decisions[i] = settle(&beliefs[n], &shared, m, p)
		if out.RosterMismatch {
			out.Decisions[i].withhold()
		}
	}
	return out
}

// Numbers of the alarm.
const (
	// mismatchSheets is how many legible sheets it takes at least.
	mismatchSheets = 5
	// mismatchShare is the share of them that fit no one.
	mismatchShare = 0.6
)

// mismatch reports whether most legible sheets fit no one, each by itself. A
// sheet that a person gave to a student of the roster fits.
func (s *Scored) mismatch(p Params, gone []bool) bool {
	legible, strange := 0, 0
	for _, is := range gone {
		if is {
			legible++
		}
	}
	prior := sharesOf(p)
	for i := range s.sheets {
		b := s.belief(i, prior)
		if b.none < 0.5 {
			legible++
		}
		if b.stranger > 0.5 {
			strange++
		}
	}
	return len(s.ids) > 0 && legible >= mismatchSheets && float64(strange) >= float64(mismatchShare*float64(legible))
}

// withhold takes an acceptance back: among sheets of another exam, one that fits
// a student fits by chance.
func (d *Decision) withhold() {
	if d.Status == Matched {
		d.Status, d.Reason, d.StudentID = NeedsReview, LowConfidence, ""
	}
}

func (d *Decision) clone() Decision {
	out := *d
	out.Candidates = append([]Candidate{}, d.Candidates...)
	return out
}

// claimed marks the students who are taken.
func (s *Scored) claimed(taken []string) []bool {
	is := make(map[string]bool, len(taken))
	for _, id := range taken {
		is[id] = true
	}
	out := make([]bool, len(s.ids))
	for j, id := range s.ids {
		out[j] = is[id]
	}
	return out
}

// settle makes the decision of one sheet from its own belief and the one shared
// with the batch.
func settle(own, shared *belief, m *matching, p Params) Decision {
	d := shared.decide(p)
	if own.best < 0 {
		return d
	}
	contested := own.of(own.best) >= p.Claim && m.strongClaims(own.best, p.Claim) > 1
	if contested || d.Status != Matched && lost(own, shared, p) || d.Reason == DuplicateStudent {
		d = own.decide(p)
		d.Status, d.Reason, d.StudentID = NeedsReview, DuplicateStudent, ""
	}
	return d
}

// lost says whether other sheets took so much of a sheet's best explanation, a
// student, that they are the reason for a review. One that would be accepted by
// itself and isn't has lost to them.
func lost(own, shared *belief, p Params) bool {
	was := own.of(own.best)
	led := was > max(own.stranger, own.none)
	return led && shared.alone < was/2 || !own.doubted && was >= p.Accept
}

// canonicalOrder is an order of the readings that doesn't depend on the order
// they were given in, so that sums come out the same to the last bit. Twins are
// those that say the same as the one before.
func canonicalOrder(readings []*read.Reading) (order []int, twins []bool) {
	keys := make([][sha256.Size]byte, len(readings))
	order, twins = make([]int, len(readings)), make([]bool, len(readings))
	for i, rd := range readings {
		order[i], keys[i] = i, rd.Fingerprint()
	}
	slices.SortStableFunc(order, func(a, b int) int { return bytes.Compare(keys[a][:], keys[b][:]) })
	for n := 1; n < len(order); n++ {
		twins[n] = keys[order[n]] == keys[order[n-1]]
	}
	return order, twins
}
