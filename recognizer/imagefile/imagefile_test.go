package imagefile_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/color"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"hakbeon/recognizer/imagefile"
	"hakbeon/recognizer/imagefile/imagefiletest"
)

// cacheDir keeps PDFium's compiled code for all tests of a run.
var cacheDir string

// childArgument has the test's binary be the decoder of its tests.
const childArgument = "serve-decoder"

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == childArgument {
		if err := imagefile.Serve(os.Stdin, os.Stdout, os.Args[2:]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	dir, err := imagefiletest.Cache()
	if err != nil {
		panic(err)
	}
	cacheDir = dir
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		_ = os.RemoveAll(dir)
		os.Exit(code)
	}))
}

func decoder(t testing.TB) *imagefile.Decoder {
	t.Helper()
	d := &imagefile.Decoder{CacheDir: cacheDir}
	t.Cleanup(func() { must(t, d.Close()) })
	return d
}

// kinds has a sound file of every kind, with its number of pages.
func kinds(t testing.TB) map[string][]byte {
	plain := tiffPage{rows: []string{"\x00\x00\xff\xff", "\x00\x00\xff\xff", "\xff\xff\xff\xff", "\xff\xff\xff\xff"}}
	files := map[string][]byte{
		"jpeg":          jpegFile(t, cornered(64, 48)),
		"jpeg grey":     jpegFile(t, toGray(cornered(64, 48))),
		"png":           pngFile(t, cornered(64, 48)),
		"png grey":      pngFile(t, toGray(cornered(64, 48))),
		"png 16 bits":   pngFile(t, toGray16(cornered(64, 48))),
		"png palette":   pngFile(t, toPalette(cornered(64, 48))),
		"webp lossy":    webpLossy(t),
		"webp lossless": webpLossless(t),
		"tiff":          tiffFile(binary.LittleEndian, plain),
		"tiff 3 pages":  tiffFile(binary.BigEndian, plain, plain, plain),
		"tiff fax":      tiffFile(binary.LittleEndian, faxPage()),
		"pdf":           pdfFile("", scanned(t)),
		"pdf 3 pages":   pdfFile("", scanned(t), scanned(t), scanned(t)),
	}
	for name, file := range drawnKinds {
		files[name] = drawn(t, file)
	}
	return files
}

var drawnKinds = map[string]string{
	"jpeg 4:2:0":                "420.jpg",
	"jpeg 4:2:2":                "422.jpg",
	"jpeg 4:4:4":                "444.jpg",
	"jpeg progressive 4:2:0":    "progressive-420.jpg",
	"jpeg progressive 4:2:2":    "progressive-422.jpg",
	"jpeg progressive 4:4:4":    "progressive-444.jpg",
	"jpeg progressive grey":     "progressive-grey.jpg",
	"jpeg CMYK":                 "cmyk.jpg",
	"jpeg RGB":                  "rgb.jpg",
	"jpeg with restarts":        "restarts.jpg",
	"png 1 bit":                 "bilevel.png",
	"webp lossy picture":        "lossy.webp",
	"webp lossless picture":     "lossless.webp",
	"webp ink":                  "ink.webp",
	"tiff group 3, 3 pages":     "group3.tif",
	"tiff group 4, 3 pages":     "group4.tif",
	"tiff negative, 3 pages":    "group4-black.tif",
	"tiff group 4, low bit 1st": "group4-lsb.tif",
	"tiff LZW":                  "tiff_lzw.tif",
	"tiff LZW grey":             "tiff_lzw-grey.tif",
	"tiff LZW with predictor":   "lzw-predictor.tif",
	"tiff deflate":              "tiff_adobe_deflate.tif",
	"tiff deflate grey":         "tiff_adobe_deflate-grey.tif",
	"tiff PackBits":             "packbits.tif",
	"tiff PackBits grey":        "packbits-grey.tif",
	"tiff group 3, 2-D":         "group3-2d.tif",
	"tiff group 3, aligned":     "group3-aligned.tif",
	"tiff group 3, 2-D, tiffcp": "group3-2d-fill.tif",
	"tiff group 3, filled up":   "group3-fill.tif",
	"tiff fax from bytes on":    "fax-bytes.tif",
	"tiff JPEG":                 "jpeg.tif",
	"tiff JPEG, red and green":  "jpeg-rgb.tif",
	"tiff JPEG in strips":       "jpeg-ycbcr.tif",
	"tiff JPEG in tiles":        "jpeg-tiles.tif",
	"tiff JPEG grey":            "jpeg-grey.tif",
	"tiff planes apart":         "planar.tif",
	"tiff big, planes apart":    "big-planar.tif",
	"tiff big":                  "big.tif",
	"tiff 2 bits":               "grey2.tif",
	"tiff 4 bits":               "grey4.tif",
	"tiff 16 bits, predicted":   "grey16.tif",
	"tiff CMYK":                 "cmyk.tif",
	"tiff grey with alpha":      "grey-alpha.tif",
	"tiff palette":              "palette.tif",
	"tiff white is zero":        "white-is-zero.tif",
	"bmp 1 bit":                 "bilevel.bmp",
	"bmp palette":               "palette.bmp",
	"bmp":                       "rgb.bmp",
	"jpeg 3x1":                  "sampled-3x1.jpg",
	"jpeg 3x2":                  "sampled-3x2.jpg",
	"webp turned by Exif":       "mirrored.webp",
	"png turned by Exif":        "mirrored.png",
	"heic 4:2:0":                "420-64x48.heic",
	"heic 4:2:2":                "422-64x48.heic",
	"heic 4:4:4":                "444-64x48.heic",
	"heic 4:2:0, odd":           "420-101x75.heic",
	"heic 4:2:2, odd":           "422-101x75.heic",
	"heic 4:4:4, odd":           "444-101x75.heic",
	"heic 4:2:0, wider":         "420-201x133.heic",
	"heic 4:2:2, wider":         "422-201x133.heic",
	"heic 4:4:4, wider":         "444-201x133.heic",
	"heic grey":                 "grey.heic",
	"heic lossless":             "lossless.heic",
}

func toGray(img image.Image) *image.Gray {
	dst := image.NewGray(img.Bounds())
	each(img, func(x, y int, c color.Color) { dst.Set(x, y, c) })
	return dst
}

func toGray16(img image.Image) *image.Gray16 {
	dst := image.NewGray16(img.Bounds())
	each(img, func(x, y int, c color.Color) { dst.Set(x, y, c) })
	return dst
}

func toPalette(img image.Image) *image.Paletted {
	dst := image.NewPaletted(img.Bounds(), color.Palette{color.White, color.Black})
	each(img, func(x, y int, c color.Color) { dst.Set(x, y, c) })
	return dst
}

func each(img image.Image, f func(x, y int, c color.Color)) {
	for y := range img.Bounds().Dy() {
		for x := range img.Bounds().Dx() {
			f(x, y, img.At(x, y))
		}
	}
}

func TestOpenAndPage(t *testing.T) {
	d := decoder(t)
	for name, data := range kinds(t) {
		t.Run(name, func(t *testing.T) {
			f, err := d.Open(data, imagefile.Limits{})
			must(t, err)
			if want := strings.Fields(name)[0]; f.Format() != want {
				t.Errorf("format: got %s, want %s", f.Format(), want)
			}
			pages := 1
			if strings.Contains(name, "3 pages") {
				pages = 3
			}
			if f.Pages() != pages {
				t.Errorf("pages: got %d, want %d", f.Pages(), pages)
			}
			for i := range f.Pages() {
				img, err := f.Page(i)
				must(t, err)
				checkPage(t, name, img)
			}
			must(t, f.Close())
		})
	}
}

func checkPage(t *testing.T, name string, img image.Image) {
	t.Helper()
	switch img.(type) {
	case *image.YCbCr, *image.Gray, *image.RGBA:
	default:
		t.Errorf("type: got %T", img)
	}
	if img.Bounds().Min != (image.Point{}) || img.Bounds().Empty() {
		t.Errorf("bounds: got %v", img.Bounds())
	}
	isCornered := name != "webp lossy" && name != "webp lossless" && name != "tiff fax"
	if want := [4]bool{true}; isCornered && corners(img) != want {
		t.Errorf("dark corners: got %v, want %v", corners(img), want)
	}
}

func TestTypesStayGreyWhereTheyAre(t *testing.T) {
	d := decoder(t)
	for name, want := range map[string]image.Image{
		"jpeg": photo(), "jpeg CMYK": &image.RGBA{}, "heic 4:2:0": &image.YCbCr{}, "heic grey": &image.Gray{}, "jpeg grey": &image.Gray{}, "png": &image.RGBA{}, "png grey": &image.Gray{},
		"png 16 bits": &image.Gray{}, "png palette": &image.Gray{}, "tiff fax": &image.Gray{},
	} {
		f, err := d.Open(kinds(t)[name], imagefile.Limits{})
		must(t, err)
		img, err := f.Page(0)
		must(t, err)
		if got, want := fmt.Sprintf("%T", img), fmt.Sprintf("%T", want); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
}

// photo is of the type that a JPEG photo has in this build.
func photo() image.Image {
	if imagefile.JPEGDecoder() == "libjpeg-turbo" {
		return &image.Gray{}
	}
	return &image.YCbCr{}
}

func TestTransparentIsWhite(t *testing.T) {
	ink := color.NRGBA{0, 0, 0, 255}
	for name, img := range map[string]interface {
		image.Image
		Set(x, y int, c color.Color)
	}{
		"8 bits":  image.NewNRGBA(image.Rect(0, 0, 8, 8)),
		"16 bits": image.NewNRGBA64(image.Rect(0, 0, 8, 8)),
		"palette": image.NewPaletted(image.Rect(0, 0, 8, 8), color.Palette{color.Transparent, ink}),
	} {
		img.Set(1, 1, ink)
		f, err := imagefile.Open(pngFile(t, img), imagefile.Limits{})
		must(t, err)
		page, err := f.Page(0)
		must(t, err)
		if !dark(page, 1, 1) || dark(page, 4, 4) {
			t.Errorf("%s: ink is dark: %v, paper is dark: %v", name, dark(page, 1, 1), dark(page, 4, 4))
		}
	}
}

func TestRefuses(t *testing.T) {
	tests := []struct {
		name, data, says string
	}{
		{"empty", "", "empty"},
		{"text", "학번,이름\n", "JPEG, PNG"},
		{"one byte", "\xff", "known"},
		{"HEIC magic alone", "\x00\x00\x00\x18ftypheic\x00\x00\x00\x00", "cut off"},
		{"HEIC without boxes", "\x00\x00\x00\x10ftypheic\x00\x00\x00\x00", "without a still picture"},
		{"HEIF of no known codec", "\x00\x00\x00\x10ftypmif1\x00\x00\x00\x00", "HEIF without HEVC"},
		{"AVIF behind a general brand", "\x00\x00\x00\x18ftypmif1\x00\x00\x00\x00miafavif", "AVIF"},
		{"AVIF", "\x00\x00\x00\x18ftypavif\x00\x00\x00\x00", "AVIF"},
		{"video", "\x00\x00\x00\x18ftypisom\x00\x00\x00\x00", "container"},
		{"GIF", "GIF89a\x01\x00\x01\x00", "GIF"},
		{"BMP cut off", "BM\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x28\x00\x00\x00", "bmp header"},
		{"text that begins like a BMP", "BMW 320i and other cars", "known here"},
		{"JPEG 2000", "\x00\x00\x00\x0cjP  \r\n\x87\n", "JPEG 2000"},
		{"BigTIFF magic alone", "II+\x00\x08\x00\x00\x00", "tiff header"},
		{"JPEG XL", "\xff\x0a\xff", "JPEG XL"},
		{"zip", "PK\x03\x04xxxx", "zip"},
		{"JPEG magic alone", "\xff\xd8\xff\xe0", "jpeg header"},
		{"PNG magic alone", "\x89PNG\r\n\x1a\n", "png header"},
		{"PNG that nobody can address", string(pngClaiming(1<<31-1, 1<<31-1)), "overflow"},
		{"WebP magic alone", "RIFF\x00\x00\x00\x00WEBP", "webp header"},
		{"TIFF magic alone", "II*\x00", "tiff header"},
		{"TIFF without directory", "II*\x00\x00\x00\x00\x00", "without pages"},
		{"PDF magic alone", "%PDF-1.4\n", "open pdf"},
	}
	d := decoder(t)
	for _, tt := range tests {
		_, err := d.Open([]byte(tt.data), imagefile.Limits{})
		if !errors.Is(err, imagefile.ErrUnreadable) || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: got %v, want ErrUnreadable that says %q", tt.name, err, tt.says)
		}
	}
}

// A file cut off anywhere, as by a broken upload, is an error of the file; of
// PDFs, the library may save what is there.
func TestTruncated(t *testing.T) {
	d := decoder(t)
	for name, data := range kinds(t) {
		for eighth := 1; eighth < 8; eighth++ {
			if strings.HasPrefix(name, "png") && len(data)-len(data)*eighth/8 <= len("....IEND....") {
				continue // nothing is lost but the word that it is the end
			}
			_, err := decodeAll(d, data[:len(data)*eighth/8], imagefile.Limits{})
			if err == nil && !strings.HasPrefix(name, "pdf") || err != nil && !errors.Is(err, imagefile.ErrUnreadable) {
				t.Errorf("%s, %d/8 of it: got %v, want ErrUnreadable", name, eighth, err)
			}
		}
	}
}

func decodeAll(d *imagefile.Decoder, data []byte, lim imagefile.Limits) ([]image.Image, error) {
	f, err := d.Open(data, lim)
	if err != nil {
		return nil, err
	}
	var pages []image.Image
	for i := range f.Pages() {
		img, err := f.Page(i)
		if err != nil {
			return nil, err
		}
		pages = append(pages, img)
	}
	return pages, nil
}

func TestTooLarge(t *testing.T) {
	huge := tiffPage{data: []byte{0}, width: 100_000, height: 100_000, bits: 8}
	small := tiffPage{rows: []string{"ab", "cd"}}
	tests := []struct {
		name string
		data []byte
		lim  imagefile.Limits
	}{
		{"bytes", make([]byte, 101), imagefile.Limits{MaxBytes: 100}},
		{"jpeg", resized(jpegFile(t, cornered(16, 16)), 65535, 65535), imagefile.Limits{}},
		{"png", pngClaiming(100_000, 100_000), imagefile.Limits{}},
		{"webp", webpClaiming(16_384, 16_384), imagefile.Limits{}},
		{"heic", claimed(t, drawn(t, "whole.heic"), 32_000, 32_000), imagefile.Limits{}},
		{"heic bytes", append([]byte("\x00\x00\x00\x10ftypheic"), make([]byte, 65<<20)...), imagefile.Limits{}},
		{"wider than a JPEG can be", pngFile(t, image.NewGray(image.Rect(0, 0, 1<<16, 2))), imagefile.Limits{}},
		{"higher than a JPEG can be", pngFile(t, image.NewGray(image.Rect(0, 0, 2, 1<<16))), imagefile.Limits{}},
		{"wide tiff", tiffFile(binary.LittleEndian, tiffPage{data: []byte{0}, width: 1 << 16, height: 1, bits: 8}), imagefile.Limits{}},
		{"tiff", tiffFile(binary.LittleEndian, huge), imagefile.Limits{}},
		{"tiff pages", tiffFile(binary.LittleEndian, small, small, small), imagefile.Limits{MaxPages: 2}},
		{"pdf pages", pdfFile("", scanned(t), scanned(t), scanned(t)), imagefile.Limits{MaxPages: 2}},
		{"one pixel more", pngFile(t, cornered(10, 11)), imagefile.Limits{MaxPixels: 109}},
	}
	d := decoder(t)
	_, err := d.Open(pdfFile("", scanned(t)), imagefile.Limits{}) // PDFium's start takes memory of its own
	must(t, err)
	for _, tt := range tests {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := d.Open(tt.data, tt.lim)
		runtime.ReadMemStats(&after)
		if !errors.Is(err, imagefile.ErrTooLarge) {
			t.Errorf("%s: got %v, want ErrTooLarge", tt.name, err)
		}
		if took := after.TotalAlloc - before.TotalAlloc; took > 64<<20 {
			t.Errorf("%s: %d MB allocated before it was refused", tt.name, took>>20)
		}
	}
	if _, err := d.Open(pngFile(t, cornered(10, 11)), imagefile.Limits{MaxPixels: 110}); err != nil {
		t.Errorf("at the limit: %v", err)
	}
}

func TestPageOutOfRange(t *testing.T) {
	f, err := imagefile.Open(jpegFile(t, cornered(16, 16)), imagefile.Limits{})
	must(t, err)
	for _, i := range []int{-1, 1, 1 << 40} {
		if _, err := f.Page(i); !errors.Is(err, imagefile.ErrUnreadable) {
			t.Errorf("page %d: got %v, want ErrUnreadable", i, err)
		}
	}
}

func TestConcurrentPages(t *testing.T) {
	d := decoder(t)
	for _, name := range []string{"jpeg", "tiff 3 pages", "pdf 3 pages"} {
		f, err := d.Open(kinds(t)[name], imagefile.Limits{})
		must(t, err)
		var wg sync.WaitGroup
		for i := range 6 {
			wg.Go(func() {
				img, err := f.Page(i % f.Pages())
				if err != nil || corners(img) != [4]bool{true} {
					t.Errorf("%s: page %d: %v", name, i%f.Pages(), err)
				}
			})
		}
		wg.Wait()
	}
}

func TestEncodePage(t *testing.T) {
	d := decoder(t)
	for name, data := range kinds(t) {
		pages, err := decodeAll(d, data, imagefile.Limits{})
		must(t, err)
		filed, err := imagefile.EncodePage(pages[0])
		must(t, err)
		again, err := decodeAll(d, filed, imagefile.Limits{})
		must(t, err)
		if again[0].Bounds() != pages[0].Bounds() || corners(again[0]) != corners(pages[0]) {
			t.Errorf("%s: filed %v %v, want %v %v", name, again[0].Bounds(), corners(again[0]), pages[0].Bounds(), corners(pages[0]))
		}
	}
	for name, img := range map[string]image.Image{
		"empty": image.NewGray(image.Rectangle{}), "too wide": image.NewGray(image.Rect(0, 0, 70_000, 1)),
	} {
		if _, err := imagefile.EncodePage(img); err == nil {
			t.Errorf("%s: encoded", name)
		}
	}
}

// FuzzOpen: whatever the bytes, there is a page within the limits or an error
// that blames the file.
func FuzzOpen(f *testing.F) {
	for _, data := range kinds(f) {
		f.Add(data)
	}
	f.Add(withExif(jpegFile(f, cornered(16, 8)), binary.BigEndian, 6))
	lim := imagefile.Limits{MaxBytes: 1 << 20, MaxPixels: 1 << 16, MaxPages: 8}
	d := decoder(f)
	warm(f, d, pdfFile("", scanned(f)))
	warm(f, d, drawn(f, "grey.heic"))
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := d.Open(bytes.Clone(data), lim)
		if err == nil {
			var img image.Image
			if img, err = file.Page(0); err == nil {
				checkLimits(t, img, lim)
			}
		}
		checkKind(t, err)
	})
}

// warm starts an engine, which takes longer than the fuzzer waits for a file.
func warm(t testing.TB, d *imagefile.Decoder, data []byte) {
	t.Helper()
	_, err := decodeAll(d, data, imagefile.Limits{})
	must(t, err)
}

// fuzzChanges overwrites one place of one of the files, and cuts it off.
func fuzzChanges(f *testing.F, files [][]byte, check func(t *testing.T, data []byte, err error)) {
	for i := range files {
		f.Add(uint8(i), uint16(0x20), uint16(0), []byte{0xff, 0xff, 0xff, 0xff})
		f.Add(uint8(i), uint16(0x100), uint16(40), []byte("x"))
	}
	d := decoder(f)
	warm(f, d, files[0])
	lim := imagefile.Limits{MaxPixels: 1 << 16, MaxPages: 8}
	f.Fuzz(func(t *testing.T, which uint8, at, lost uint16, with []byte) {
		data := bytes.Clone(files[int(which)%len(files)])
		copy(data[int(at)%len(data):], with)
		data = data[:len(data)-int(lost)%len(data)]
		pages, err := decodeAll(d, data, lim)
		checkKind(t, err)
		for _, page := range pages {
			checkLimits(t, page, lim)
		}
		check(t, data, err)
	})
}

func checkLimits(t *testing.T, img image.Image, lim imagefile.Limits) {
	t.Helper()
	size := img.Bounds().Size()
	if size.X <= 0 || size.Y <= 0 || int64(size.X)*int64(size.Y) > lim.MaxPixels {
		t.Fatalf("a page of %v", size)
	}
	if _, err := imagefile.EncodePage(img); err != nil && max(size.X, size.Y) < 1<<16 {
		t.Fatal(err)
	}
}
