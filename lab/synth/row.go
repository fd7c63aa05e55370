package synth

import (
	"image"
	"math"
)

// rowMargin is how much of the page a row shows beyond the ID's field, in
// millimetres: across and down.
var rowMargin = vec{16, 9}

// GreyRow draws only the part around the ID's field of a page of the world's forms,
// as GreyPage draws pages of the same seed and Spec: the same print and writing, with
// damage of the same kind, which bends this part alone. It is what the line model is
// trained with. The boxes of the truth count from the picture's own corner; a page
// without an ID has no Digits.
func (a *Assets) GreyRow(seed uint64, s Spec) (*image.Gray, *Truth, error) {
	p, err := a.drawPart(seed, s, fieldOf)
	if err != nil {
		return nil, nil, err
	}
	corner := p.leaf.img.Rect.Min
	plane := p.leaf.brightness()
	plane.Rect = plane.Rect.Sub(corner)
	p.damage.border = [4]float64{} // the scanner's edges are far away
	r := stream(seed, "scan")
	b := p.damage.bendOf(r, plane.Rect.Size(), p.leaf.unit)
	planes, err := p.damage.apply([]*image.Gray{plane}, b, a.noise, p.leaf.unit, r)
	if err != nil {
		return nil, nil, err
	}
	p.leaf.moved(vec{-float64(corner.X), -float64(corner.Y)}.times(1 / p.leaf.unit))
	truth := p.truth(b)
	truth.ID = s.ID
	return planes[0], truth, nil
}

// fieldOf is the ID's field and what is near it, in millimetres; the page's upper part
// where it has none.
func fieldOf(f *form) box {
	for _, s := range f.slots {
		if s.kind == slotID {
			b := box{vec{0, -1.6 * s.height}, vec{math.Max(s.width, 4*s.height), 0.6 * s.height}}.through(s.at)
			return box{b.min.sub(rowMargin), b.max.add(rowMargin)}
		}
	}
	return box{vec{0, 0}, vec{f.width, f.height / 10}}
}

// moved moves all that was noted.
func (l *leaf) moved(by vec) {
	for i := range l.notes {
		for k, p := range l.notes[i].quad {
			l.notes[i].quad[k] = p.add(by)
		}
	}
	for i, d := range l.digits {
		l.digits[i] = box{d.min.add(by), d.max.add(by)}
	}
}
