package synth_test

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"testing"

	"hakbeon/lab/synth"
	"hakbeon/recognizer/imagefile"
)

// TestPDF reads pages back that are pictures, and has those that are more rendered.
func TestPDF(t *testing.T) {
	page := image.NewGray(image.Rect(0, 0, 400, 300))
	for i := range page.Pix {
		page.Pix[i] = 255
	}
	for y := range 100 {
		for x := range 200 {
			page.SetGray(x, y, color.Gray{})
		}
	}
	var photo bytes.Buffer
	colour := image.NewYCbCr(page.Rect, image.YCbCrSubsampleRatio420)
	copy(colour.Y, page.Pix)
	for i := range colour.Cb {
		colour.Cb[i], colour.Cr[i] = 128, 128
	}
	if err := jpeg.Encode(&photo, colour, nil); err != nil {
		t.Fatal(err)
	}
	fax, scan := synth.FaxPage(page, 200), synth.JPEGPage(photo.Bytes(), page.Rect.Size(), 200)
	file, err := imagefile.Open(synth.PDF(fax, scan, fax.Marked(), scan.Marked()), imagefile.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if file.Pages() != 4 {
		t.Fatalf("got %d pages", file.Pages())
	}
	for i := range 4 {
		cost, err := file.Cost(i)
		if picture := cost.Pixels == 400*300; err != nil || picture != (i < 2) {
			t.Errorf("page %d: %v pixels are decoded, %v", i, cost.Pixels, err)
		}
		if i >= 2 {
			continue // takes PDFium, which takes seconds to start
		}
		got, err := file.Page(i)
		if err != nil {
			t.Fatal(err)
		}
		dark, light := color.GrayModel.Convert(got.At(100, 50)).(color.Gray).Y, color.GrayModel.Convert(got.At(300, 200)).(color.Gray).Y
		if dark > 20 || light < 235 || got.Bounds() != page.Rect {
			t.Errorf("page %d: %v, %d where it is dark, %d where it is light", i, got.Bounds(), dark, light)
		}
	}
}
