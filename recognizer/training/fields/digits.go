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
// that aren't, the right way up and the wrong one, and how much likelier so many are in the
// first: what package read weighs fields by that it has read.
func measureDigits(first uint64, n int, part string) error {
	line, err := read.OpenLineModel("")
	if err != nil {
		return err
	}
	defer func() { _ = line.Close() }()
	var right, wrong counts
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
			strip := read.Between(f.Start.X, f.Start.Y, f.End.X, f.End.Y, f.Height)
			for c, way := range map[*counts]read.Strip{&right: strip, &wrong: strip.Reversed()} {
				lines, err := read.Fields(context.Background(), line, scan, []read.Field{{Strip: way, Prior: 1}})
				if err != nil {
					return err
				}
				c.add(lines, i == r.right)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	fmt.Println("the right way up")
	right.print()
	fmt.Println("the wrong way up")
	wrong.print()
	return nil
}

// counts are fields by how many digits are read in them.
type counts struct{ is, isnt [mostDigits + 1]float64 }

func (c *counts) add(lines []read.Line, id bool) {
	most := 0.0
	for k := range lines {
		most = max(most, read.LongestRun(&lines[k]).Sum)
	}
	into := &c.isnt
	if id {
		into = &c.is
	}
	into[min(mostDigits, int(math.Round(most)))]++
}

func (c *counts) print() {
	is, isnt := c.is[:], c.isnt[:]
	fmt.Println("digits       is   isn't  ratio")
	for k := range is {
		ratio := (is[k] + 1) / (sum(is) + mostDigits) / ((isnt[k] + 1) / (sum(isnt) + mostDigits))
		fmt.Printf("%6d %8.0f %7.0f %6.2f\n", k, is[k], isnt[k], ratio)
	}
	each, even := fitDigits(is, isnt)
	fmt.Printf("each digit %.2f, even at %.1f\n", each, even)
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
