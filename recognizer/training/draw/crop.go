package main

import (
	"cmp"
	"encoding/binary"
	"image"
	"io"
	"math"
	"math/rand/v2"
	"slices"

	"hakbeon/lab/synth"
	"hakbeon/recognizer/read"
)

// crop is one example: what is seen and what it says.
type crop struct {
	read.LineImage
	labels []byte
}

// maxWidth is the widest crop in pixels.
const maxWidth = 384

// other is the label of a character that isn't a digit.
const other = 11

// alphabet says which characters have a label of their own: digits, and letters if it is true.
type alphabet bool

func (o options) alphabet() alphabet { return o.letters > 0 }

// of is a character's label.
func (a alphabet) of(char rune) byte {
	switch {
	case isDigit(char):
		return byte(char - '0' + 1)
	case bool(a) && char >= 'A' && char <= 'Z':
		return byte(other + 1 + char - 'A')
	case bool(a) && char >= 'a' && char <= 'z':
		return byte(other + 1 + char - 'a')
	}
	return other
}

func isDigit(char rune) bool { return char >= '0' && char <= '9' }

// anyCrop cuts a random part out of a line of a slope, as a line finder might: the
// ID, the ID with its label, the whole line, or something else.
func anyCrop(rng *rand.Rand, page *image.Gray, t *synth.Truth, slope float64, others bool, a alphabet) (crop, bool) {
	glyphs := onLine(t, slope)
	if len(glyphs) == 0 {
		return crop{}, false
	}
	from, to := chosen(rng, glyphs, t, others)
	picked := glyphs[from:to]
	s := around(rng, picked, slope)
	stretch := 1.0
	if rng.Float64() < 0.4 {
		stretch = math.Exp(0.18 * rng.NormFloat64())
	}
	if s.cropWidth(stretch) > maxWidth || s.height < 8 {
		return crop{}, false
	}
	labels, ok := said(t.Glyphs, s, a)
	if !ok {
		return crop{}, false
	}
	c := crop{s.cut(page, stretch), labels}
	if others && rng.Float64() < 0.03 {
		c.turn()
	}
	return c, 4*len(c.labels) <= c.Width
}

// chosen picks neighbouring glyphs.
func chosen(rng *rand.Rand, glyphs []synth.Glyph, t *synth.Truth, others bool) (from, to int) {
	first := slices.IndexFunc(glyphs, func(g synth.Glyph) bool { return within(g, t.Digits) })
	last := first
	for i, g := range glyphs {
		if within(g, t.Digits) {
			last = i
		}
	}
	if first < 0 {
		first, last = 0, len(glyphs)-1
	}
	kind := rng.Float64()
	switch {
	case !others || kind < 0.5: // the ID
		return first, last + 1
	case kind < 0.68: // with its label
		return max(0, first-1-rng.IntN(first+1)), last + 1
	case kind < 0.76: // with what follows
		return first, min(len(glyphs), last+2+rng.IntN(len(glyphs)-last))
	case kind < 0.84: // all
		return 0, len(glyphs)
	}
	from = rng.IntN(len(glyphs))
	return from, min(len(glyphs), from+1+rng.IntN(12))
}

func within(g synth.Glyph, boxes []image.Rectangle) bool { return slices.Contains(boxes, g.Box) }

// onLine are the characters on the ID's line, from left to right, not those of the
// table below.
func onLine(t *synth.Truth, slope float64) []synth.Glyph {
	on := t.IDBox
	if on.Empty() {
		on = t.LineBox
	}
	level := func(b image.Rectangle) float64 {
		return float64(b.Min.Y+b.Max.Y)/2 - slope*float64(b.Min.X+b.Max.X)/2
	}
	var out []synth.Glyph
	for _, g := range t.Glyphs {
		if math.Abs(level(g.Box)-level(on)) < 0.9*float64(on.Dy()) {
			out = append(out, g)
		}
	}
	slices.SortFunc(out, leftToRight)
	return out
}

func leftToRight(a, b synth.Glyph) int {
	return cmp.Compare(a.Box.Min.X+a.Box.Max.X, b.Box.Min.X+b.Box.Max.X)
}

// around lays a strip around glyphs, not quite tight and not quite level.
func around(rng *rand.Rand, glyphs []synth.Glyph, slope float64) strip {
	slope += 0.008 * rng.NormFloat64()
	left, right := math.Inf(1), math.Inf(-1)
	top, bottom := math.Inf(1), math.Inf(-1)
	for _, g := range glyphs {
		left, right = min(left, float64(g.Box.Min.X)), max(right, float64(g.Box.Max.X))
		off := slope * float64(g.Box.Min.X+g.Box.Max.X) / 2
		top, bottom = min(top, float64(g.Box.Min.Y)-off), max(bottom, float64(g.Box.Max.Y)-off)
	}
	h := max(bottom-top, 6)
	margin := func(most float64) float64 { return h * most * rng.Float64() * rng.Float64() }
	top, bottom = top-margin(0.5)+0.03*h, bottom+margin(0.5)-0.03*h
	left, right = left-margin(1)-1, right+margin(1)+1
	return strip{left: left, right: right, middle: (top+bottom)/2 + slope*left, slope: slope, height: bottom - top}
}

// said is what a strip says. It fails if a digit is cut in two.
func said(glyphs []synth.Glyph, s strip, a alphabet) (labels []byte, ok bool) {
	glyphs = slices.SortedFunc(slices.Values(glyphs), leftToRight)
	for _, g := range glyphs {
		b := g.Box
		middle := s.middleAt(float64(b.Min.X+b.Max.X) / 2)
		high := overlap(float64(b.Min.Y), float64(b.Max.Y), middle-s.height/2, middle+s.height/2)
		wide := overlap(float64(b.Min.X), float64(b.Max.X), s.left, s.right)
		digit := isDigit(g.Char)
		switch {
		case high < 0.1 || wide < 0.1 || g.Char == '-':
		case digit && (high < 0.85 || wide < 0.85):
			return nil, false
		case digit:
			labels = append(labels, a.of(g.Char))
		case high > 0.8 && wide > 0.8:
			labels = append(labels, a.of(g.Char))
		case high > 0.5 && wide > 0.5:
			labels = append(labels, other)
		}
	}
	return labels, len(labels) < 64
}

// overlap is the share of a to b that lies between c and d.
func overlap(a, b, c, d float64) float64 {
	return max(0, min(b, d)-max(a, c)) / max(b-a, 1)
}

// legible says whether there is ink enough for what the crop says: black and white
// may have lost a pale pencil.
func (c *crop) legible() bool {
	dark := 0
	for _, v := range c.Ink {
		if v > 0.5 {
			dark++
		}
	}
	return dark >= leastInk*len(c.labels)
}

// leastInk is how many dark pixels a character has at least.
const leastInk = 8

// turn turns the crop upside down; then it says nothing.
func (c *crop) turn() {
	slices.Reverse(c.Ink)
	for i := range c.labels {
		c.labels[i] = other
	}
}

func (c *crop) write(to io.Writer) error {
	b := binary.LittleEndian.AppendUint16(nil, uint16(c.Width))
	b = append(b, byte(len(c.labels)))
	b = append(b, c.labels...)
	for _, v := range c.Ink {
		b = append(b, uint8(255*v+0.5))
	}
	_, err := to.Write(b)
	return err
}
