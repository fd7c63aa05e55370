package decide

// anyID is a distribution over IDs of one length in which every place is
// independent of the others: what a stranger's ID may be. All places have the
// probabilities of as many signs, the digits or all.
type anyID [][]float64

// score is the expectation of the CTC forward score over the distribution, with
// the same slips.
func (a anyID) score(e *emissions, slip slips) float64 {
	if len(a) == 0 {
		return 0
	}
	now := make([]anyState, len(a)+1) // now[0] is before the first sign
	for i := range now {
		now[i].ink = make([]float64, len(a[0]))
	}
	ready := make([]float64, len(a)+1)
	total := 0.0
	for c := range e.signs {
		now[0].gap = e.open[c]
		for i := 1; i <= len(a); i++ {
			ready[i] = now[i-1].gap + now[i-1].bad + now[i-1].sum + float64(slip.skip*ready[i-1])
		}
		for i := len(a); i > 0; i-- { // a place reads its neighbour's last column
			now[i].step(&now[i-1], ready[i], a[i-1], e, c, slip)
		}
		total += float64((now[len(a)].sum + now[len(a)].bad) * e.close[c])
	}
	return total
}

// anyState is the state of one place of an ID that may be any.
type anyState struct {
	ink []float64
	sum float64 // of ink
	bad float64
	gap float64
}

func (s *anyState) step(before *anyState, ready float64, prior []float64, e *emissions, c int, slip slips) {
	gap := float64(e.gaps[c] * (s.gap + s.sum + s.bad))
	s.bad = float64(e.marks[c] * (s.bad + float64(slip.misread*ready)))
	sum := 0.0
	ink, earlier, signs := s.ink, before.ink[:len(s.ink)], e.signs[c][:len(s.ink)]
	for d, p := range prior[:len(ink)] {
		in := ready - earlier[d] // a sign follows itself only after a gap
		if in < 0 {
			in = 0
		}
		ink[d] = float64(signs[d] * (ink[d] + float64(p*in)))
		sum += ink[d]
	}
	s.gap, s.sum = gap, sum
}
