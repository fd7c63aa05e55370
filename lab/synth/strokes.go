package synth

import "math"

// scrawl draws lines that say nothing: crossings-out, arrows, underlines, doodles.
func (p *person) scrawl(s slot) {
	at, h := vec{p.between(0, 0.3) * s.width, -s.height / 2}, s.height
	points := []vec{at}
	turn := p.between(0, 2*math.Pi)
	for range 6 + p.IntN(40) {
		turn += p.around(0, 0.9)
		next := points[len(points)-1].add(vec{math.Cos(turn) * h * 0.3, math.Sin(turn) * h * 0.2})
		points = append(points, vec{clamp(next.x, 0, s.width), clamp(next.y, -1.3*h, 0.3*h)})
	}
	p.stroke(s, points)
}

// sign writes a signature: a wave that gets flatter.
func (p *person) sign(s slot) {
	h, length := p.size(s), s.width*p.between(0.3, 0.9)
	var points []vec
	for t := 0.0; t <= 1; t += 1.0 / 40 {
		tall := h * (0.25 + 0.75*(1-t)) * p.between(0.5, 1)
		points = append(points, vec{length*t + 0.3*h*math.Sin(31*t), -h/3 + tall*0.5*math.Sin(23*t+p.around(0, 0.4))})
	}
	p.stroke(s, points)
}

// stroke draws a line and notes its box as handwriting.
func (p *person) stroke(s slot, points []vec) {
	knots, b := make([]knot, len(points)), emptyBox()
	for i, q := range points {
		knots[i], b = knot{q, false}, b.with(q)
	}
	p.line(curve(knots), p.writer, s.at)
	p.note(OtherHand, b.quad().through(s.at.apply))
}

// blacken fills bubbles: the ID's digits, or an answer a row.
func (p *person) blacken(s slot) {
	way := p.IntN(3)
	for i, column := range s.bubbles {
		n := p.IntN(len(column))
		if !s.answers {
			if i >= len(p.id) {
				return
			}
			n = int(p.id[i]-'0') % len(column)
		}
		if n < 0 || p.chance(0.04) {
			continue
		}
		p.blackenOne(column[n], way, s.at)
	}
}

func (p *person) blackenOne(r ring, way int, at affine) {
	b := box{r.centre.sub(r.radius), r.centre.add(r.radius)}
	p.note(FilledBubbles, b.quad().through(at.apply))
	switch way {
	case 0: // filled
		k := p.between(0.8, 1.15)
		p.put(disc{}, scale(k*r.radius.x, k*r.radius.y).then(translate(r.centre.x, r.centre.y)).then(at), p.ink)
	case 1: // hatched
		var points []vec
		for i := range 9 {
			t := float64(i)/4 - 1
			side := float64(i%2)*2 - 1
			points = append(points, r.centre.add(vec{t * r.radius.x, side * r.radius.y * p.between(0.6, 1)}))
		}
		p.line(points, p.writer, at)
	default: // a tick or a cross
		p.line([]vec{b.min, b.max}, p.writer, at)
		p.line([]vec{{b.min.x, b.max.y}, {b.max.x, b.min.y}}, p.writer, at)
	}
}
