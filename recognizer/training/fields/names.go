package main

import (
	"context"
	"fmt"
	"image"
	"math"

	"hakbeon/lab/synth"
	"hakbeon/recognizer/find"
)

// nameScore says how often the place of the name was found.
type nameScore struct {
	pages, first, any   int
	left, right, height []float64 // errors of the ends and of the height, in heights
	none, nothing       int
}

func (s *nameScore) add(names []find.Name, truth *synth.Truth) {
	region, ok := nameOf(truth)
	if !ok {
		s.none++
		if len(names) == 0 {
			s.nothing++
		}
		return
	}
	s.pages++
	for i, n := range names {
		if !onName(n, region) {
			continue
		}
		s.any++
		if i == 0 {
			s.first++
			q := region.Quad
			s.left = append(s.left, (n.Start.X-(q[0].X+q[3].X)/2)/region.Height)
			s.right = append(s.right, (n.End.X-(q[1].X+q[2].X)/2)/region.Height)
			s.height = append(s.height, n.Height/region.Height)
		}
		return
	}
}

func nameOf(t *synth.Truth) (synth.Region, bool) {
	for _, r := range t.Regions {
		if r.Kind == synth.NameHand {
			return r, true
		}
	}
	return synth.Region{}, false
}

// onName says whether a place's middle lies on a name.
func onName(n find.Name, r synth.Region) bool {
	x, y := (n.Start.X+n.End.X)/2, (n.Start.Y+n.End.Y)/2
	q := r.Quad
	mx, my := (q[0].X+q[2].X)/2, (q[0].Y+q[2].Y)/2
	return math.Abs(y-my) < 0.6*r.Height && math.Abs(x-mx) < math.Abs(q[1].X-q[0].X)/2+0.5*r.Height
}

func (s *nameScore) print() {
	fmt.Println("names", s.pages, "first", s.first, "among the places", s.any, "; no name", s.none, "nothing found", s.nothing)
	for _, v := range []struct {
		name string
		of   []float64
	}{{"left", s.left}, {"right", s.right}, {"height", s.height}} {
		printQuantiles(v.name, v.of)
	}
}

// measureNames measures where the finder sees names.
func measureNames(first uint64, n int, part string) error {
	var s nameScore
	err := eachPage(first, n, part, func(finder *find.Finder, _ uint64, scan *image.Gray, truth *synth.Truth) error {
		_, names, err := finder.FindBoth(context.Background(), scan)
		if err == nil {
			s.add(names, truth)
		}
		return err
	})
	if err != nil {
		return err
	}
	s.print()
	return nil
}
