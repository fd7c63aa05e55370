package main

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"unicode"

	"hakbeon/lab/synth"
	"hakbeon/recognizer/read"
)

// nameWidth is the widest crop of a name in pixels.
const nameWidth = 256

// nameCrops writes crops of names: the width (2 bytes), the number of characters (1
// byte), the characters (2 bytes each: a syllable's number within Unicode's block, or
// 11,172 and more for the letters a to z), and width x 32 bytes of ink.
func nameCrops(out io.Writer, assets *synth.Assets, o options) error {
	hands, missing, err := assets.NameHands(o.part)
	if err != nil {
		return err
	}
	for _, file := range missing {
		fmt.Fprintln(os.Stderr, "draw: SKIPPED font", file)
	}
	for i := range o.n {
		seed := o.first + i*o.step
		field, err := hands.NameField(seed)
		if err != nil {
			return fmt.Errorf("name %d: %w", seed, err)
		}
		if err := writeName(out, field, rand.New(rand.NewPCG(seed, 32))); err != nil {
			return err
		}
	}
	return nil
}

// syllables is how many Unicode has in its block of Hangul.
const syllables = 11172

// nameLabels are a name's characters.
func nameLabels(text string) []uint16 {
	var out []uint16
	for _, c := range text {
		switch c = unicode.ToLower(c); {
		case c >= 0xAC00 && c < 0xAC00+syllables:
			out = append(out, uint16(c-0xAC00))
		case c >= 'a' && c <= 'z':
			out = append(out, uint16(syllables+c-'a'))
		}
	}
	return out
}

func writeName(out io.Writer, f *synth.NameField, rng *rand.Rand) error {
	s := nameStrip(rng, f)
	c := read.Cut(f.Image, s, lineHeight, math.Exp(0.1*rng.NormFloat64()), nameWidth)
	labels := nameLabels(f.Text)
	if !inked(c.Ink, leastNameInk*len(labels)) {
		return nil // a scan in black and white may have lost a pale pencil
	}
	head := binary.LittleEndian.AppendUint16(nil, uint16(c.Width))
	head = append(head, byte(len(labels)))
	for _, l := range labels {
		head = binary.LittleEndian.AppendUint16(head, l)
	}
	for _, v := range c.Ink {
		head = append(head, byte(255*v+0.5))
	}
	_, err := out.Write(head)
	return err
}

// leastNameInk is how many dark pixels a character has at least.
const leastNameInk = 14

// inked says whether at least so many pixels are dark.
func inked(ink []float32, least int) bool {
	for _, v := range ink {
		if v > 0.5 {
			least--
		}
	}
	return least <= 0
}

// nameStrip lays a strip around what is written, with a finder's errors: it is 1.05 to
// 1.75 times as high, and longer at both ends.
func nameStrip(rng *rand.Rand, f *synth.NameField) read.Strip {
	q := f.Quad
	high := math.Max(q[3].Y-q[0].Y, 0.6*f.Height)
	middle := (q[0].Y+q[3].Y)/2 + 0.07*high*rng.NormFloat64()
	before, after := 0.05+1.3*rng.Float64()*rng.Float64(), 0.05+1.3*rng.Float64()*rng.Float64()
	if rng.Float64() < 0.15 {
		after += 1.5 * rng.Float64()
	}
	x0, x1 := q[0].X-before*f.Height, q[1].X+after*f.Height
	slope := 0.02 * rng.NormFloat64() * (x1 - x0) / 2
	return read.Between(x0, middle-slope, x1, middle+slope, high*1.05*math.Pow(1.65, rng.Float64()))
}
