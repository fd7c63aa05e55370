package decide

// shares is how frequent each kind of sheet is, or how much each kind weighs on
// one sheet.
type shares struct {
	student float64
	strange [strangeKinds]float64
	none    float64
}

// sharesOf are the shares that the parameters expect.
func sharesOf(p Params) shares {
	s := shares{none: p.Missing, student: 1 - p.Stranger - p.Missing}
	s.strange[strangeNear] = float64(p.Stranger * p.Near)
	others := float64(p.Stranger*(1-p.Near)) / 2
	s.strange[strangeAny], s.strange[strangeFrequent] = others, others
	return s
}

// weigh multiplies the shares with a sheet's likelihoods.
func (s shares) weigh(known float64, strange *[strangeKinds]float64) shares {
	out := shares{student: float64(s.student * known), none: s.none}
	for k, v := range strange {
		out.strange[k] = float64(s.strange[k] * v)
	}
	return out
}

func (s shares) strangers() float64 {
	sum := 0.0
	for _, v := range s.strange {
		sum += v
	}
	return sum
}

func (s shares) sum() float64 { return s.student + s.strangers() + s.none }

// Numbers of the estimate.
const (
	// emSteps is fixed, so that the outcome doesn't hang on a comparison.
	emSteps = 20
	// leastSheets is the size of a batch below which the parameters alone count.
	leastSheets = 5
	// leastShare bounds each share from below, as a part of the parameter's: no
	// batch is so clean that nothing is to be feared.
	leastShare = 1.0 / 3
)

// estimate fits the shares to a batch: the likeliest ones under a Dirichlet
// prior around the parameters that is worth Params.Known sheets, by expectation
// and maximisation. A batch with many strangers becomes more careful, a clean one
// a little bolder. Sheets on which nothing was found to read say nothing about
// strangers; they count as having no ID.
func (s *Scored) estimate(order []int, p Params) shares {
	prior := sharesOf(p)
	if s.legible() < leastSheets {
		return prior
	}
	now := prior
	for range emSteps {
		count := prior.times(p.Known)
		for _, i := range order {
			sheet := &s.sheets[i]
			if sheet.empty {
				count.none++
				continue
			}
			w := now.weigh(sheet.known, &sheet.strange)
			count = count.plus(w.times(1 / w.sum()))
		}
		now = count.times(1 / count.sum()).bounded(prior)
	}
	return now
}

// legible counts the sheets on which something was read.
func (s *Scored) legible() int {
	n := 0
	for i := range s.sheets {
		if !s.sheets[i].empty {
			n++
		}
	}
	return n
}

func (s shares) times(f float64) shares {
	s.student = float64(s.student * f)
	s.none = float64(s.none * f)
	for k := range s.strange {
		s.strange[k] = float64(s.strange[k] * f)
	}
	return s
}

func (s shares) plus(o shares) shares {
	s.student += o.student
	s.none += o.none
	for k, v := range o.strange {
		s.strange[k] += v
	}
	return s
}

// bounded raises shares that fell too far below the prior, and makes the sum 1.
func (s shares) bounded(prior shares) shares {
	s.student = max(s.student, float64(leastShare*prior.student))
	s.none = max(s.none, float64(leastShare*prior.none))
	for k := range s.strange {
		s.strange[k] = max(s.strange[k], float64(leastShare*prior.strange[k]))
	}
	return s.times(1 / s.sum())
}
