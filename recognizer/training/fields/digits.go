package main

import (
	"context"
	"fmt"
	"image"
	"math"
	"strings"

	"hakbeon/lab/synth"
	"hakbeon/recognizer/find"
	"hakbeon/recognizer/read"
)

// mostDigits is the last column of the table of digits: so many and more.
const mostDigits = 14

// measureDigits prints how many digits are read in the fields that are the ID and in those
// that aren't, the right way up and the wrong one, and how much likelier so many are in the
// first: what package read weighs fields by that it has read. And how often the digits are
// 3, 4 or 7, by which it tells one way up from the other.
func measureDigits(first uint64, n int, part string) error {
	line, err := read.OpenLineModel("")
	if err != nil {
		return err
	}
	defer func() { _ = line.Close() }()
	var right, wrong counts
	var ways reversals
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
				run := clearest(lines)
				c.add(run, i == r.right)
				ways.add(run, c == &wrong)
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
	ways.print()
	return nil
}

// counts are fields by how many digits are read in them.
type counts struct{ is, isnt [mostDigits + 1]float64 }

// clearest is the run of a field's lines that shows most digits.
func clearest(lines []read.Line) (most read.Run) {
	for k := range lines {
		if run := read.LongestRun(&lines[k]); run.Sum > most.Sum {
			most = run
		}
	}
	return most
}

func (c *counts) add(run read.Run, id bool) {
	into := &c.isnt
	if id {
		into = &c.is
	}
	into[min(mostDigits, int(math.Round(run.Sum)))]++
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

// reversals are the digits of rows of three and more, by how probable it is that all of the
// row are read as they should be, the right way up and the wrong one, and how many of them
// are 3, 4 or 7, which are none upside down.
type reversals [3]struct {
	digits, upright [2]float64
	misread         float64 // probability that not all are read so, summed over the wrong ones
}

func (r *reversals) add(run read.Run, wrong bool) {
	n := float64(len(run.Text))
	if n < 3 { // no row to the reader, either
		return
	}
	all := math.Pow(run.Sum/n, n)
	b, way := &r[min(len(r)-1, int(all*float64(len(r))))], 0
	if wrong {
		way = 1
		b.misread += n * (1 - all)
	}
	b.digits[way] += n
	for _, d := range run.Text {
		if strings.ContainsRune("347", d) {
			b.upright[way]++
		}
	}
}

// print says how much rarer 3, 4 and 7 are upside down, and how much they should be: by the
// probability that the row is misread.
func (r *reversals) print() {
	fmt.Println("all digits right   digits   3, 4, 7   upside down   3, 4, 7   odds' ratio   misread")
	for k, b := range r {
		if b.upright[0]*b.digits[1] == 0 {
			continue
		}
		right, wrong := b.upright[0]/b.digits[0], b.upright[1]/b.digits[1]
		fmt.Printf("%.2f to %.2f %16.0f %9.3f %13.0f %9.3f %13.3f %9.3f\n", float64(k)/float64(len(r)), float64(k+1)/float64(len(r)),
			b.digits[0], right, b.digits[1], wrong, wrong/(1-wrong)/(right/(1-right)), b.misread/b.digits[1])
	}
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
