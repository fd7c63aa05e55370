package main

import (
	"image"
	"math"
	"math/rand/v2"

	"hakbeon/lab/synth"
)

// rowSpec is a page of other schools' forms, of which only the ID's row is drawn, in
// a resolution from which its digits are some 14 to 60 pixels high.
func (o options) rowSpec(rng *rand.Rand, seed uint64) synth.Spec {
	s := o.page(seed)
	s.LongSide = int(1000 * math.Pow(3.3, rng.Float64()))
	return s
}

// rowCrop cuts the ID out of a row. Its labels are the ID's characters alone, and what
// else stands in it is unknown: print that reaches into the strip, a letter without a label.
func rowCrop(rng *rand.Rand, page *image.Gray, t *synth.Truth, a alphabet) (crop, bool) {
	id := []rune(t.ID)
	region, ok := regionOf(t, synth.IDRow)
	if !ok || len(id) != len(t.Digits) {
		return crop{}, false
	}
	left, right := region.Quad[3], region.Quad[2]
	s := along(rng, t.Digits, (right.Y-left.Y)/max(right.X-left.X, 1))
	if high := heightOf(t.Digits); high < leastDigit || s.cropWidth(1) > mostSqueeze*maxWidth || besideOthers(t, s) || !visible(page, t.Digits) {
		return crop{}, false
	}
	labels := []byte{unknown}
	for i, b := range t.Digits {
		high, wide := insideOf(b, s)
		whole := high > 0.8 && wide > 0.75
		switch {
		case b.Dx() < 2 || b.Dy() < 2 || !whole && wide > 0.4:
			return crop{}, false
		case whole && a.of(id[i]) != other:
			labels = append(labels, a.of(id[i]))
		}
	}
	c := crop{s.cut(page, 1), labels}
	return c, 4*len(labels) <= c.Width
}

// unknown stands before the labels of a crop of which only the digits are known.
const unknown = 0

// leastDigit is how high digits are at least, in pixels of the page.
const leastDigit = 11

// besideOthers says whether other digits by hand reach into a strip.
func besideOthers(t *synth.Truth, s strip) bool {
	for _, r := range t.Regions {
		if r.Kind != synth.DigitRow {
			continue
		}
		box := image.Rectangle{Min: image.Pt(math.MaxInt32, math.MaxInt32), Max: image.Pt(math.MinInt32, math.MinInt32)}
		for _, p := range r.Quad {
			box.Min.X, box.Min.Y = min(box.Min.X, int(p.X)), min(box.Min.Y, int(p.Y))
			box.Max.X, box.Max.Y = max(box.Max.X, int(p.X)), max(box.Max.Y, int(p.Y))
		}
		if high, wide := insideOf(box, s); high > 0.2 && wide > 0 {
			return true
		}
	}
	return false
}

// visible says whether all digits but one stand out from the paper: black and white
// may have lost a pale pencil.
func visible(page *image.Gray, digits []image.Rectangle) bool {
	lost := 0
	for _, d := range digits {
		inner := d.Inset(min(d.Dx(), d.Dy()) / 6).Intersect(page.Rect)
		dark, light := uint8(255), uint8(0)
		for y := inner.Min.Y; y < inner.Max.Y; y++ {
			for _, v := range page.Pix[y*page.Stride+inner.Min.X : y*page.Stride+inner.Max.X] {
				dark, light = min(dark, v), max(light, v)
			}
		}
		if int(light)-int(dark) < leastContrast {
			lost++
		}
	}
	return lost < 2
}

// leastContrast is by how many grey levels ink is darker than paper where a digit is
// visible.
const leastContrast = 30
