package decide

import (
	"slices"

	"hakbeon/recognizer/read"
)

// hear weighs the second opinions: factors to what the reading says of each student
// and of each stranger. They raise no student but the one whom the reading itself puts
// first, and don't touch how much likelier a changed digit is, see belief. So an
// opinion can confirm what was read, or take from it, and never put another student in
// its place.
//
// A batch in which the answers seldom agree with what was read trusts them less; one
// in which they do trusts them no more than was measured.
func (s *Scored) hear(p Params) {
	heard := func(of *Scores) bool { return of.second != nil && of.second.Text != "" }
	if len(s.ids) == 0 || !slices.ContainsFunc(s.scores, heard) {
		return
	}
	signs := make([][]int8, len(s.ids))
	for j, id := range s.ids {
		signs[j] = read.Signs(id)
	}
	prior := sharesOf(p)
	agreed, expected := 0.0, 0.0
	order, _ := canonicalOrder(s.scores)
	for _, i := range order {
		if heard(s.scores[i]) {
			a, e := s.agreement(i, prior, signs)
			agreed, expected = agreed+a, expected+e
		}
	}
	for i, of := range s.scores {
		if heard(of) && !s.sheets[i].empty {
			right := of.second.Mistakes.Right
			right = min(right, (float64(p.Known*right)+agreed)/(p.Known+expected))
			s.sheets[i].hear(of.second, signs, right)
		}
	}
}

// agreement is how much an answer agrees with the students that the reading alone
// believes in, and how much it would if it were measured to be right.
func (s *Scored) agreement(i int, prior shares, of [][]int8) (agreed, expected float64) {
	o := s.scores[i].second
	said := o.Signs()
	b := s.belief(i, prior)
	for _, st := range b.students {
		self := likelihoodOfAnswer(&o.Mistakes, of[st.student], of[st.student])
		agreed += float64(st.p * min(1, likelihoodOfAnswer(&o.Mistakes, said, of[st.student])))
		expected += float64(st.p * self)
	}
	return agreed, expected
}

// hear weighs one opinion; a share of right of such answers follows the mistakes.
func (l *likelihoods) hear(o *read.Opinion, of [][]int8, right float64) {
	said := o.Signs()
	self := likelihoodOfAnswer(&o.Mistakes, said, said)
	weight := func(ratio float64) float64 { return float64(right*min(1, ratio)) + (1 - right) }
	// Whoever isn't meant is taken to be one mistake away.
	m := o.Mistakes
	other := weight(max((1-m.Sign)/(9*m.Sign), m.Lost, m.Extra))
	strange := 1.0
	if !slices.Contains(said, read.Unread) && slices.ContainsFunc(of, func(id []int8) bool { return slices.Equal(id, said) }) {
		strange = other
	}
	for k := range l.students {
		st := &l.students[k]
		st.heard = weight(likelihoodOfAnswer(&m, said, of[st.student])/self) / other
	}
	l.heard = strange / other
}

// likelihoodOfAnswer is the probability that a reader with these mistakes says one string of
// signs where another is written: the sum over all ways to leave out, put in and
// change signs.
func likelihoodOfAnswer(m *read.Mistakes, said, written []int8) float64 {
	row := make([]float64, len(said)+1)
	next := make([]float64, len(said)+1)
	row[0] = 1
	for j := range said {
		row[j+1] = float64(row[j]*m.Extra) / 10
	}
	for _, sign := range written {
		next[0] = float64(row[0] * m.Lost)
		for j, s := range said {
			read := float64((1 - m.Lost) * likelihoodOfSign(m, s, sign))
			next[j+1] = float64(row[j]*read) + float64(row[j+1]*m.Lost) + float64(next[j]*m.Extra)/10
		}
		row, next = next, row
	}
	return row[len(said)]
}

func likelihoodOfSign(m *read.Mistakes, said, written int8) float64 {
	switch said {
	case read.Unread:
		return 0.1
	case written:
		return m.Sign
	}
	return (1 - m.Sign) / 9
}
