package decide

// Batch is what a matching is made of: each sheet's own posterior of each
// student, 0 for none, and which students are taken. The rest of a sheet is no
// one's.
type Batch struct {
	Sheets [][]float64
	Taken  []bool
}

// Marginals are, of each sheet and student, the probability that the sheet is
// the student's, and of each sheet, that its best student has it and no other.
func (b Batch) Marginals(p Params) (students [][]float64, alone []float64) {
	m := b.matching(p)
	students, alone = make([][]float64, len(b.Sheets)), make([]float64, len(b.Sheets))
	for i := range students {
		students[i] = make([]float64, len(b.Taken))
		for _, e := range m.sheets[i].edges {
			students[i][e.student] = e.least
			if e.best {
				alone[i] = e.alone
			}
		}
	}
	return students, alone
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
