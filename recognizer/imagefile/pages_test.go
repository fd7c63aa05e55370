package imagefile_test

import (
	"encoding/binary"
	"errors"
	"image"
	"strings"
	"testing"

	"hakbeon/recognizer/imagefile"
)

func TestTIFFPages(t *testing.T) {
	letter := func(s string) tiffPage { return tiffPage{rows: []string{s}} }
	thumbnail := letter("x")
	thumbnail.subfile = 1
	ofMany := letter("b")
	ofMany.subfile = 2 // "a page of several", no thumbnail
	for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
		data := tiffFile(order, letter("a"), thumbnail, ofMany, letter("c"))
		pages, err := decodeAll(decoder(t), data, imagefile.Limits{})
		must(t, err)
		got := ""
		for _, p := range pages {
			got += string(p.(*image.Gray).Pix)
		}
		if got != "abc" {
			t.Errorf("%s: got pages %q, want \"abc\"", order, got)
		}
	}
}

func TestTIFFFax(t *testing.T) {
	img := open(t, tiffFile(binary.LittleEndian, faxPage()))
	if img.Bounds().Size() != image.Pt(24, 24) {
		t.Fatalf("got %v", img.Bounds())
	}
	for _, x := range []int{0, 7, 8, 15, 16, 23} {
		if want := x >= 8 && x < 16; dark(img, x, 0) != want || dark(img, x, 23) != want {
			t.Errorf("column %d: dark %v and %v, want %v", x, dark(img, x, 0), dark(img, x, 23), want)
		}
	}
}

// A page that can't be read leaves the others alone.
func TestTIFFBadPageAmongGoodOnes(t *testing.T) {
	good, huge := tiffPage{rows: []string{"a"}}, tiffPage{data: []byte{0}, width: 100_000, height: 100_000, bits: 8}
	unknown := tiffPage{data: []byte("x"), width: 1, height: 1, bits: 8, compression: 50001}
	f, err := decoder(t).Open(tiffFile(binary.LittleEndian, good, huge, unknown, good), imagefile.Limits{})
	must(t, err)
	if f.Pages() != 4 {
		t.Fatalf("%d pages, want 4", f.Pages())
	}
	for i, want := range []error{nil, imagefile.ErrTooLarge, imagefile.ErrUnreadable, nil} {
		if _, err := f.Page(i); !errors.Is(err, want) {
			t.Errorf("page %d: got %v, want %v", i+1, err, want)
		}
	}
}

// Where nothing but thumbnails is in a file, they are its pages.
func TestTIFFOfThumbnailsAlone(t *testing.T) {
	img := open(t, tiffFile(binary.LittleEndian, tiffPage{rows: []string{"a"}, subfile: 1}))
	if got := img.(*image.Gray).Pix[0]; got != 'a' {
		t.Errorf("got %q", got)
	}
}

// A broken chain of pages is told, not cut short.
func TestTIFFBrokenChain(t *testing.T) {
	two := tiffFile(binary.LittleEndian, tiffPage{rows: []string{"a"}}, tiffPage{rows: []string{"b"}})
	next := 8 + 2 + 10*12 // where the first directory names the second
	patched := func(offset uint32) []byte {
		data := append([]byte{}, two...)
		binary.LittleEndian.PutUint32(data[next:], offset)
		return data
	}
	for name, tt := range map[string]struct {
		data []byte
		says string
	}{
		"loop to itself":     {patched(8), "loop"},
		"beyond the end":     {patched(1 << 30), "outside"},
		"at the very end":    {patched(uint32(len(two))), "outside"},
		"into the header":    {patched(4), "outside"},
		"JPEG that is none":  {tiffFile(binary.LittleEndian, tiffPage{data: []byte("x"), width: 1, height: 1, bits: 8, compression: 7}), "strip 1"},
		"webp inside":        {tiffFile(binary.LittleEndian, tiffPage{data: []byte("x"), width: 1, height: 1, bits: 8, compression: 50001}), "compression value 50001"},
		"pixels cut off":     {two[:len(two)-1], "tiff"},
		"32 bits per sample": {tiffFile(binary.LittleEndian, tiffPage{data: []byte("x"), width: 1, height: 1, bits: 32}), "BitsPerSample"},
	} {
		_, err := decodeAll(decoder(t), tt.data, imagefile.Limits{})
		if !errors.Is(err, imagefile.ErrUnreadable) || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: got %v, want ErrUnreadable that says %q", name, err, tt.says)
		}
	}
}

func TestPDFSize(t *testing.T) {
	tests := []struct {
		name          string
		width, height float64
		rotate        int
		maxPixels     int64
		want          image.Point
	}{
		{"A4 at 200 dpi", 595, 842, 0, 0, image.Pt(1652, 2338)},
		{"turned", 595, 842, 90, 0, image.Pt(2338, 1652)},
		{"a point for a pixel", 2480, 3508, 0, 0, image.Pt(2827, 4000)},
		{"a poster", 14400, 14400, 0, 0, image.Pt(4000, 4000)},
		{"within the limit", 595, 842, 0, 1_000_000, image.Pt(840, 1189)},
	}
	d := decoder(t)
	for _, tt := range tests {
		page := scanned(t)
		page.width, page.height, page.rotate = tt.width, tt.height, tt.rotate
		lim := imagefile.Limits{MaxPixels: tt.maxPixels}
		pages, err := decodeAll(d, pdfFile("", page), lim)
		must(t, err)
		off := pages[0].Bounds().Size().Sub(tt.want)
		if max(off.X, -off.X, off.Y, -off.Y) > 2 {
			t.Errorf("%s: got %v, want %v", tt.name, pages[0].Bounds().Size(), tt.want)
		}
		if tt.maxPixels > 0 && int64(pages[0].Bounds().Dx()*pages[0].Bounds().Dy()) > tt.maxPixels {
			t.Errorf("%s: %v is beyond the limit", tt.name, pages[0].Bounds())
		}
		want := [4]bool{true}
		if tt.rotate == 90 {
			want = [4]bool{1: true}
		}
		if corners(pages[0]) != want {
			t.Errorf("%s: dark corners: got %v, want %v", tt.name, corners(pages[0]), want)
		}
	}
}

func TestPDFContent(t *testing.T) {
	d := decoder(t)
	for name, tt := range map[string]struct {
		page pdfPage
		want [4]bool
	}{
		"an empty page is white":     {pdfPage{width: 200, height: 200}, [4]bool{}},
		"ink of a tablet is visible": {pdfPage{width: 200, height: 200, annotation: true}, [4]bool{true, true, true, true}},
		"header behind other bytes":  {scanned(t), [4]bool{true}},
	} {
		data := pdfFile("", tt.page)
		if strings.HasPrefix(name, "header") {
			data = append([]byte("\r\n\r\n"), data...)
		}
		pages, err := decodeAll(d, data, imagefile.Limits{})
		must(t, err)
		if corners(pages[0]) != tt.want {
			t.Errorf("%s: dark corners: got %v, want %v", name, corners(pages[0]), tt.want)
		}
	}
}

func TestPDFOfManyPages(t *testing.T) {
	pages := make([]pdfPage, 40)
	for i := range pages {
		pages[i] = pdfPage{width: 100, height: 100 + float64(i)}
	}
	f, err := decoder(t).Open(pdfFile("", pages...), imagefile.Limits{})
	must(t, err)
	for _, i := range []int{39, 0, 20} {
		img, err := f.Page(i)
		must(t, err)
		if got, want := img.Bounds().Dy(), (100+i)*200/72; abs(got-want) > 1 || f.Pages() != len(pages) {
			t.Errorf("page %d of %d: %d pixels high, want %d", i, f.Pages(), got, want)
		}
	}
}

func TestPDFRefuses(t *testing.T) {
	noise := strings.Repeat("x", 32)
	locked := "/ID[<00><00>]/Encrypt<</Filter/Standard/V 1/R 2/O(" + noise + ")/U(" + noise + ")/P -4>>"
	d := decoder(t)
	for name, tt := range map[string]struct {
		data []byte
		says string
	}{
		"password":    {pdfFile(locked, scanned(t)), "password"},
		"no pages":    {pdfFile(""), "pdf"},
		"flat page":   {pdfFile("", pdfPage{width: 1000, height: 0.5}), "points"},
		"only a head": {[]byte("%PDF-1.7\n" + noise), "pdf"},
	} {
		_, err := decodeAll(d, tt.data, imagefile.Limits{})
		if !errors.Is(err, imagefile.ErrUnreadable) || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: got %v, want ErrUnreadable that says %q", name, err, tt.says)
		}
	}
	if _, err := decodeAll(d, pdfFile("", scanned(t)), imagefile.Limits{}); err != nil {
		t.Errorf("a good file after bad ones: %v", err)
	}
}

// A picture that claims to be huge must not take the memory that it claims.
func TestPDFWithHugeImage(t *testing.T) {
	page := scanned(t)
	page.image, page.imageSize = resized(page.image, 60_000, 60_000), image.Pt(60_000, 60_000)
	d := decoder(t)
	_, err := decodeAll(d, pdfFile("", page), imagefile.Limits{})
	if err != nil && !errors.Is(err, imagefile.ErrUnreadable) {
		t.Errorf("got %v", err)
	}
	if _, err := decodeAll(d, pdfFile("", scanned(t)), imagefile.Limits{}); err != nil {
		t.Errorf("a good file afterwards: %v", err)
	}
}

// FuzzPDF changes sound files, as FuzzOpen seldom gets past the head.
func FuzzPDF(f *testing.F) {
	page, turned := scanned(f), scanned(f)
	turned.rotate, turned.annotation = 90, true
	files := [][]byte{pdfFile("", page), pdfFile("", page, turned)}
	fuzzChanges(f, files, func(*testing.T, []byte, error) {})
}

func TestClosed(t *testing.T) {
	d := &imagefile.Decoder{CacheDir: cacheDir}
	f, err := d.Open(pdfFile("", scanned(t)), imagefile.Limits{})
	must(t, err)
	must(t, f.Close()) // nothing of its own: the decoder is still open
	_, err = f.Page(0)
	must(t, err)
	must(t, d.Close())
	must(t, d.Close())
	if _, err := f.Page(0); !errors.Is(err, imagefile.ErrClosed) {
		t.Errorf("page after close: got %v, want ErrClosed", err)
	}
	if _, err := d.Open(pdfFile("", scanned(t)), imagefile.Limits{}); !errors.Is(err, imagefile.ErrClosed) {
		t.Errorf("open after close: got %v, want ErrClosed", err)
	}
	if _, err := d.Open(jpegFile(t, cornered(8, 8)), imagefile.Limits{}); err != nil {
		t.Errorf("an image needs nothing that is closed: %v", err)
	}
}

func TestFileOfItsOwn(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles PDFium, 3 s")
	}
	f, err := imagefile.Open(pdfFile("", scanned(t)), imagefile.Limits{})
	must(t, err)
	_, err = f.Page(0)
	must(t, err)
	must(t, f.Close())
	if _, err := f.Page(0); !errors.Is(err, imagefile.ErrClosed) {
		t.Errorf("got %v, want ErrClosed", err)
	}
}

func TestCacheDirThatCannotBe(t *testing.T) {
	d := &imagefile.Decoder{CacheDir: "/dev/null/cache"}
	defer d.Close()
	f, err := d.Open(pdfFile("", scanned(t)), imagefile.Limits{})
	must(t, err)
	_, err = f.Page(0)
	if err == nil || errors.Is(err, imagefile.ErrUnreadable) || !strings.Contains(err.Error(), "/dev/null/cache") {
		t.Errorf("got %v, want an error that names the directory and not the file", err)
	}
}

func BenchmarkPDFPage(b *testing.B) {
	page := scanned(b)
	page.image, page.imageSize = jpegFile(b, cornered(2480, 3508)), image.Pt(2480, 3508)
	f, err := decoder(b).Open(pdfFile("", page), imagefile.Limits{})
	must(b, err)
	for b.Loop() {
		_, err := f.Page(0)
		must(b, err)
	}
}
