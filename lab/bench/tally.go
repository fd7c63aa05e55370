package main

import (
	"maps"
	"math"
	"math/rand/v2"
	"slices"
)

// tally is what became of sheets.
type tally []outcome

// only are the sheets that a question is about.
func (t tally) only(about func(outcome) bool) tally {
	var out tally
	for _, o := range t {
		if about(o) {
			out = append(out, o)
		}
	}
	return out
}

func (t tally) kind(k kind) tally { return t.only(func(o outcome) bool { return o.kind == k }) }

// share is how many of the sheets are so.
func (t tally) share(so func(outcome) bool) share { return share{len(t.only(so)), len(t)} }

// resamples are how many times exams are drawn anew for an interval.
const resamples = 2000

// byExam is a share's 95 % interval that takes exams as independent, not sheets, for an
// exam's sheets have one form: percentiles of the share of as many exams, drawn from
// these with replacement (cluster bootstrap). Of few exams it is too narrow.
func (t tally) byExam(so func(outcome) bool) (low, high float64) {
	exams := make(map[int]share)
	for _, o := range t {
		of := exams[o.exam]
		if of.of++; so(o) {
			of.hits++
		}
		exams[o.exam] = of
	}
	if len(exams) == 0 {
		return 0, 1
	}
	all := make([]share, 0, len(exams))
	for _, k := range slices.Sorted(maps.Keys(exams)) {
		all = append(all, exams[k])
	}
	r := rand.New(rand.NewPCG(1, uint64(len(t))))
	shares := make([]float64, resamples)
	for i := range shares {
		var sum share
		for range all {
			one := all[r.IntN(len(all))]
			sum.hits, sum.of = sum.hits+one.hits, sum.of+one.of
		}
		shares[i] = float64(sum.hits) / float64(sum.of)
	}
	slices.Sort(shares)
	return shares[resamples/40], shares[resamples-1-resamples/40]
}

// stage is one of the two decisions that a sheet gets.
type stage func(outcome) verdict

func alone(o outcome) verdict    { return o.alone }
func atTheEnd(o outcome) verdict { return o.batch }

func (s stage) first(o outcome) bool    { return s(o).first }
func (s stage) accepted(o outcome) bool { return s(o).accepted }
func (s stage) wrong(o outcome) bool    { return s(o).wrong }

// leastDoubt bounds the log loss of a sheet that was wrong with certainty.
const leastDoubt = 1e-9

// logLoss is the mean, in nats, of minus the logarithm of the probability that a
// decision gave to what is true: that its first candidate wrote the sheet, or not.
func (t tally) logLoss(s stage) float64 {
	sum := 0.0
	for _, o := range t {
		v := s(o)
		p := v.confidence
		if !v.first {
			p = 1 - p
		}
		sum -= math.Log(max(p, leastDoubt))
	}
	return sum / float64(max(1, len(t)))
}

// bin is a range of confidences, from its own bound to the next one's.
type bin struct {
	from, to   float64
	confidence float64 // mean
	right      share
}

// binBounds are narrow where it matters.
func binBounds() []float64 { return []float64{0, 0.5, 0.9, 0.99, 0.999, 0.9999, 1} }

// reliability sorts sheets by the confidence in their first candidates, to be held
// against how many of these are right.
func (t tally) reliability(s stage) []bin {
	bounds := binBounds()
	var out []bin
	for i, from := range bounds[:len(bounds)-1] {
		to := bounds[i+1]
		out = append(out, newBin(from, to, s, t.only(func(o outcome) bool {
			c := s(o).confidence
			return c >= from && (c < to || to == 1)
		})))
	}
	return out
}

func newBin(from, to float64, s stage, sheets tally) bin {
	sum := 0.0
	for _, o := range sheets {
		sum += s(o).confidence
	}
	return bin{from, to, sum / float64(max(1, len(sheets))), sheets.share(s.first)}
}

// points is how much more often first candidates were right than they were said to
// be, in percentage points.
func (b bin) points() float64 {
	return 100 * (float64(b.right.hits)/float64(max(1, b.right.of)) - b.confidence)
}

// sheetsOfBin is how many sheets a bin needs for its difference to say something.
const sheetsOfBin = 200

// worstBin is the bin of enough sheets whose confidence is furthest from the truth.
func (t tally) worstBin(s stage) bin {
	var worst bin
	for _, b := range t.reliability(s) {
		if b.right.of >= sheetsOfBin && (worst.right.of == 0 || math.Abs(b.points()) > math.Abs(worst.points())) {
			worst = b
		}
	}
	return worst
}
