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

// estimate fits the shares of students and of strangers to a batch: the likeliest ones
// under a Dirichlet prior around the parameters that is worth Params.Known sheets, by
// expectation and maximisation. A batch with many strangers becomes more careful, a clean
// one a little bolder. A sheet that can't be read is no stranger's for that, and one with
// a misread digit is no near stranger's. Sheets without an ID stay as frequent as
// expected: that one sheet shows none says nothing of another that shows digits.
func (s *Scored) estimate(order []int, p Params) shares {
	now := sharesOf(p)
	prior := now.times(p.Known / (1 - p.Missing))
	for range emSteps {
		count := prior
		for _, i := range order {
			if sheet := &s.sheets[i]; !sheet.empty {
				right, misread, more := sheet.explained(now)
				if whole := right.sum() + misread + more; whole > 0 {
					count = count.plus(right.times(1 / whole))
					count.student += misread / whole
				}
			}
		}
		count.none = 0
		now = count.times((1 - p.Missing) / count.sum())
		now.none = p.Missing
	}
	return now
}

// explained is how well a batch's shares account for a sheet in three ways: its digits are
// read right; one digit of a student is misread, so that the number is near a student's;
// more are, or a stranger's, so that it is any number, whoever wrote it. Each digit is
// misread as often as its clearness says.
func (l *likelihoods) explained(s shares) (right shares, misread, more float64) {
	none, one := 0.0, 0.0 // probabilities of so many misread digits
	if m := len(l.text); m > 0 {
		others := 1.0
		for range m - 1 {
			others *= l.textConf
		}
		none, one = float64(others*l.textConf), float64(float64(m)*float64(others*(1-l.textConf)))
	}
	ofAny := float64(s.student*max(0, 1-none-one)) + float64((1-s.student)*(1-none))
	return s.weigh(l.known, &l.strange).times(none), float64(float64(one*s.student) * l.strange[strangeNear]), float64(ofAny * l.strange[strangeAny])
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

// fits is the probability that the roster is the exam's. Digits may be misread, as in
// explained; a student who has a sheet elsewhere fits.
func (s *Scored) fits(order []int, p Params, taken []bool) float64 {
	if len(s.ids) == 0 {
		return 1
	}
	prior := sharesOf(p)
	other := prior.ofAnotherRoster()
	odds := newOdds(anotherRoster)
	for _, i := range order {
		if sheet := &s.sheets[i]; !sheet.empty {
			of := func(s shares) float64 {
				right, misread, more := sheet.explained(s)
				return right.sum() + misread + more
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
