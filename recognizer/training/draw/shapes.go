package main

import (
	"fmt"
	"image"
	"io"
	"math/rand/v2"
	"strconv"

	"hakbeon/internal/synth"
	"hakbeon/recognizer/lines"
)

// candidates draws whole pages and writes a line of CSV for each candidate: how
// well it frames the ID (0 not at all, 1 tightly), then its features.
func candidates(out io.Writer, assets *synth.Assets, o options) error {
	for i := range o.n {
		seed := o.first + i*o.step
		rng := rand.New(rand.NewPCG(seed, 16))
		spec := synth.AnySpec(seed)
		spec.DPI = 130 + 120*rng.Float64()
		sheet, err := assets.Sheet(seed, spec)
		if err != nil {
			return fmt.Errorf("page %d: %w", seed, err)
		}
		for _, c := range lines.Find(grey(sheet.Image)) {
			line := strconv.AppendUint(nil, seed, 10)
			line = strconv.AppendFloat(append(line, ','), framing(c.Strip, sheet.Truth.IDBox), 'f', 2, 64)
			for _, f := range c.Features() {
				line = strconv.AppendFloat(append(line, ','), f, 'f', 4, 64)
			}
			if _, err := out.Write(append(line, '\n')); err != nil {
				return err
			}
		}
	}
	return nil
}

// framing is how much of a strip the ID fills, 0 if a part of the ID is outside.
func framing(s lines.Strip, id image.Rectangle) float64 {
	b := s.Bounds()
	in := b.Intersect(id)
	if float64(in.Dx()) < 0.94*float64(id.Dx()) || float64(in.Dy()) < 0.75*float64(id.Dy()) {
		return 0
	}
	return float64(in.Dx()) / max(1, s.Width()) * min(1, 1.4*float64(id.Dy())/s.Height)
}
