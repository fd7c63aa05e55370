package decide

import "math"

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

// ofAnotherRoster are the shares of a batch whose roster is another exam's: students
// and strangers have changed places, and no stranger is near.
func (s shares) ofAnotherRoster() shares {
	out := shares{none: s.none, student: s.strangers()}
	out.strange[strangeAny], out.strange[strangeFrequent] = s.student/2, s.student/2
	return out
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

// emSteps is fixed, so that the outcome doesn't hang on a comparison.
const emSteps = 20

// estimate fits the shares to a batch: the likeliest ones under a Dirichlet
// prior around the parameters that is worth Params.Known sheets, by expectation
// and maximisation. A batch with many strangers becomes more careful, a clean one
// a little bolder. Sheets on which nothing was found to read say nothing about
// strangers; they count as having no ID. Others count as much as they are legible:
// that a sheet can't be read doesn't make it a stranger's.
func (s *Scored) estimate(order []int, p Params) shares {
	prior := sharesOf(p)
	now := prior
	for range emSteps {
		count := prior.times(p.Known)
		for _, i := range order {
			sheet := &s.sheets[i]
			if sheet.empty || sheet.text == "" {
				count.none++
				continue
			}
			w := now.weigh(sheet.known, &sheet.strange)
			count = count.plus(w.times(sheet.legible() / w.sum()))
		}
		now = count.times(1 / count.sum())
	}
	return now
}

// legible is the probability that the digits that the sheet seems to show, read without
// a roster, are all right.
func (l *likelihoods) legible() float64 {
	if l.text == "" {
		return 0
	}
	p := 1.0
	for range l.text {
		p *= l.textConf
	}
	return p
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

// anotherRoster is the prior odds of the roster being another exam's: five sheets that
// are all strangers' overcome it, four don't.
const anotherRoster = 1e-5

// fits is the probability that the roster is the exam's. What isn't legible is as likely
// under either roster, as any digits are; a student who has a sheet elsewhere fits.
func (s *Scored) fits(order []int, p Params, taken []bool) float64 {
	if len(s.ids) == 0 {
		return 1
	}
	prior := sharesOf(p)
	other := prior.ofAnotherRoster()
	odds := newOdds(anotherRoster)
	for _, i := range order {
		if sheet := &s.sheets[i]; !sheet.empty {
			legible := sheet.legible()
			illegible := float64((1 - legible) * sheet.strange[strangeAny])
			of := func(s shares) float64 {
				return float64(legible*s.weigh(sheet.known, &sheet.strange).sum()) + illegible
			}
			if right := of(prior); right > 0 {
				odds.times(of(other) / right)
			}
		}
	}
	for _, is := range taken {
		if is {
			odds.times(other.student / prior.student)
		}
	}
	return odds.against()
}

// odds are a product of any number of ratios, mantissa * 2^exponent.
type odds struct {
	mantissa float64
	exponent int
}

func newOdds(prior float64) *odds { return &odds{prior, 0} }

func (o *odds) times(ratio float64) {
	mantissa, e := math.Frexp(float64(o.mantissa * ratio))
	o.mantissa, o.exponent = mantissa, o.exponent+e
}

// against is the probability of what the odds speak against.
func (o *odds) against() float64 { return 1 / (1 + math.Ldexp(o.mantissa, o.exponent)) }
