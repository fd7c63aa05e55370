package recognizer

// Batch is what a matching is made of: each sheet's own posterior of each
// student, 0 for none, and which students are taken. The rest of a sheet is no
// one's.
type Batch struct {
	Sheets [][]float64
	Taken  []bool
}

// Marginals are, of each sheet and student, the probability that the sheet is
// the student's; of the sheet's best student, that no other one is.
func (b Batch) Marginals(p Params) [][]float64 {
	m := b.matching(p)
	out := make([][]float64, len(b.Sheets))
	for i := range out {
		out[i] = make([]float64, len(b.Taken))
		for _, e := range m.sheets[i].edges {
			out[i][e.student] = e.least
		}
	}
	return out
}

// Clusters counts the sheets of each cluster that is solved for itself.
func (b Batch) Clusters(p Params) (sizes []int) {
	for _, c := range b.matching(p).clusters {
		sizes = append(sizes, len(c.sheets))
	}
	return sizes
}

func (b Batch) matching(p Params) *matching {
	var beliefs []belief
	for _, w := range b.Sheets {
		own := belief{likelihoods: &likelihoods{best: -1}, stranger: 1}
		for j, v := range w {
			if v > 0 {
				own.students = append(own.students, posterior{j, v})
				own.stranger -= v
				if own.best < 0 || v > w[own.best] {
					own.best = j
				}
			}
		}
		beliefs = append(beliefs, own)
	}
	m := newMatching(beliefs, b.Taken, p.WithDefaults())
	m.propagate()
	return m
}
