package synth

import (
	"math"
	"strconv"
)

// figure is a drawing with labels: shapes, axes, a graph of nodes.
func (c *composer) figure() {
	high := min(c.between(18, 70), c.height-c.y-10)
	if high < 12 {
		return
	}
	b := box{vec{c.left + c.between(0, 0.3)*(c.right-c.left), c.y}, vec{0, c.y + high}}
	b.max.x = b.min.x + min(c.right-b.min.x, high*c.between(1, 2))
	switch c.IntN(3) {
	case 0:
		c.nodes(b)
	case 1:
		c.plot(b)
	default:
		c.frame(b)
		c.nodes(b)
	}
	if c.chance(0.2) {
		c.square(vec{min(b.max.x+4, c.right-20), c.y}, min(20, high))
	}
	c.y += high
}

func (c *composer) within(b box) vec {
	return vec{c.between(b.min.x, b.max.x), c.between(b.min.y, b.max.y)}
}

// nodes are circles with numbers, and lines between them.
func (c *composer) nodes(b box) {
	r := c.between(2, 5)
	b = box{b.min.add(vec{r, r}), b.max.sub(vec{r, r})}
	last := c.within(b)
	for range 2 + c.IntN(8) {
		next := c.within(b)
		c.rule(last, next)
		c.add(ring{next, vec{r, r}, c.thick, c.ruled})
		c.print(c.body[0], 0.9*c.em, strconv.Itoa(c.IntN(100)), next.add(vec{-0.5 * c.em, 0.35 * c.em}))
		last = next
	}
}

// plot is a curve between axes with numbers.
func (c *composer) plot(b box) {
	c.rule(vec{b.min.x, b.max.y}, b.max)
	c.rule(b.min, vec{b.min.x, b.max.y})
	phase, waves := c.between(0, 6), c.between(1, 9)
	line := make([]dab, 40)
	for i := range line {
		t := float64(i) / 39
		line[i] = dab{vec{lerp(b.min.x, b.max.x, t), lerp(b.min.y, b.max.y, 0.5+0.45*math.Sin(phase+waves*t))}, 1, 1}
	}
	c.add(curveItem{line, c.thick, c.toner})
	for i := range 6 {
		at := lerp(b.min.x, b.max.x, float64(i)/6)
		c.print(c.body[0], 0.8*c.em, strconv.Itoa(i*10), vec{at, b.max.y + c.em})
	}
}

// curveItem is a printed curve.
type curveItem struct {
	line  []dab
	width float64
	ink   ink
}

func (c curveItem) draw(l *leaf) {
	l.put(newStrokes(max(0.6, c.width*l.unit), c.line), translate(0, 0), c.ink)
}

// square is a code like QR: three finders and noise.
func (c *composer) square(at vec, size float64) {
	n := pick(c.random, []int{21, 25, 29, 33})
	dark := make([]bool, n*n)
	for i := range dark {
		dark[i] = c.chance(0.5)
	}
	for _, corner := range [][2]int{{0, 0}, {n - 7, 0}, {0, n - 7}} {
		for y := range 7 {
			for x := range 7 {
				edge := min(x, y, 6-x, 6-y)
				dark[(corner[1]+y)*n+corner[0]+x] = edge != 1
			}
		}
	}
	c.add(pattern{at, vec{size / float64(n), size / float64(n)}, n, dark, c.toner})
}

// barcode is a row of bars with its number below.
func (c *composer) barcode(at vec) {
	dark := make([]bool, 70+c.IntN(50))
	for i := range dark {
		dark[i] = i%2 == 0 && i%3 > 0 || c.chance(0.4)
	}
	high := c.between(5, 11)
	c.add(pattern{at, vec{c.between(0.3, 0.5), high}, len(dark), dark, c.toner})
	if c.chance(0.7) {
		c.print(c.body[0], 0.9*c.em, anyDigits(c.random, 8+c.IntN(5)), vec{at.x + 4, at.y + high + c.em})
	}
}

// choices are rows of bubbles to fill in, as for multiple choice.
func (c *composer) choices() {
	rows, each, cols := 2+c.IntN(12), 4+c.IntN(2), 1+c.IntN(4)
	r := c.between(1.2, 2.3)
	step := r * c.between(2.4, 3.2)
	for i := range rows {
		if c.y+2*step > c.height-6 {
			return
		}
		c.y += step
		s := slot{kind: slotBubbles, answers: true, filled: 0.9}
		for k := range cols {
			x := c.left + float64(k)*(c.right-c.left)/float64(cols)
			c.print(c.body[0], 0.85*c.em, strconv.Itoa(1+k*rows+i), vec{x, c.y + 0.3*c.em})
			var row []ring
			for j := range each {
				at := vec{x + 2.2*c.em + float64(j)*step*1.3, c.y}
				if at.x+r > c.right {
					break
				}
				row = append(row, c.bubble(at, r, string(rune('A'+j))))
			}
			if len(row) > 0 {
				s.bubbles = append(s.bubbles, row)
			}
		}
		c.slot(s, vec{})
	}
	c.y += r
}

// bubble prints a circle with a character in it.
func (c *composer) bubble(at vec, r float64, said string) ring {
	circle := ring{at, vec{r * 0.85, r}, min(c.thick, 0.25), c.ruled}
	c.add(circle)
	if r > 0.9 {
		size := 1.4 * r
		c.print(c.body[0], size, said, vec{at.x - c.press.width(c.body[0], size, said)/2, at.y + 0.36*size})
	}
	return circle
}

// numberComb is a row of boxes for a number that isn't the ID.
func (c *composer) numberComb() {
	n := 3 + c.IntN(7)
	h := c.digit * c.between(0.6, 1)
	c.y += c.em * 1.2
	c.print(c.body[0], c.em, pick(c.random, c.others), vec{c.left, c.y})
	c.y += 0.5*c.em + 1.5*h
	f := fieldLook{tint: c.tint(), comb: pick(c.random, combLooks()), pitch: h * c.between(0.9, 1.8), high: 1.4 * h, cell: c.outline()}
	s := slot{kind: slotNumber, height: h, bound: true, filled: 0.4}
	if c.chance(0.5) {
		s.kind = slotDate
	}
	if c.chance(0.25) { // filled in by the printer
		s.filled = 1e-9
		for i := range n {
			at := vec{c.left + (float64(i)+0.5)*f.pitch - 0.3*h, c.y - 0.2*f.high}
			c.print(pick(c.random, []*face{c.mono, c.body[0]}), 1.2*h, anyDigits(c.random, 1), at)
		}
	}
	c.comb(f, s, n, vec{c.left, c.y})
}
