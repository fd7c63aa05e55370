package imagefile_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"hakbeon/recognizer/imagefile"
)

// claimed changes the size in a HEIC's head: the ispe box.
func claimed(t testing.TB, heic []byte, w, h uint32) []byte {
	t.Helper()
	b := bytes.Clone(heic)
	at := bytes.Index(b, []byte("ispe"))
	if at < 0 {
		t.Fatal("no ispe box")
	}
	binary.BigEndian.PutUint32(b[at+8:], w)
	binary.BigEndian.PutUint32(b[at+12:], h)
	return b
}

// The files carry the turn as irot and imir, and as Exif too: it must be done
// once.
func TestHEICOrientation(t *testing.T) {
	dark := [][4]bool{{true}, {1: true}, {3: true}, {2: true}, {true}, {1: true}, {3: true}, {2: true}}
	d := decoder(t)
	for i, want := range dark {
		o := i + 1
		pages, err := decodeAll(d, drawn(t, fmt.Sprintf("turned-%d.heic", o)), imagefile.Limits{})
		must(t, err)
		if corners(pages[0]) != want {
			t.Errorf("orientation %d: dark corners: got %v, want %v", o, corners(pages[0]), want)
		}
		if lies := pages[0].Bounds().Dx() > pages[0].Bounds().Dy(); lies != (o < 5) {
			t.Errorf("orientation %d: got %v", o, pages[0].Bounds())
		}
	}
}

// Some phones say that it is any HEIF first, and which behind.
func TestHEICBehindAGeneralBrand(t *testing.T) {
	data := drawn(t, "420-64x48.heic")
	copy(data[8:], "mif1")
	pages, err := decodeAll(decoder(t), data, imagefile.Limits{})
	must(t, err)
	if corners(pages[0]) != [4]bool{true} {
		t.Errorf("dark corners: got %v", corners(pages[0]))
	}
}

func TestHEICRefuses(t *testing.T) {
	sound := drawn(t, "420-64x48.heic")
	damaged := func(box string, at int, with byte) []byte {
		b := bytes.Clone(sound)
		b[bytes.Index(b, []byte(box))+at] = with
		return b
	}
	d := decoder(t)
	for name, tt := range map[string]struct {
		data []byte
		says string
	}{
		"cut off":                {sound[:len(sound)-1], "cut off"},
		"box beyond the end":     {damaged("meta", -4, 0x7f), "cut off"},
		"no codec":               {damaged("hvcC", 0, 'x'), "decode heic"},
		"no primary picture":     {damaged("pitm", 0, 'x'), "decode heic"},
		"smaller than the video": {claimed(t, drawn(t, "large.heic"), 64, 64), "heic"},
	} {
		_, err := decodeAll(d, tt.data, imagefile.Limits{})
		if !errors.Is(err, imagefile.ErrUnreadable) || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: got %v, want ErrUnreadable that says %q", name, err, tt.says)
		}
	}
	if _, err := decodeAll(d, append(bytes.Clone(sound), "SEFT of a phone"...), imagefile.Limits{}); err != nil {
		t.Errorf("something behind the picture: %v", err)
	}
}

// Grey in 10 bits is refused, and the error says so.
func TestHEICGreyOfTenBits(t *testing.T) {
	data, err := os.ReadFile("../../../shared/cases/heic-10bit-grey/h17_10bit_grey.heic")
	if err != nil {
		t.Skip("SKIPPED: no odd files beside the repository: ", err)
	}
	_, err = decodeAll(decoder(t), data, imagefile.Limits{})
	if !errors.Is(err, imagefile.ErrUnreadable) || !strings.Contains(err.Error(), "more than 8 bits") {
		t.Errorf("got %v, want an error that says why", err)
	}
}

func TestHEICCacheDirThatCannotBe(t *testing.T) {
	d := &imagefile.Decoder{CacheDir: "/dev/null/cache"}
	defer d.Close()
	for range 2 {
		_, err := d.Open(drawn(t, "420-64x48.heic"), imagefile.Limits{})
		if err == nil || errors.Is(err, imagefile.ErrUnreadable) || !strings.Contains(err.Error(), "/dev/null/cache") {
			t.Errorf("got %v, want an error that names the directory and not the file", err)
		}
	}
}

func TestHEICClosed(t *testing.T) {
	d := &imagefile.Decoder{CacheDir: cacheDir}
	f, err := d.Open(drawn(t, "420-64x48.heic"), imagefile.Limits{})
	must(t, err)
	must(t, d.Close())
	if _, err := f.Page(0); !errors.Is(err, imagefile.ErrClosed) {
		t.Errorf("got %v, want ErrClosed", err)
	}
}

// BenchmarkHEIC is a photo of 12 megapixels, which is too large to keep.
func BenchmarkHEIC(b *testing.B) {
	data, err := os.ReadFile("testdata/photo.heic")
	if err != nil {
		b.Skip("python3 draw.py photo, in testdata, draws the photo")
	}
	d := &imagefile.Decoder{CacheDir: cacheDir}
	b.Cleanup(func() { must(b, d.Close()) })
	warm(b, d, drawn(b, "grey.heic"))
	before := peakMB(b)
	for b.Loop() {
		warm(b, d, data)
	}
	b.ReportMetric(float64(peakMB(b)-before), "extra-MB")
}

// FuzzHEIC changes sound files: ones made up are refused before libheif sees
// anything.
func FuzzHEIC(f *testing.F) {
	var files [][]byte
	for _, name := range []string{"420-64x48.heic", "grey.heic", "lossless.heic", "turned-7.heic"} {
		files = append(files, drawn(f, name))
	}
	fuzzChanges(f, files, func(*testing.T, []byte, error) {})
}
