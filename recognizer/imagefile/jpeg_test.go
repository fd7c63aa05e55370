package imagefile_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"math/rand/v2"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"hakbeon/recognizer/imagefile"
)

// page draws something like a scan: noisy paper with strokes.
func page(w, h int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	rng := rand.New(rand.NewPCG(1, 2))
	for i := range w * h {
		v := uint8(215 + rng.IntN(24))
		if x, y := i%w, i/w; x/3*7%61 < 2 || y/4*11%97 < 2 {
			v = uint8(30 + rng.IntN(60))
		}
		img.Pix[4*i], img.Pix[4*i+1], img.Pix[4*i+2], img.Pix[4*i+3] = v, v, v-v/8, 255
	}
	return img
}

// Whatever decodes, a reader sees the same page.
func TestJPEGIsWhatGoSees(t *testing.T) {
	files := map[string][]byte{"page": jpegFile(t, page(301, 203)), "grey page": jpegFile(t, toGray(page(301, 203)))}
	for name, file := range drawnKinds {
		if strings.HasPrefix(name, "jpeg") && !strings.HasPrefix(name, "jpeg 3x") { // which Go doesn't see
			files[name] = drawn(t, file)
		}
	}
	for name, data := range files {
		want, err := jpeg.Decode(bytes.NewReader(data))
		must(t, err)
		got := open(t, data)
		if got.Bounds() != want.Bounds() {
			t.Errorf("%s: got %v, want %v", name, got.Bounds(), want.Bounds())
			continue
		}
		most := 0
		each(got, func(x, y int, _ color.Color) { most = max(most, abs(luma(got, x, y)-luma(want, x, y))) })
		if most > 2 {
			t.Errorf("%s: a pixel differs by %d", name, most)
		}
	}
}

// A page is the same whatever was released before it, and stays so while others are
// decoded and released.
func TestRelease(t *testing.T) {
	sizes := []image.Point{{301, 203}, {97, 64}, {301, 203}, {128, 300}}
	var wg sync.WaitGroup
	for _, size := range sizes {
		data := jpegFile(t, page(size.X, size.Y))
		want := open(t, data)
		wg.Go(func() {
			for range 20 {
				got := open(t, data)
				runtime.Gosched()
				if !reflect.DeepEqual(got, want) {
					t.Errorf("a page of %v pixels differs", size)
				}
				imagefile.Release(got)
			}
		})
	}
	wg.Wait()
}

// luma is what the recognizer reads.
func luma(img image.Image, x, y int) int {
	if planes, ok := img.(*image.YCbCr); ok {
		return int(planes.Y[planes.YOffset(x, y)])
	}
	return int(color.GrayModel.Convert(img.At(x, y)).(color.Gray).Y)
}

func abs(v int) int { return max(v, -v) }

// entropy is where a JPEG's picture data begins.
func entropy(jpeg []byte) int {
	at := bytes.LastIndex(jpeg, []byte{0xff, 0xda}) + 2
	return at + int(binary.BigEndian.Uint16(jpeg[at:]))
}

// TestOddJPEGs: what Go's decoder makes of a file holds for every build, since
// libjpeg-turbo warns of harmless things and of lost ones alike.
func TestOddJPEGs(t *testing.T) {
	sound := jpegFile(t, cornered(64, 48))
	data := entropy(sound)
	with := func(change func(b []byte) []byte) []byte { return change(bytes.Clone(sound)) }
	frame := bytes.Index(sound, []byte{0xff, 0xc0})
	head, scan, _ := bytes.Cut(sound, []byte{0xff, 0xda})
	scan = append([]byte{0xff, 0xda}, scan[:len(scan)-2]...)
	for name, tt := range map[string]struct {
		data []byte
		says string // "" if it is read
	}{
		"bytes behind the end": {append(bytes.Clone(sound), "a trailer"...), ""},
		"bytes between segments": {with(func(b []byte) []byte {
			return append(append(b[:frame:frame], 0, 0, 0), b[frame:]...)
		}), ""},
		"padding before a segment":    {with(func(b []byte) []byte { return append(append(b[:2:2], 0xff, 0xff), b[2:]...) }), ""},
		"bytes before the end marker": {append(append(bytes.Clone(sound[:len(sound)-2]), 0x12, 0x34), 0xff, 0xd9), ""},
		"another JPEG behind":         {append(bytes.Clone(sound), sound...), ""},
		"no end marker":               {sound[:len(sound)-2], ""},
		"half an end marker":          {sound[:len(sound)-1], ""},
		"bytes before the beginning":  {append([]byte("HTTP/1.1 200 OK\r\n\r\n"), sound...), ""},
		"height behind the picture": {with(func(b []byte) []byte {
			height := bytes.Clone(b[frame+5 : frame+7])
			b[frame+5], b[frame+6] = 0, 0
			return slices.Concat(b[:len(b)-2], []byte{0xff, 0xdc, 0, 4}, height, b[len(b)-2:])
		}), ""},
		"CMYK without a word":         {withoutAdobe(t, drawn(t, "cmyk.jpg")), ""},
		"CMYK, the other way round":   {drawn(t, "cmyk-inks.jpg"), ""},
		"progressive, a pass is lost": {lastPassLost(drawn(t, "progressive-420.jpg")), "EOF"},
		"cut off in the middle":       {sound[:(data+len(sound))/2], "decode jpeg"},
		"cut off, then closed":        {append(bytes.Clone(sound[:data+2]), 0xff, 0xd9), "decode jpeg"},
		"progressive, cut off":        {drawn(t, "progressive-420.jpg")[:500], "EOF"},
		"arithmetic coding":           {with(func(b []byte) []byte { b[frame+1] = 0xc9; return b }), "jpeg header"},
		"12 bits":                     {with(func(b []byte) []byte { b[frame+4] = 12; return b }), "precision"},
		"no picture":                  {append(bytes.Clone(head), 0xff, 0xd9), "SOS"},
		"drawn over and over": {with(func(b []byte) []byte {
			return append(append(b[:len(b)-2], bytes.Repeat(scan, 100)...), 0xff, 0xd9)
		}), "100 scans"},
	} {
		pages, err := decodeAll(decoder(t), tt.data, imagefile.Limits{})
		switch {
		case tt.says != "":
			if !errors.Is(err, imagefile.ErrUnreadable) || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("%s: got %v, want ErrUnreadable that says %q", name, err, tt.says)
			}
		case err != nil:
			t.Errorf("%s: %v", name, err)
		case corners(pages[0]) != [4]bool{true}:
			t.Errorf("%s: dark corners: got %v", name, corners(pages[0]))
		}
	}
}

func withoutAdobe(t *testing.T, data []byte) []byte {
	t.Helper()
	at := bytes.Index(data, []byte("\xff\xee\x00\x0eAdobe"))
	if at < 0 {
		t.Fatal("no mark of Adobe's")
	}
	return slices.Concat(data[:at], data[at+16:])
}

func lastPassLost(data []byte) []byte { return data[:bytes.LastIndex(data, []byte{0xff, 0xda})] }

// FuzzJPEG: no build refuses a file that Go's decoder reads.
func FuzzJPEG(f *testing.F) {
	files := append([][]byte{withExif(jpegFile(f, cornered(16, 8)), binary.BigEndian, 6)}, drawnOf(f, ".jpg")...)
	fuzzChanges(f, files, func(t *testing.T, data []byte, err error) {
		if !errors.Is(err, imagefile.ErrUnreadable) || strings.Contains(err.Error(), "100 scans") || !bytes.HasPrefix(data, []byte("\xff\xd8\xff")) {
			return
		}
		if img, refused := jpeg.Decode(bytes.NewReader(data)); refused == nil && !img.Bounds().Empty() {
			t.Fatalf("got %v, Go's decoder reads it", err)
		}
	})
}

func TestEncodePageTypes(t *testing.T) {
	whole := page(200, 120)
	for name, img := range map[string]image.Image{
		"grey": toGray(whole), "colour": whole, "part of a page": whole.SubImage(image.Rect(30, 20, 130, 90)),
		"one pixel": whole.SubImage(image.Rect(7, 7, 8, 8)), "grey part": toGray(whole).SubImage(image.Rect(3, 5, 64, 40)),
	} {
		filed, err := imagefile.EncodePage(img)
		must(t, err)
		again, err := jpeg.Decode(bytes.NewReader(filed))
		must(t, err)
		sum, n := 0, 0
		from := img.Bounds().Min
		each(again, func(x, y int, _ color.Color) {
			sum, n = sum+abs(luma(again, x, y)-luma(img, from.X+x, from.Y+y)), n+1
		})
		if again.Bounds().Size() != img.Bounds().Size() || sum/n > 4 {
			t.Errorf("%s: got %v, want %v; pixels differ by %d", name, again.Bounds(), img.Bounds(), sum/n)
		}
	}
}

// BenchmarkScan is A4 at 270 dpi.
func BenchmarkScan(b *testing.B) {
	colour := page(2257, 3125)
	for name, img := range map[string]image.Image{"colour": colour, "grey": toGray(colour)} {
		f, err := imagefile.Open(jpegFile(b, img), imagefile.Limits{})
		must(b, err)
		b.Run(fmt.Sprintf("%s/%s", imagefile.JPEGDecoder(), name), func(b *testing.B) {
			for b.Loop() {
				decoded, err := f.Page(0)
				must(b, err)
				imagefile.Release(decoded)
			}
		})
	}
}

// BenchmarkEncodePage is the top fifth of such a scan.
func BenchmarkEncodePage(b *testing.B) {
	colour := page(2257, 625)
	for name, img := range map[string]image.Image{"colour": colour, "grey": toGray(colour)} {
		b.Run(fmt.Sprintf("%s/%s", imagefile.JPEGDecoder(), name), func(b *testing.B) {
			for b.Loop() {
				_, err := imagefile.EncodePage(img)
				must(b, err)
			}
		})
	}
}
