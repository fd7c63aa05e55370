package decide

// Batch is what the factor graph of a batch is made of: each sheet's own posterior
// of each student, 0 for none, and which students are taken. The rest of a sheet is
// no one's.
type Batch struct {
	Sheets [][]float64
	Taken  []bool
}

// Marginals are, of each sheet and student, the probability that the sheet is the
// student's, by belief propagation and nothing else.
func (b Batch) Marginals(duplicate float64) [][]float64 {
	beliefs := make([]belief, len(b.Sheets))
	for i, w := range b.Sheets {
		beliefs[i] = belief{likelihoods: &likelihoods{}, stranger: 1}
		for j, v := range w {
			if v > 0 {
				beliefs[i].students = append(beliefs[i].students, posterior{student: j, p: v, most: 1, named: 1, present: 1})
				beliefs[i].stranger -= v
			}
		}
	}
	g := newBatch(len(beliefs), func(n int) belief { return beliefs[n] }, b.Taken, duplicate)
	g.propagate()
	out := make([][]float64, len(b.Sheets))
	for i := range out {
		out[i] = make([]float64, len(b.Taken))
		shared := g.marginal(i, &beliefs[i])
		for _, p := range shared.students {
			out[i][p.student] = p.p
		}
	}
	return out
}
