package main

import (
	"fmt"
	"image"
	"slices"
	"strings"

	"hakbeon/lab/synth"
	"hakbeon/recognizer/roster"
)

// collection is a fixed series of the benchmark's exams, drawn from one part of
// writers, fonts and damage.
type collection struct {
	name, about string
	part        synth.Part
	first       uint64 // index of its first exam
	hands       bool   // all digits are real pen strokes, by people
	people      synth.Group
	letter      bool // each ID has a letter in place of its first or last digit
}

// assetsOf are what sheets of a part are drawn with.
func assetsOf(part synth.Part) (*synth.Assets, error) {
	all, err := synth.LoadAssets("")
	if err != nil {
		return nil, err
	}
	return all.Only(part)
}

func standardCollection() collection {
	return collection{
		name: "standard", about: "writers, fonts and digits that the line model wasn't trained with",
		part: synth.Testing, first: 0,
	}
}

func collections() []collection {
	return []collection{
		standardCollection(),
		{
			name: "shifted", about: "labels, pens and damage besides that its training never draws",
			part: synth.Shifted, first: 1000,
		},
		{
			name: "hands", about: "real pen strokes of people that nothing was trained or calibrated with",
			part: synth.Testing, first: 2000, hands: true, people: synth.TestPeople,
		},
		{
			name: "calibration", about: "real pen strokes of people that confidences may be calibrated with",
			part: synth.Testing, first: 3000, hands: true, people: synth.CalibrationPeople,
		},
		{
			name: "letters", about: "standard again, each ID with a letter in place of its first digit, or in every second exam of its last",
			part: synth.Testing, first: 0, letter: true,
		},
	}
}

// collectionNamed is one of collections.
func collectionNamed(name string) collection {
	all := collections()
	return all[slices.IndexFunc(all, func(c collection) bool { return c.name == name })]
}

// end is the exam before which the collection ends.
func (c collection) end(o options) int {
	if c.hands {
		return o.hands
	}
	return o.exams
}

// assets are what the collection is drawn with: synth.ErrNoStrokes where it needs
// real strokes and there are none.
func (c collection) assets(all *synth.Assets, folder string) (*synth.Assets, error) {
	assets, err := all.Only(c.part)
	if err == nil && c.letter {
		assets = assets.WithLetters()
	}
	if err != nil || !c.hands {
		return assets, err
	}
	strokes, err := synth.LoadStrokes(folder)
	if err != nil {
		return nil, err
	}
	theirs, err := strokes.Of(c.people)
	if err != nil {
		return nil, err
	}
	return assets.WithStrokes(theirs), nil
}

// wholeEvery is how often a sheet is a whole page. The others are its upper part,
// which is cheaper to draw.
const wholeEvery = 30

func isWhole(sheet int) bool { return sheet%wholeEvery == 0 }

// drawing is one exam ready to be drawn.
type drawing struct {
	*synth.Exam
	assets  *synth.Assets
	index   int // of the exam in its collection
	source  synth.Source
	letters bool // its IDs have letters
}

func (c collection) exam(assets *synth.Assets, index int) (*drawing, error) {
	d := &drawing{assets: assets, index: index, letters: c.letter}
	family := synth.OwnForms
	if c.hands {
		d.source, family = synth.StrokeSource, familyOf(index)
	}
	exam, err := benchExam(c.first+uint64(index), family)
	if err != nil {
		return nil, fmt.Errorf("invent exam %d: %w", index, err)
	}
	if c.letter {
		withLetters(exam, index)
	}
	d.Exam = exam
	return d, nil
}

// withLetters has each ID have a letter in place of a digit, another for each digit and
// other ones in each exam: of the first as at schools whose IDs say when, or where,
// somebody began, and in every second exam of the last, as at those whose IDs end with one
// to check them by. There are students then who differ in it alone.
func withLetters(exam *synth.Exam, index int) {
	lettered := func(id string) string {
		if id == "" {
			return ""
		}
		at := 0
		if index%2 == 1 {
			at = len(id) - 1
		}
		const step = 7 // so that neither exams nor digits follow the alphabet
		return id[:at] + string(rune('A'+(step*(index+int(id[at]-'0')))%26)) + id[at+1:]
	}
	for i := range exam.Roster {
		exam.Roster[i].ID = lettered(exam.Roster[i].ID)
	}
	for i := range exam.Sheets {
		s := &exam.Sheets[i]
		s.ID, s.Author = lettered(s.ID), lettered(s.Author)
	}
}

// familyOf is whose forms an exam of real hands has: two in three are forms that no
// training has seen, the others our own, for whose sheets there are other sets, too.
func familyOf(index int) synth.Family {
	if index%3 == 2 {
		return synth.OwnForms
	}
	return synth.HeldOutForms
}

// Spec is what is drawn for sheet i.
func (d *drawing) Spec(i int) synth.Spec {
	s := d.Exam.Spec(i)
	s.Source = d.source
	return s
}

// institute is where the person who wrote sheet i did so, "" without real strokes.
func (d *drawing) institute(i int) (string, error) {
	person, err := d.assets.PersonOf(d.Sheets[i].Seed, d.Spec(i))
	institute, _, _ := strings.Cut(person, "/")
	return institute, err
}

// whole says whether sheet i is drawn as a whole page; others' forms always are.
func (d *drawing) whole(i int) bool {
	return d.Spec(i).Family != synth.OwnForms || isWhole(d.index*sheetsOfExam+i)
}

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
