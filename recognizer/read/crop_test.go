package read_test

import (
	"image"
	"image/color"
	"image/draw"
	"testing"

	"hakbeon/recognizer/read"
)

func TestCrop(t *testing.T) {
	for _, img := range []draw.Image{image.NewRGBA(image.Rect(10, 10, 30, 20)), image.NewGray(image.Rect(10, 10, 30, 20))} {
		img.Set(15, 12, color.White)
		got := read.Crop(img, image.Rect(4, 1, 99, 99))
		if got.Bounds() != image.Rect(0, 0, 16, 9) {
			t.Errorf("%T: cropped to %v, want 16x9 at the origin", img, got.Bounds())
		}
		if r, _, _, _ := got.At(1, 1).RGBA(); r != 0xffff {
			t.Errorf("%T: the white pixel isn't at 1,1", img)
		}
		if empty := read.Crop(img, image.Rect(50, 50, 60, 60)); !empty.Bounds().Empty() {
			t.Errorf("%T: a part outside gives %v, want nothing", img, empty.Bounds())
		}
	}
}

func TestHeaderRect(t *testing.T) {
	rd := page(written(0, 0.9, "12345678"))
	if got, box := rd.HeaderRect(0), rd.Lines[0].Box; !box.In(got) || got.Dx() < box.Dx()+box.Dy() {
		t.Errorf("header %v has no margin around the line %v", got, box)
	}
	for _, line := range []int{-1, 5} {
		if got := rd.HeaderRect(line); got != image.Rect(0, 0, 1000, 500) {
			t.Errorf("without a line: %v, want the page's top quarter", got)
		}
	}
}
