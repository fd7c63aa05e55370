package picture_test

import (
	"image"
	"image/color"
	"testing"

	"hakbeon/internal/picture"
)

func TestReduce(t *testing.T) {
	img := image.NewGray(image.Rect(0, 0, 5, 4))
	for i := range img.Pix {
		img.Pix[i] = uint8(10 * i)
	}
	for side, want := range map[int]image.Point{1: {5, 4}, 2: {2, 2}, 9: {1, 1}} {
		if got := picture.Reduce(img, side).Rect.Size(); got != want {
			t.Errorf("by %d: got %v, want %v", side, got, want)
		}
	}
	if got := picture.Reduce(img, 2).GrayAt(0, 0).Y; got != (0+10+50+60)/4 {
		t.Errorf("the mean of a square: got %d", got)
	}
}

func TestGrey(t *testing.T) {
	red := image.NewRGBA(image.Rect(0, 0, 1, 1))
	red.Set(0, 0, color.RGBA{R: 255, A: 255})
	if got := picture.Grey(red).GrayAt(0, 0).Y; got != 76 {
		t.Errorf("red: got %d", got)
	}
	photo := image.NewYCbCr(image.Rect(0, 0, 2, 2), image.YCbCrSubsampleRatio420)
	if picture.Grey(photo).Pix[0] = 7; photo.Y[0] != 7 {
		t.Error("a photo's brightness is copied")
	}
}

func TestWithin(t *testing.T) {
	for size, want := range map[image.Point]int{{100, 100}: 1, {2480, 3508}: 2, {2000, 2000}: 1, {2001, 10}: 2, {}: 1} {
		if got := picture.Within(size, 2000, 2000); got != want {
			t.Errorf("%v: got %d, want %d", size, got, want)
		}
	}
}
