package synth

import "image"

// visible says whether a region's ink outlived the damage: one pixel in fifty is
// darker than the paper around it by more than noise makes it, which is 3.3 deviations
// between the percentiles that are compared.
func visible(img *image.Gray, r Region, noise float64) bool {
	least := 12 + int(3.3*noise)
	if r.Kind == BackInk {
		least = 5
	}
	q := quad{}
	for i, p := range r.Quad {
		q[i] = vec{p.X, p.Y}
	}
	const across, down = 64, 10
	var counts [256]int
	total := 0
	for y := range down {
		for x := range across {
			s, t := (float64(x)+0.5)/across, (float64(y)+0.5)/down
			p := q[0].times((1 - s) * (1 - t)).add(q[1].times(s * (1 - t))).add(q[2].times(s * t)).add(q[3].times((1 - s) * t))
			if at := image.Pt(int(p.x), int(p.y)); at.In(img.Rect) {
				counts[img.Pix[at.Y*img.Stride+at.X]]++
				total++
			}
		}
	}
	return level(counts, total*9/10)-level(counts, total/50) >= least
}

// level is the value below which n of the counted ones lie.
func level(counts [256]int, n int) int {
	for v, c := range counts {
		if n -= c; n < 0 {
			return v
		}
	}
	return len(counts) - 1
}

// truth maps what was noted to the picture.
func (p *worldPage) truth(b bend) *Truth {
	t := new(Truth)
	place := func(v vec) vec { return b.target(v.times(p.leaf.unit)) }
	bounds := image.Rect(0, 0, int(b.size.x), int(b.size.y))
	for _, n := range p.leaf.notes {
		q := n.quad.through(place)
		t.Regions = append(t.Regions, q.region(n.kind))
		switch n.kind {
		case IDRow:
			t.IDBox = q.bounds().pixels(0).Intersect(bounds)
		case NameHand:
			t.NameBox = q.bounds().pixels(0).Intersect(bounds)
		default:
		}
	}
	for _, d := range p.leaf.digits {
		t.Digits = append(t.Digits, d.quad().through(place).bounds().pixels(0).Intersect(bounds))
	}
	if len(t.Digits) > 0 {
		t.ID = p.id
	}
	t.LineBox = t.IDBox.Union(t.NameBox)
	regionsInOrder(t.Regions)
	return t
}

func (q quad) bounds() box {
	b := emptyBox()
	for _, p := range q {
		b = b.with(p)
	}
	return b
}
