package ppocr

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"hakbeon/recognizer"
)

// The places of recognizer's classes.
const (
	classBlank = 0
	classZero  = 1
	classOther = 11
)

// pooling adds a general text model's classes up to ours. A model that knows
// thousands of signs takes a Korean 7 for n, a bare stroke for /, and so on;
// the table says which digit each sign stands for, and how surely. What it
// doesn't name is "other".
type pooling struct {
	blanks []int
	shares []share
}

// share is how the probability of a class is divided among the digits, for each
// certainty.
type share struct {
	class   int
	weights [certainties][10]float32
}

// certainties is how many degrees of certainty the table knows. A model is wrong
// ten times as often where no sign stands out, and about other digits.
const certainties = 3

// certainty is the degree for the probability of a column's likeliest sign.
func certainty(peak float32) int {
	switch {
	case peak > 0.99:
		return 2
	case peak > 0.9:
		return 1
	}
	return 0
}

// newPooling maps a model's signs, in the order of its classes: class 0 is
// CTC's blank, then the keys, then the space, which counts as blank. Table is
// in the format of models.Digits.
func newPooling(keys, table string) (*pooling, error) {
	signs := strings.Split(strings.TrimSuffix(keys, "\n"), "\n")
	class := make(map[string]int, len(signs))
	for i, sign := range signs {
		class[sign] = i + 1
	}
	p := &pooling{blanks: []int{0, len(signs) + 1}}
	place := make(map[int]int) // in p.shares, of a class
	for i, line := range strings.Split(strings.TrimSuffix(table, "\n"), "\n") {
		sign, degree, weights, err := parseShare(line)
		n, known := class[sign]
		if err != nil || !known {
			return nil, fmt.Errorf("ppocr: table of digits, line %d: sign %q, known %t: %w", i+1, sign, known, err)
		}
		if _, ok := place[n]; !ok {
			place[n] = len(p.shares)
			p.shares = append(p.shares, share{class: n})
		}
		p.shares[place[n]].weights[degree] = weights
	}
	return p, nil
}

func parseShare(line string) (sign string, degree int, weights [10]float32, err error) {
	fields := strings.Split(line, "\t")
	if len(fields) != 12 {
		return "", 0, weights, fmt.Errorf("%d fields, want a sign, a certainty and ten weights", len(fields))
	}
	if degree, err = strconv.Atoi(fields[1]); err != nil || degree < 0 || degree >= certainties {
		return fields[0], 0, weights, fmt.Errorf("certainty %q is not 0, 1 or 2", fields[1])
	}
	for d, f := range fields[2:] {
		w, err := strconv.ParseFloat(f, 32)
		if err != nil || !(w >= 0 && w <= 1) {
			return fields[0], 0, weights, fmt.Errorf("weight %q is not a number from 0 to 1", f)
		}
		weights[d] = float32(w)
	}
	return fields[0], degree, weights, nil
}

// classes is how many classes the model must give.
func (p *pooling) classes() int { return p.blanks[len(p.blanks)-1] + 1 }

// pool adds one column's probabilities up.
func (p *pooling) pool(column []float32) (out [recognizer.Classes]float32) {
	for _, class := range p.blanks {
		out[classBlank] += column[class]
	}
	sum := out[classBlank]
	degree := certainty(slices.Max(column))
	for i := range p.shares {
		s := &p.shares[i]
		v := column[s.class]
		for d, w := range s.weights[degree] {
			out[classZero+d] += w * v
			sum += w * v
		}
	}
	out[classOther] = max(0, 1-sum)
	return out
}
