package export_test

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"os"
	"slices"
	"testing"

	"hakbeon/recognizer/imagefile"
	"hakbeon/recognizer/imagefile/imagefiletest"
	"hakbeon/web/export"
)

// corners is a picture whose quarters tell which way up it lies.
func corners(w, h int) *image.Gray {
	img := image.NewGray(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.SetGray(x, y, color.Gray{Y: []uint8{20, 90, 160, 240}[2*(2*y/h)+2*x/w]})
		}
	}
	return img
}

func jpegOf(t testing.TB, img image.Image) []byte {
	t.Helper()
	var out bytes.Buffer
	must(t, jpeg.Encode(&out, img, &jpeg.Options{Quality: 95}))
	return out.Bytes()
}

func pngOf(t testing.TB, img image.Image) []byte {
	t.Helper()
	var out bytes.Buffer
	must(t, png.Encode(&out, img))
	return out.Bytes()
}

// turned is the JPEG with an Exif block that says how it lies.
func turned(file []byte, orientation int) []byte {
	block := []byte("Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00")
	block = append(block, byte(orientation), 0, 0, 0, 0, 0, 0)
	segment := binary.BigEndian.AppendUint16([]byte{0xff, 0xe1}, uint16(len(block)+2))
	return slices.Concat(file[:2], segment, block, file[2:])
}

func open(t testing.TB, file []byte) *imagefile.File {
	t.Helper()
	cache, err := imagefiletest.Cache()
	must(t, err)
	decoder := imagefile.Decoder{CacheDir: cache}
	t.Cleanup(func() { decoder.Close(); os.RemoveAll(cache) })
	f, err := decoder.Open(file, imagefile.Limits{MaxBytes: 64 << 20})
	must(t, err)
	return f
}

// look is what an upright picture shows in each of its corners, row by row.
func look(t testing.TB, f *imagefile.File, at int) (size image.Point, corners [4]int) {
	t.Helper()
	img, err := f.Page(at)
	must(t, err)
	size = img.Bounds().Size()
	for i := range corners {
		x, y := size.X/4+i%2*size.X/2, size.Y/4+i/2*size.Y/2
		corners[i] = int(color.GrayModel.Convert(img.At(x, y)).(color.Gray).Y)
	}
	return size, corners
}

func near(a, b [4]int) bool {
	for i := range a {
		if a[i]-b[i] > 6 || b[i]-a[i] > 6 {
			return false
		}
	}
	return true
}

// Each page of a student's PDF shows what its file shows, upright and in order.
func TestOnePDFAStudent(t *testing.T) {
	rgba := image.NewRGBA(image.Rect(0, 0, 300, 420))
	for i := range rgba.Pix {
		rgba.Pix[i] = uint8(255 - i%4*3)
	}
	pages := [][]byte{pngOf(t, corners(200, 300)), jpegOf(t, rgba), pngOf(t, rgba)}
	for orientation := 1; orientation <= 8; orientation++ {
		pages = append(pages, turned(jpegOf(t, corners(200, 320)), orientation))
	}
	r := newRoom(t, list)
	r.accepted("30000001", pages...)
	r.end()
	files := r.zip(export.Request{PDF: true, Language: "ko"})
	if got := papersOf(files); !slices.Equal(got, []string{"30000001_가.pdf"}) {
		t.Fatalf("got %q", got)
	}
	document := open(t, []byte(files["30000001_가.pdf"]))
	for i, file := range pages {
		wantSize, want := look(t, open(t, file), 0)
		size, got := look(t, document, i)
		if !near(got, want) || (size.X > size.Y) != (wantSize.X > wantSize.Y) {
			t.Errorf("page %d: %v of %v, want %v of %v", i+1, got, size, want, wantSize)
		}
	}
	if rows := table(t, files["students.csv"]); rows[2][8] != "30000001_가" {
		t.Errorf("got %q", rows[2])
	}
}

// What can't be a page as it is lies beside the PDF as it is, and nothing is lost.
func TestFilesThatAreNoPages(t *testing.T) {
	good := jpegOf(t, corners(100, 140))
	r := newRoom(t, list)
	r.accepted("30000001", good, []byte("II*\x00 a TIFF"), good)
	r.accepted("30000002", []byte("%PDF-1.7 one page, as it was sent"))
	r.accepted("30000003", pngOf(t, image.NewGray(image.Rect(0, 0, 4000, 3001))))
	r.accepted("30000004", good[:60])
	r.end()
	files := r.zip(export.Request{PDF: true, Pattern: "{student_id}"})
	want := []string{"30000001.pdf", "30000001_02.jpg", "30000002.pdf", "30000003.jpg", "30000004.jpg"}
	if got := papersOf(files); !slices.Equal(got, want) {
		t.Fatalf("got %q, want %q", got, want)
	}
	if files["30000002.pdf"] != "%PDF-1.7 one page, as it was sent" || files["30000001_02.jpg"] != "II*\x00 a TIFF" {
		t.Error("a file was changed")
	}
	if n := open(t, []byte(files["30000001.pdf"])).Pages(); n != 2 {
		t.Errorf("got %d pages", n)
	}
}

// A PDF that would get too large is continued in another one.
func TestLargePDFs(t *testing.T) {
	good := jpegOf(t, corners(100, 140))
	padded := append(slices.Clone(good), make([]byte, 20<<20)...)
	r := newRoom(t, list)
	r.accepted("30000001", padded, good, padded, append(slices.Clone(good), make([]byte, 40<<20)...))
	r.end()
	files := r.zip(export.Request{PDF: true})
	if got := papersOf(files); !slices.Equal(got, []string{"30000001_가.pdf", "30000001_가_04.jpg", "30000001_가~2.pdf"}) {
		t.Fatalf("got %q", got)
	}
	for name, most := range map[string]int{"30000001_가.pdf": 21 << 20, "30000001_가~2.pdf": 21 << 20} {
		if n := len(files[name]); n > most || n < 20<<20 {
			t.Errorf("%s has %d bytes", name, n)
		}
	}
}
