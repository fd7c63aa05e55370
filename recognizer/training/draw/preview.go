package main

import (
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math/rand/v2"
	"os"
	"path/filepath"

	"hakbeon/lab/synth"
)

// preview writes a page with its regions outlined, and one of its crops with its maps
// laid over it, as PNGs named by the seed.
func preview(dir string, seed uint64, page *image.Gray, t *synth.Truth, rng *rand.Rand) error {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return err
	}
	out := image.NewRGBA(page.Rect)
	for i, v := range page.Pix {
		out.Pix[4*i], out.Pix[4*i+1], out.Pix[4*i+2], out.Pix[4*i+3] = v, v, v, 255
	}
	for _, r := range t.Regions {
		outline(out, r)
	}
	if err := savePNG(filepath.Join(dir, fmt.Sprintf("%06d-page.png", seed)), out); err != nil {
		return err
	}
	return savePNG(filepath.Join(dir, fmt.Sprintf("%06d-crop.png", seed)), cutPage(rng, page, t).picture())
}

func savePNG(path string, img image.Image) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer file.Close()
	return png.Encode(file, img)
}

// shadeOf is the colour of a kind of region.
func shadeOf(kind synth.RegionKind) color.RGBA {
	switch kind {
	case synth.IDRow:
		return color.RGBA{230, 0, 0, 255}
	case synth.DigitRow:
		return color.RGBA{255, 140, 0, 255}
	case synth.NameHand:
		return color.RGBA{0, 150, 0, 255}
	case synth.OtherHand, synth.FilledBubbles:
		return color.RGBA{0, 90, 255, 255}
	case synth.BackInk:
		return color.RGBA{200, 0, 200, 255}
	default:
		return color.RGBA{150, 200, 230, 255}
	}
}

// outline draws a region's four sides.
func outline(img *image.RGBA, r synth.Region) {
	const steps = 400
	for i, p := range r.Quad {
		q := r.Quad[(i+1)%4]
		for k := range steps {
			t := float64(k) / steps
			img.SetRGBA(int(p.X+t*(q.X-p.X)), int(p.Y+t*(q.Y-p.Y)), shadeOf(r.Kind))
		}
	}
}

// picture is the crop and, right of it, the crop under its maps.
func (r *pageRecord) picture() *image.RGBA {
	out := image.NewRGBA(image.Rect(0, 0, 2*cropSide, cropSide))
	for y := range cropSide {
		for x := range cropSide {
			v := r.grey[y*cropSide+x]
			out.SetRGBA(x, y, color.RGBA{v, v, v, 255})
			out.SetRGBA(cropSide+x, y, r.tinted(v, y/cell*mapSide+x/cell))
		}
	}
	return out
}

// tinted is a grey pixel in the colour of its cell's strongest flag.
func (r *pageRecord) tinted(v byte, i int) color.RGBA {
	f := r.flags[i]
	tints := []struct {
		on   bool
		tint color.RGBA
	}{
		{f&(flagLeft|flagRight) != 0, color.RGBA{255, 0, 255, 255}},
		{f&flagID != 0, shadeOf(synth.IDRow)},
		{f&flagDigits != 0, shadeOf(synth.DigitRow)},
		{f&flagName != 0, shadeOf(synth.NameHand)},
		{f&flagHand != 0, shadeOf(synth.OtherHand)},
		{f&flagIgnore != 0, color.RGBA{255, 255, 0, 255}},
		{f&flagPrint != 0, shadeOf(synth.PrintedLine)},
		{r.back[i] != 0, shadeOf(synth.BackInk)},
	}
	mix := func(c byte) byte { return byte((int(v) + int(c)) / 2) }
	for _, t := range tints {
		if t.on {
			return color.RGBA{mix(t.tint.R), mix(t.tint.G), mix(t.tint.B), 255}
		}
	}
	return color.RGBA{v, v, v, 255}
}
