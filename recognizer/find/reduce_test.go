package find_test

import (
	"image"
	"math"
	"math/rand/v2"
	"testing"

	"hakbeon/recognizer/find"
)

func noise(w, h int) *image.Gray {
	rng := rand.New(rand.NewPCG(uint64(w), uint64(h)))
	m := image.NewGray(image.Rect(0, 0, w, h))
	for i := range m.Pix {
		m.Pix[i] = uint8(rng.IntN(256))
	}
	return m
}

// TestReduceAveragesWhatItCovers compares each reduced pixel with the mean of the
// pixels under it, added up one by one.
func TestReduceAveragesWhatItCovers(t *testing.T) {
	for _, size := range []image.Point{{90, 100}, {70, 130}, {33, 150}, {220, 180}, {401, 300}} {
		page := noise(size.X, size.Y)
		small, factor := find.Reduce(page, 100)
		if long := max(small.Rect.Dx(), small.Rect.Dy()); long > 111 {
			t.Errorf("%v: reduced to a side of %d, want at most 111", size, long)
		}
		for y := range small.Rect.Dy() {
			for x := range small.Rect.Dx() {
				got, want := float64(small.GrayAt(x, y).Y), mean(page, x, y, factor)
				if math.Abs(got-want) > 2.5 {
					t.Fatalf("%v by %g: pixel (%d, %d) is %g, want %.1f", size, factor, x, y, got, want)
				}
			}
		}
	}
}

func mean(page *image.Gray, x, y int, factor float64) float64 {
	sum, area := 0.0, 0.0
	for py := int(float64(y) * factor); py < page.Rect.Dy() && float64(py) < float64(y+1)*factor; py++ {
		high := math.Min(float64(py+1), float64(y+1)*factor) - math.Max(float64(py), float64(y)*factor)
		for px := int(float64(x) * factor); px < page.Rect.Dx() && float64(px) < float64(x+1)*factor; px++ {
			wide := math.Min(float64(px+1), float64(x+1)*factor) - math.Max(float64(px), float64(x)*factor)
			sum, area = sum+high*wide*float64(page.GrayAt(px, py).Y), area+high*wide
		}
	}
	return sum / area
}

func TestReduceLeavesSmallPages(t *testing.T) {
	page := noise(80, 60)
	if small, factor := find.Reduce(page, 100); small != page || factor != 1 {
		t.Errorf("a small page became %v by %g", small.Rect, factor)
	}
}

// TestReduceOddPages reduces what is hardly a page.
func TestReduceOddPages(t *testing.T) {
	for _, size := range []image.Point{{3, 500}, {1, 999}, {1, 1}, {900, 2}} {
		if small, _ := find.Reduce(noise(size.X, size.Y), 100); small.Rect.Empty() {
			t.Errorf("%v: nothing is left", size)
		}
	}
}
