package main

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math"
	"os"
	"path/filepath"

	"hakbeon/lab/synth"
	"hakbeon/recognizer/find"
)

// preview writes a page with its fields, the likeliest in red, and the true ID in
// green, as a PNG named by the seed.
func preview(dir string, seed uint64, page *image.Gray, fields []find.Field, truth *synth.Truth) error {
	out := image.NewRGBA(page.Rect)
	draw.Draw(out, out.Rect, page, image.Point{}, draw.Src)
	for _, g := range truth.Regions {
		if g.Kind == synth.IDRow {
			for i, p := range g.Quad {
				line(out, p, g.Quad[(i+1)%4], color.RGBA{0, 160, 0, 255})
			}
		}
	}
	for i, f := range fields {
		with := color.RGBA{255, uint8(min(200, 60*i)), uint8(min(200, 40*i)), 255}
		dx, dy := (f.End.X-f.Start.X)/f.Length(), (f.End.Y-f.Start.Y)/f.Length()
		across := synth.Point{X: -dy * f.Height / 2, Y: dx * f.Height / 2}
		for _, side := range [...]float64{-1, 1} {
			from := synth.Point{X: f.Start.X + side*across.X, Y: f.Start.Y + side*across.Y}
			to := synth.Point{X: f.End.X + side*across.X, Y: f.End.Y + side*across.Y}
			line(out, from, to, with)
		}
	}
	file, err := os.Create(filepath.Join(dir, fmt.Sprintf("%d.png", seed)))
	if err != nil {
		return err
	}
	if err := png.Encode(file, out); err != nil {
		return err
	}
	return file.Close()
}

func line(on *image.RGBA, a, b synth.Point, with color.RGBA) {
	n := math.Ceil(math.Hypot(b.X-a.X, b.Y-a.Y)) + 1
	for i := 0.0; i <= n; i++ {
		x, y := a.X+(b.X-a.X)*i/n, a.Y+(b.Y-a.Y)*i/n
		on.SetRGBA(int(x), int(y), with)
		on.SetRGBA(int(x), int(y)+1, with)
	}
}
