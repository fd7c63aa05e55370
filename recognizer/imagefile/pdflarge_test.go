package imagefile_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"hakbeon/recognizer/imagefile"
)

// documents are PDFs of several kinds of pages.
func documents(t *testing.T) map[string][]byte {
	t.Helper()
	turned, inked := scanned(t), scanned(t)
	turned.rotate, inked.annotation = 90, true
	files := map[string][]byte{
		"three pages": pdfFile("", scanned(t), turned, inked),
		"text":        rawPDF(scanPage, scanDraw+alsoDrawn, packings(t)["grey"], "<<>>", "<<>>"),
	}
	for name, object := range packings(t) {
		files[name] = rawPDF(scanPage+"/Rotate 180", scanDraw, object, "<<>>", "<<>>")
	}
	return files
}

// TestOpenPDFIsOpen has the pages of a PDF on disk be those that it has in memory,
// decoded here and by a child that may read no other folder.
func TestOpenPDFIsOpen(t *testing.T) {
	here := decoder(t)
	there, _ := apart(t)
	there.FilesDir = t.TempDir()
	for name, data := range documents(t) {
		want, err := decodeAll(here, data, imagefile.Limits{})
		must(t, err)
		path := filepath.Join(there.FilesDir, name)
		must(t, os.WriteFile(path, data, 0o600))
		for _, d := range []*imagefile.Decoder{here, there} {
			file, err := d.OpenPDF(path, imagefile.Limits{MaxBytes: 1 << 20})
			must(t, err)
			if file.Pages() != len(want) {
				t.Fatalf("%s: %d pages, want %d", name, file.Pages(), len(want))
			}
			for i := range want {
				cost, err := file.Cost(i)
				must(t, err)
				if bounds := want[i].Bounds(); cost.Pixels < int64(bounds.Dx()*bounds.Dy()) {
					t.Errorf("%s: page %d costs %+v", name, i, cost)
				}
				got, err := file.Page(i)
				must(t, err)
				samePicture(t, name, got, want[i])
			}
		}
	}
	outside := filepath.Join(t.TempDir(), "outside.pdf")
	must(t, os.WriteFile(outside, pdfFile("", scanned(t)), 0o600))
	if _, err := there.OpenPDF(outside, imagefile.Limits{}); err == nil || errors.Is(err, imagefile.ErrUnreadable) {
		t.Errorf("a file elsewhere: %v", err)
	}
}

// TestOpenPDFDrawsWhatCannotBeTakenOut renders a page that is too large by itself: PDFium
// copies all that it names, which may be all pictures of the file.
func TestOpenPDFDrawsWhatCannotBeTakenOut(t *testing.T) {
	d := decoder(t)
	path := filepath.Join(t.TempDir(), "file.pdf")
	must(t, os.WriteFile(path, pdfFile("", scanned(t), scanned(t)), 0o600))
	file, err := d.OpenPDF(path, imagefile.Limits{MaxBytes: 500})
	must(t, err)
	for i := range 2 {
		page, err := file.Page(i)
		must(t, err)
		if size := page.Bounds().Size(); size.X != 1652 || size.Y != 2338 {
			t.Errorf("page %d is drawn at %v, want A4 at 200 dpi", i, size)
		}
		if difference := differ(page, cornered(200, 280)); difference > 12 {
			t.Errorf("page %d: %.1f of 255 from the picture in the mean", i, difference)
		}
	}
}

func TestOpenPDFRefuses(t *testing.T) {
	d := decoder(t)
	path := filepath.Join(t.TempDir(), "file.pdf")
	three := pdfFile("", scanned(t), scanned(t), scanned(t))
	for name, test := range map[string]struct {
		data []byte
		lim  imagefile.Limits
		want error
	}{
		"broken":         {three[:len(three)/8], imagefile.Limits{}, imagefile.ErrUnreadable},
		"no PDF":         {jpegFile(t, cornered(64, 48)), imagefile.Limits{}, imagefile.ErrUnreadable},
		"too long":       {three, imagefile.Limits{MaxPDF: int64(len(three)) - 1}, imagefile.ErrTooLarge},
		"too many pages": {three, imagefile.Limits{MaxPages: 2}, imagefile.ErrTooLarge},
	} {
		must(t, os.WriteFile(path, test.data, 0o600))
		file, err := d.OpenPDF(path, test.lim)
		if err == nil {
			_, err = file.Page(0)
		}
		if !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", name, err, test.want)
		}
	}
}
