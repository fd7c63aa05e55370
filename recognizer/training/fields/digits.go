package main

import (
	"context"
	"fmt"
	"image"
	"math"

	"hakbeon/lab/synth"
	"hakbeon/recognizer/find"
	"hakbeon/recognizer/read"
)

// mostDigits is the last column of the table of digits: so many and more.
const mostDigits = 14

// measureDigits prints how many digits are read in the fields that are the ID and in those
// that aren't, and how much likelier so many are in the first: what package read weighs
// fields by that it has read.
func measureDigits(first uint64, n int, part string) error {
	line, err := read.OpenLineModel("")
	if err != nil {
		return err
	}
	defer func() { _ = line.Close() }()
	var is, isnt [mostDigits + 1]float64
	err = eachPage(first, n, part, func(finder *find.Finder, seed uint64, scan *image.Gray, truth *synth.Truth) error {
		fields, err := turned(finder, scan, 0)
		if err != nil {
			return err
		}
		r := newResult(seed, fields, truth)
		for i, f := range fields {
			if f.Lying {
				continue
			}
			strip := read.Field{Strip: read.Between(f.Start.X, f.Start.Y, f.End.X, f.End.Y, f.Height), Prior: 1}
			lines, err := read.Fields(context.Background(), line, scan, []read.Field{strip})
			if err != nil {
				return err
			}
			most := 0.0
			for k := range lines {
				most = max(most, read.LongestRun(&lines[k]).Sum)
			}
			into := &isnt
			if i == r.right {
				into = &is
			}
			into[min(mostDigits, int(math.Round(most)))]++
		}
		return nil
	})
	if err != nil {
		return err
	}
	fmt.Println("digits       is   isn't  ratio")
	for k := range is {
		ratio := (is[k] + 1) / (sum(is[:]) + mostDigits) / ((isnt[k] + 1) / (sum(isnt[:]) + mostDigits))
		fmt.Printf("%6d %8.0f %7.0f %6.2f\n", k, is[k], isnt[k], ratio)
	}
	each, even := fitDigits(is[:], isnt[:])
	fmt.Printf("each digit %.2f, even at %.1f\n", each, even)
	return nil
}

func sum(v []float64) float64 {
	all := 0.0
	for _, x := range v {
		all += x
	}
	return all
}

// enoughDigits is how many digits speak for an ID: more are as frequent elsewhere.
const enoughDigits = 8

// fitDigits fits a logistic regression of being the ID, as if that were as frequent as not:
// the logarithm of the ratio is each (digits - even).
func fitDigits(is, isnt []float64) (each, even float64) {
	each, even = 0.5, 4
	nIs, nIsnt := sum(is), sum(isnt)
	const steps, rate = 20_000, 0.05
	for range steps {
		var slope, offset float64
		for k := range is {
			x := math.Min(float64(k), enoughDigits)
			p := 1 / (1 + math.Exp(-each*(x-even)))
			off := is[k]/nIs*(1-p) - isnt[k]/nIsnt*p
			slope, offset = slope+off*(x-even), offset-off*each
		}
		each, even = each+rate*slope, even+rate*offset
	}
	return each, even
}
