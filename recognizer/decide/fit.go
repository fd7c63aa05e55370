package decide

import (
	"math"

	"hakbeon/recognizer/read"
	"hakbeon/recognizer/roster"
)

// Labelled is a batch whose truth is known. Fit with people whom neither the line model
// nor the benchmark has seen.
type Labelled struct {
	Readings []*read.Reading
	Roster   *roster.Roster
	// Truth has the ID that is written on each sheet; empty if there is none.
	Truth []string
}

// leastProbability bounds the loss of one sheet: no calibration set is so large that it
// could tell less.
const leastProbability = 1e-4

// leastGain is the share of the loss that a step must bring: less is chance.
const leastGain = 1e-3

// LogLoss is the mean, in nats, of minus the logarithm of the probability that each
// decision gave to what is true: that its first candidate wrote the sheet, or not.
// It is a proper scoring rule: the least loss is calibrated as well as sharp. A
// probability of less than 1e-4 counts as that.
func LogLoss(decisions []Decision, truth []string) float64 {
	sum := 0.0
	for i, d := range decisions {
		p := 1 - d.Confidence
		if len(d.Candidates) > 0 && d.Candidates[0].StudentID == truth[i] {
			p = d.Confidence
		}
		sum -= math.Log(max(p, leastProbability))
	}
	return sum / float64(max(1, len(decisions)))
}

// Fit finds the Verify and Skip with the least log loss of the batches' decisions, from p
// on, and returns it, too. It goes along one parameter after the other by factors of 2,
// 1.4 and 1.2. Shares, levels and what else is expectation or policy stay as they are.
func Fit(batches []Labelled, p Params) (Params, float64) {
	f := fitting{batches: batches}
	p = p.WithDefaults()
	best := f.loss(p)
	for _, step := range []float64{2, math.Sqrt2, math.Sqrt(math.Sqrt2)} {
		for k := range fitted(&p) {
			for _, factor := range []float64{step, 1 / step} {
				for {
					next := p
					*fitted(&next)[k] *= factor
					loss := f.loss(next)
					if next != next.WithDefaults() || loss >= best || loss > float64(best*(1-leastGain)) {
						break
					}
					p, best = next, loss
				}
			}
		}
	}
	return p, best
}

// fitted are the parameters that Fit changes; the first needs no scoring.
func fitted(p *Params) [2]*float64 { return [2]*float64{&p.Verify, &p.Skip} }

// fitting keeps what was scored last.
type fitting struct {
	batches []Labelled
	scored  []*Scored
	with    Params
}

// loss decides all batches.
func (f *fitting) loss(p Params) float64 {
	same := f.with
	same.Verify = p.Verify
	if f.scored == nil || same != p {
		f.scored, f.with = nil, p
		for _, b := range f.batches {
			f.scored = append(f.scored, Score(b.Readings, b.Roster, p))
		}
	}
	sum, sheets := 0.0, 0
	for i, b := range f.batches {
		n := len(b.Readings)
		sum += LogLoss(f.scored[i].Solve(p).Decisions, b.Truth) * float64(n)
		sheets += n
	}
	return sum / float64(max(1, sheets))
}
