package synth

import (
	"math"
	"strconv"
)

// drawings sets figures.
type drawings struct{ *galley }

// figure is a drawing with labels: shapes, axes, a graph of nodes.
func (d drawings) figure() {
	high := min(d.between(18, 70), d.height-d.y-10)
	if high < 12 {
		return
	}
	b := box{vec{d.left + d.between(0, 0.3)*(d.right-d.left), d.y}, vec{0, d.y + high}}
	b.max.x = b.min.x + min(d.right-b.min.x, high*d.between(1, 2))
	switch d.IntN(3) {
	case 0:
		d.nodes(b)
	case 1:
		d.plot(b)
	default:
		d.frame(b)
		d.nodes(b)
	}
	if d.chance(0.2) {
		d.square(vec{min(b.max.x+4, d.right-20), d.y}, min(20, high))
	}
	d.y += high
}

func within(r random, b box) vec {
	return vec{r.between(b.min.x, b.max.x), r.between(b.min.y, b.max.y)}
}

// nodes are circles with numbers, and lines between them.
func (d drawings) nodes(b box) {
	r := d.between(2, 5)
	b = box{b.min.add(vec{r, r}), b.max.sub(vec{r, r})}
	last := within(d.random, b)
	for range 2 + d.IntN(8) {
		next := within(d.random, b)
		d.rule(last, next)
		d.add(ring{next, vec{r, r}, d.thick, d.ruled})
		d.print(d.body[0], 0.9*d.em, strconv.Itoa(d.IntN(100)), next.add(vec{-0.5 * d.em, 0.35 * d.em}))
		last = next
	}
}

// plot is a curve between axes with numbers.
func (d drawings) plot(b box) {
	d.rule(vec{b.min.x, b.max.y}, b.max)
	d.rule(b.min, vec{b.min.x, b.max.y})
	phase, waves := d.between(0, 6), d.between(1, 9)
	line := make([]dab, 40)
	for i := range line {
		t := float64(i) / 39
		line[i] = dab{vec{lerp(b.min.x, b.max.x, t), lerp(b.min.y, b.max.y, 0.5+0.45*math.Sin(phase+waves*t))}, 1, 1}
	}
	d.add(curveItem{line, d.thick, d.toner})
	for i := range 6 {
		at := lerp(b.min.x, b.max.x, float64(i)/6)
		d.print(d.body[0], 0.8*d.em, strconv.Itoa(i*10), vec{at, b.max.y + d.em})
	}
}
