package synth

import (
	"math"
	"slices"
)

// elastic bends the plane of a digit smoothly, by terms of second order and two waves
// (elastic distortion; Simard, Steinkraus and Platt, 2003). Lengths are in heights.
type elastic struct {
	frame affine
	curl  [4]float64
	waves [2]wave
}

// wave moves points to and fro.
type wave struct {
	by, along vec
	phase     float64
}

// newElastic invents a distortion. With a strength of 1 and the other changes of estranged
// the points of a path move by some 0.09 heights, by the root of the mean square.
func newElastic(r random, strength float64) elastic {
	e := elastic{frame: scale(math.Exp(r.around(0, 0.1*strength)), 1).
		then(shear(r.around(0, 0.08*strength))).then(rotate(r.around(0, 0.05*strength)))}
	for i := range e.curl {
		e.curl[i] = r.around(0, 0.15*strength)
	}
	for i := range e.waves {
		k, direction := 2*math.Pi*r.between(0.5, 1.4), r.between(0, 2*math.Pi)
		e.waves[i] = wave{
			by:    vec{r.around(0, 0.03*strength), r.around(0, 0.03*strength)},
			along: vec{k * math.Cos(direction), k * math.Sin(direction)}, phase: r.between(0, 2*math.Pi),
		}
	}
	return e
}

func (e *elastic) at(p vec) vec {
	middle := vec{0.3, -0.5} // a digit's, about
	x, y := p.x-middle.x, p.y-middle.y
	out := e.frame.apply(vec{x + e.curl[0]*y*y + e.curl[1]*x*y, y + e.curl[2]*x*x + e.curl[3]*x*y})
	for _, w := range e.waves {
		out = out.add(w.by.times(math.Sin(w.along.x*x + w.along.y*y + w.phase)))
	}
	return out.add(middle)
}

// estranged is a digit as somebody else might write it: the plane is bent, strokes lie a
// little elsewhere, begin later and end sooner or further on.
func (t tracing) estranged(r random, strength float64, plane ...elastic) tracing {
	out := make(tracing, len(t))
	for i, line := range t {
		moved := make([]vec, len(line))
		by := vec{r.around(0, 0.025*strength), r.around(0, 0.025*strength)}
		for k, p := range line {
			for j := range plane {
				p = plane[j].at(p)
			}
			moved[k] = p
			if len(t) > 1 {
				moved[k] = p.add(by)
			}
		}
		out[i] = ended(moved, r.around(0, 0.05*strength), r.around(0, 0.05*strength))
	}
	return out.alone()
}

// ended is a path that begins and ends by lengths further on, or sooner.
func ended(path []vec, first, last float64) []vec {
	const least = 6 // points of a path that has ends to speak of
	for _, by := range []float64{first, last} {
		if n := int(math.Abs(by) / (2 * pathStep)); by < 0 && len(path) > n+least {
			path = path[n:]
		} else if by > 0 && len(path) >= least {
			step := path[0].sub(path[2]).times(0.5)
			for range n {
				path = append([]vec{path[0].add(step)}, path...)
			}
		}
		slices.Reverse(path)
	}
	return path
}
