package imagefile_test

import (
	"encoding/binary"
	"fmt"
	"image"
	"strings"
	"testing"

	"hakbeon/recognizer/imagefile"
)

// The stored picture is abc above def; these are the upright ones.
var upright = map[uint32]string{
	0: "abc def", 1: "abc def", 2: "cba fed", 3: "fed cba", 4: "def abc",
	5: "ad be cf", 6: "da eb fc", 7: "fc eb da", 8: "cf be ad", 9: "abc def",
}

func open(t testing.TB, data []byte) image.Image {
	t.Helper()
	f, err := imagefile.Open(data, imagefile.Limits{})
	must(t, err)
	img, err := f.Page(0)
	must(t, err)
	return img
}

func TestTIFFOrientation(t *testing.T) {
	for o, want := range upright {
		img := open(t, tiffFile(binary.LittleEndian, tiffPage{rows: []string{"abc", "def"}, orientation: o})).(*image.Gray)
		var rows []string
		for y := range img.Rect.Dy() {
			rows = append(rows, string(img.Pix[y*img.Stride:y*img.Stride+img.Rect.Dx()]))
		}
		if got := strings.Join(rows, " "); got != want {
			t.Errorf("orientation %d: got %q, want %q", o, got, want)
		}
	}
}

func TestColourTIFFOrientation(t *testing.T) {
	var rgb []byte
	for _, c := range []byte("abcdef") {
		rgb = append(rgb, c, c+100, 255-c)
	}
	for o, want := range upright {
		img := open(t, colourTIFF(binary.BigEndian, 3, 2, rgb, o)).(*image.RGBA)
		got := ""
		for y := range img.Rect.Dy() {
			for x := range img.Rect.Dx() {
				c := img.RGBAAt(x, y)
				if c.G != c.R+100 || c.B != 255-c.R || c.A != 255 {
					t.Errorf("orientation %d: the pixel of %q became %v", o, c.R, c)
				}
				got += string(rune(c.R))
			}
		}
		if got != strings.ReplaceAll(want, " ", "") {
			t.Errorf("orientation %d: got %q, want %q", o, got, want)
		}
	}
}

// Pictures wider than what is turned at a time.
func TestWideOrientation(t *testing.T) {
	for _, w := range []int{63, 64, 65, 200} {
		rows := make([]string, 3)
		for y := range rows {
			for x := range w {
				rows[y] += string(rune((x*7 + y*31) % 128))
			}
		}
		stored := open(t, tiffFile(binary.LittleEndian, tiffPage{rows: rows}))
		turned := open(t, tiffFile(binary.LittleEndian, tiffPage{rows: rows, orientation: 6}))
		for y := range 3 {
			for x := range w {
				if turned.At(2-y, x) != stored.At(x, y) {
					t.Fatalf("width %d: pixel %d, %d: got %v, want %v", w, x, y, turned.At(2-y, x), stored.At(x, y))
				}
			}
		}
	}
}

func TestJPEGOrientation(t *testing.T) {
	dark := map[uint16][4]bool{ // where the corner that is stored top left must be
		1: {true}, 2: {1: true}, 3: {3: true}, 4: {2: true}, 5: {true}, 6: {1: true}, 7: {3: true}, 8: {2: true},
	}
	for name, base := range map[string][]byte{
		"colour": jpegFile(t, cornered(64, 32)), "grey": jpegFile(t, toGray(cornered(64, 32))),
		"odd size": jpegFile(t, cornered(63, 31)),
	} {
		for o, want := range dark {
			for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
				img := open(t, withExif(base, order, o))
				if corners(img) != want {
					t.Errorf("%s, orientation %d: dark corners: got %v, want %v", name, o, corners(img), want)
				}
				if lies := img.Bounds().Dx() > img.Bounds().Dy(); lies != (o < 5) {
					t.Errorf("%s, orientation %d: got %v", name, o, img.Bounds())
				}
			}
		}
	}
}

// The Y plane of a photo is what the recognizer reads: turning must not cost
// the type.
func TestOrientationKeepsPlanes(t *testing.T) {
	tests := []struct {
		h, v  int
		after image.YCbCrSubsampleRatio
		rgba  bool
	}{
		{1, 1, image.YCbCrSubsampleRatio444, false},
		{2, 2, image.YCbCrSubsampleRatio420, false},
		{2, 1, image.YCbCrSubsampleRatio440, false},
		{1, 2, image.YCbCrSubsampleRatio422, false},
		{4, 1, 0, true},
	}
	for _, tt := range tests {
		for _, o := range []uint16{1, 3, 6} {
			img := open(t, withExif(greyJPEG(t, 37, 21, tt.h, tt.v), binary.BigEndian, o))
			want := image.Pt(37, 21)
			if o == 6 {
				want = image.Pt(21, 37)
			}
			if img.Bounds().Size() != want {
				t.Errorf("%d x %d, orientation %d: got %v, want %v", tt.h, tt.v, o, img.Bounds(), want)
			}
			if _, fast := photo().(*image.Gray); !fast { // which has the Y plane only
				checkPlanes(t, img, o == 6, tt.rgba, tt.after)
			}
			checkEven(t, img)
		}
	}
}

func checkPlanes(t *testing.T, img image.Image, turned, rgba bool, after image.YCbCrSubsampleRatio) {
	t.Helper()
	planes, ok := img.(*image.YCbCr)
	if ok == (turned && rgba) {
		t.Errorf("%v, turned %v: got %T", after, turned, img)
	} else if ok && turned && planes.SubsampleRatio != after {
		t.Errorf("got %v, want %v", planes.SubsampleRatio, after)
	}
}

func checkEven(t *testing.T, img image.Image) {
	t.Helper()
	size := img.Bounds().Size()
	for _, p := range []image.Point{{}, {X: size.X - 1}, {Y: size.Y - 1}, size.Sub(image.Pt(1, 1))} {
		r, g, b, _ := img.At(p.X, p.Y).RGBA()
		if r>>8 != 128 || g>>8 != 128 || b>>8 != 128 {
			t.Errorf("pixel %v of %v: got %d %d %d, want 128", p, size, r>>8, g>>8, b>>8)
		}
	}
}

// Broken Exif does not cost the sheet.
func TestBrokenExifIsIgnored(t *testing.T) {
	base := jpegFile(t, cornered(64, 32))
	header := func(s string) []byte { return withSegment(base, 0xe1, []byte("Exif\x00\x00"+s)) }
	for name, data := range map[string][]byte{
		"empty":            header(""),
		"no TIFF":          header("XX*\x00\x00\x00\x00\x08"),
		"header alone":     header("II*\x00\x08\x00\x00\x00"),
		"offset in header": header("II*\x00\x00\x00\x00\x00\x01\x00"),
		"offset far away":  header("II*\x00\xff\xff\xff\xff"),
		"too many entries": header("II*\x00\x08\x00\x00\x00\xff\xff"),
		"strange value":    withExif(base, binary.BigEndian, 4711),
		"value of other type": withSegment(base, 0xe1, append([]byte("Exif\x00\x00"),
			tiffBytes(binary.BigEndian, []ifd{{{274, 2, 1, 6}}})...)),
		"many values": withSegment(base, 0xe1, append([]byte("Exif\x00\x00"),
			tiffBytes(binary.BigEndian, []ifd{{{274, 3, 9, 6}}})...)),
		"other APP1": withSegment(base, 0xe1, []byte("http://ns.adobe.com/xap/1.0/\x00<x/>")),
	} {
		if img := open(t, data); corners(img) != [4]bool{true} || img.Bounds().Dx() != 64 {
			t.Errorf("%s: got %v, dark corners %v", name, img.Bounds(), corners(img))
		}
	}
	behind := withSegment(withExif(base, binary.BigEndian, 3), 0xe0, []byte("JFIF\x00"))
	if img := open(t, behind); corners(img) != [4]bool{3: true} {
		t.Errorf("Exif behind another segment: dark corners %v", corners(img))
	}
}

// BenchmarkPhoto tells what turning costs on top of decoding, at 12 megapixels.
func BenchmarkPhoto(b *testing.B) {
	for o := range uint16(8) {
		data := withExif(jpegFile(b, cornered(4032, 3024)), binary.BigEndian, o+1)
		f, err := imagefile.Open(data, imagefile.Limits{})
		must(b, err)
		b.Run(fmt.Sprint(o+1), func(b *testing.B) {
			for b.Loop() {
				_, err := f.Page(0)
				must(b, err)
			}
		})
	}
}
