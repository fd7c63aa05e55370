package main

import (
	"fmt"
	"image"

	"hakbeon/internal/synth"
	"hakbeon/recognizer/roster"
)

// collection is a fixed series of the benchmark's exams, drawn from one part of
// writers, fonts and damage.
type collection struct {
	name, about string
	part        synth.Part
	first       uint64 // index of its first exam
}

func standardCollection() collection {
	return collection{"standard", "writers, fonts and digits that the line model wasn't trained with", synth.Testing, 0}
}

func shiftedCollection() collection {
	return collection{"shifted", "labels, pens and damage besides that its training never draws", synth.Shifted, 1000}
}

func collections() []collection { return []collection{standardCollection(), shiftedCollection()} }

// wholeEvery is how often a sheet is a whole page. The others are its upper part,
// which is cheaper to draw.
const wholeEvery = 30

func isWhole(sheet int) bool { return sheet%wholeEvery == 0 }

// drawing is one exam ready to be drawn.
type drawing struct {
	*synth.Exam
	assets *synth.Assets
	index  int // of the exam in its collection
}

func (c collection) exam(assets *synth.Assets, index int) (*drawing, error) {
	exam, err := benchExam(c.first + uint64(index))
	if err != nil {
		return nil, fmt.Errorf("invent exam %d: %w", index, err)
	}
	return &drawing{exam, assets, index}, nil
}

// whole says whether sheet i is drawn as a whole page.
func (d *drawing) whole(i int) bool { return isWhole(d.index*sheetsOfExam + i) }

// sheet draws sheet i.
func (d *drawing) sheet(i int) (*synth.Sheet, error) {
	draw := d.assets.Header
	if d.whole(i) {
		draw = d.assets.Sheet
	}
	sheet, err := draw(d.Sheets[i].Seed, d.Spec(i))
	if err != nil {
		return nil, fmt.Errorf("draw sheet %d of %s: %w", i, d.Code, err)
	}
	return sheet, nil
}

// ids are the roster's.
func (d *drawing) ids() []string {
	ids := make([]string, len(d.Roster))
	for i, p := range d.Roster {
		ids[i] = p.ID
	}
	return ids
}

func (d *drawing) roster() (*roster.Roster, error) { return roster.New(d.ids()...) }

// grey is a picture's brightness, of a JPEG its luma plane.
func grey(img image.Image) *image.Gray {
	switch m := img.(type) {
	case *image.Gray:
		return m
	case *image.YCbCr:
		return &image.Gray{Pix: m.Y, Stride: m.YStride, Rect: m.Rect}
	case *image.RGBA:
		return greyOfRGBA(m)
	}
	b := img.Bounds()
	out := image.NewGray(b)
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			out.Set(x, y, img.At(x, y))
		}
	}
	return out
}

// greyOfRGBA weighs colours as JPEG does.
func greyOfRGBA(m *image.RGBA) *image.Gray {
	out := image.NewGray(m.Rect)
	for y := range m.Rect.Dy() {
		from, to := m.Pix[y*m.Stride:], out.Pix[y*out.Stride:][:m.Rect.Dx()]
		for x := range to {
			p := from[4*x : 4*x+3 : 4*x+3]
			to[x] = uint8((19595*uint32(p[0]) + 38470*uint32(p[1]) + 7471*uint32(p[2]) + 1<<15) >> 16)
		}
	}
	return out
}
