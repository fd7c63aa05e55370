package synth_test

import (
	"bytes"
	"errors"
	"image"
	"testing"

	"hakbeon/lab/synth"
)

// byOnePerson draws a line whose digits are one person's.
func byOnePerson(t *testing.T, seed uint64, id string, list []recorded) *synth.Sheet {
	t.Helper()
	strokes, err := strokesOf(t, "unipen-strings.json.gz", list)
	if err != nil {
		t.Fatal(err)
	}
	sheet, err := load(t).WithStrokes(strokes).Line(seed, synth.Spec{ID: id, Source: synth.StrokeSource})
	if err != nil {
		t.Fatal(err)
	}
	return sheet
}

func TestStrokeSourceDrawsDigits(t *testing.T) {
	sheet := byOnePerson(t, 1, "3214", everyDigit("institute", "a"))
	if n := len(sheet.Truth.Digits); n != 4 {
		t.Fatalf("%d digits drawn, want 4", n)
	}
	for i, d := range sheet.Truth.Digits {
		if d.Dy() < 20 || d.Dx() < 6 || d.Dx() > d.Dy() {
			t.Errorf("digit %d fills %v, want one half as wide as high", i, d.Size())
		}
	}
	again := byOnePerson(t, 1, "3214", everyDigit("institute", "a"))
	if !bytes.Equal(sheet.Image.Pix, again.Image.Pix) {
		t.Error("one seed drew two pictures")
	}
}

// TestStrokesStandUpright looks where the horizontal bar of the samples is: at the
// top, although a tablet counts upwards.
func TestStrokesStandUpright(t *testing.T) {
	sheet := byOnePerson(t, 1, "7", everyDigit("institute", "a"))
	d := sheet.Truth.Digits[0]
	top, bottom := darkIn(sheet.Image, thirdOf(d, 0)), darkIn(sheet.Image, thirdOf(d, 2))
	if top < bottom*5/4 {
		t.Errorf("%d dark pixels in the upper third, %d in the lower, want more in the upper", top, bottom)
	}
}

func thirdOf(r image.Rectangle, i int) image.Rectangle {
	third := r.Dy() / 3
	r.Min.Y += i * third
	r.Max.Y = r.Min.Y + third
	return r
}

func darkIn(img *image.RGBA, area image.Rectangle) int {
	n := 0
	for y := area.Min.Y; y < area.Max.Y; y++ {
		for x := area.Min.X; x < area.Max.X; x++ {
			if img.RGBAAt(x, y).G < 128 {
				n++
			}
		}
	}
	return n
}

// TestNumbersKeepTheirGaps has a person who leaves two heights between the digits
// of 12, which no writer of single digits does.
func TestNumbersKeepTheirGaps(t *testing.T) {
	wide := recorded{"12", "institute", "a", [][][2]float64{corners(0), corners(500)}}
	kept := 0
	for seed := range uint64(10) {
		d := byOnePerson(t, seed, "12", append(everyDigit("institute", "a"), wide)).Truth.Digits
		if gap := d[1].Min.X - d[0].Max.X; gap > 3*d[0].Dy()/2 {
			kept++
		}
	}
	if kept < 5 || kept == 10 { // four times in five
		t.Errorf("%d of 10 numbers were drawn as they were written", kept)
	}
}

func TestStrokeSourceWithoutStrokes(t *testing.T) {
	_, err := load(t).Line(1, synth.Spec{ID: "1", Source: synth.StrokeSource})
	if !errors.Is(err, synth.ErrNoStrokes) {
		t.Errorf("error is %v, want %v", err, synth.ErrNoStrokes)
	}
}
