package synth_test

import (
	"errors"
	"testing"

	"hakbeon/lab/synth"
)

// ten returns n images of 28x28 with a bar in the middle, and the labels 0 to n-1.
func ten(n int) (images, labels []byte) {
	pix := make([]byte, n*28*28)
	for i := range pix {
		if x, y := i%28, i/28%28; x >= 12 && x < 16 && y >= 4 && y < 24 {
			pix[i] = 255
		}
	}
	label := make([]byte, n)
	for i := range label {
		label[i] = byte(i)
	}
	return idx(pix, byte(n), 28, 28), idx(label, byte(n))
}

func TestNewDigitsRefuses(t *testing.T) {
	images, labels := ten(10)
	fewImages, fewLabels := ten(9)
	tooMany, badLabels := ten(11)
	tests := map[string][2][]byte{
		"broken images":     {images[:100], labels},
		"broken labels":     {images, labels[:9]},
		"other sizes":       {idx(make([]byte, 10*4), 10, 2, 2), labels},
		"images as labels":  {images, images},
		"a label too few":   {images, fewLabels},
		"a digit without":   {fewImages, fewLabels},
		"a label above 9":   {tooMany, badLabels},
		"labels for images": {labels, labels},
	}
	for name, files := range tests {
		t.Run(name, func(t *testing.T) {
			if _, err := synth.NewDigits(files[0], files[1]); !errors.Is(err, synth.ErrIDX) {
				t.Errorf("error is %v, want %v", err, synth.ErrIDX)
			}
		})
	}
}

func TestOtherDigitsAreDrawn(t *testing.T) {
	digits, err := synth.NewDigits(ten(10))
	if err != nil {
		t.Fatal(err)
	}
	bars := load(t).With(digits)
	mask, err := bars.DrawDigit(1, synth.MNISTSource, 8)
	if err != nil {
		t.Fatal(err)
	}
	box := inkOf(mask)
	if box.Dx() < 10 || box.Dx() > 55 || box.Dy() < 75 || box.Dy() > 125 {
		t.Errorf("a bar of 20x100 pixels, slanted at most, covers %v", box)
	}
	usual, err := load(t).DrawDigit(1, synth.MNISTSource, 8)
	if err != nil {
		t.Fatal(err)
	}
	if inkOf(usual) == box {
		t.Error("the first assets draw the other digits too")
	}
}
