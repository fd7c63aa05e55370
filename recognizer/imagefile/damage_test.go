package imagefile_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"hakbeon/recognizer/imagefile"
)

// scans has a page of full size in formats that Go can write, where damage costs
// most, and what testdata has in others.
func scans(t testing.TB) map[string][]byte {
	size := image.Pt(1654, 2339)
	if raced {
		size = size.Div(4)
	}
	colour := page(size.X, size.Y)
	grey := toGray(colour)
	strip := tiffPage{data: grey.Pix, width: uint32(size.X), height: uint32(size.Y), bits: 8}
	pdf := scanned(t)
	pdf.image, pdf.imageSize = jpegFile(t, colour), size
	return map[string][]byte{
		"jpeg": jpegFile(t, colour), "jpeg progressive": drawn(t, "progressive-444.jpg"), "png": pngFile(t, colour),
		"webp": drawn(t, "lossy.webp"), "webp lossless": drawn(t, "lossless.webp"),
		"tiff": tiffFile(binary.LittleEndian, strip), "tiff fax": drawn(t, "group4.tif"),
		"pdf": pdfFile("", pdf), "heic": drawn(t, "large.heic"),
	}
}

// damages are what happens to files on their way.
func damages(sound []byte) map[string][]byte {
	half := len(sound) / 2
	overwritten := bytes.Clone(sound)
	for i := half; i < min(half+4096, len(sound)-4); i++ {
		overwritten[i] = 0xa5
	}
	return map[string][]byte{
		"head alone":     sound[:min(32, half)],
		"cut in half":    sound[:half],
		"last byte lost": sound[:len(sound)-1],
		"zeros to come":  append(bytes.Clone(sound[:half]), make([]byte, len(sound)-half)...), // a sparse upload
		"overwritten":    overwritten,
		"text inside":    append(append(bytes.Clone(sound[:half]), "\r\n<html>502</html>\r\n"...), sound[half:]...),
	}
}

// giants claim or hold more than is decoded.
func giants(t testing.TB) map[string][]byte {
	huge := tiffPage{data: []byte{0}, width: 60_000, height: 60_000, bits: 8}
	page := scanned(t)
	page.image, page.imageSize = resized(page.image, 60_000, 60_000), image.Pt(60_000, 60_000)
	return map[string][]byte{
		"jpeg":                     resized(jpegFile(t, cornered(16, 16)), 60_000, 60_000),
		"png":                      pngClaiming(60_000, 60_000),
		"webp":                     webpClaiming(16_384, 16_384),
		"tiff":                     tiffFile(binary.LittleEndian, huge),
		"pdf":                      pdfFile("", page),
		"heic":                     claimed(t, drawn(t, "whole.heic"), 30_000, 30_000),
		"heic that hides its size": claimed(t, drawn(t, "large.heic"), 64, 64),
	}
}

type damage struct {
	name, file string
	data       []byte
}

// allDamages leaves out the empty file, of which there is only one kind.
func allDamages(t testing.TB) []damage {
	var all []damage
	for file, sound := range scans(t) {
		for name, data := range damages(sound) {
			all = append(all, damage{name, file, data})
		}
	}
	for file, data := range giants(t) {
		all = append(all, damage{"giant", file, data})
	}
	return all
}

// Whatever is done to a file, it costs a second and 100 MB at most and blames the
// file. Some damage cannot be seen: formats without checksums show other pixels,
// and PDFium mends what it can.
func TestDamagedFiles(t *testing.T) {
	d := decoder(t)
	for _, small := range [][]byte{drawn(t, "420-64x48.heic"), pdfFile("", scanned(t))} { // the engines start once
		warm(t, d, small)
	}
	for _, tt := range allDamages(t) {
		t.Run(tt.file+"/"+tt.name, func(t *testing.T) {
			took := time.Hour
			var err error
			for try := 0; try < 3 && took > time.Second; try++ { // the machine may be busy
				since := time.Now()
				_, err = decodeAll(d, tt.data, imagefile.Limits{})
				took = time.Since(since)
			}
			if took > time.Second && !raced {
				t.Errorf("took %v", took)
			}
			checkBlame(t, tt, err)
		})
	}
}

func checkBlame(t *testing.T, tt damage, err error) {
	t.Helper()
	unseen := tt.file == "pdf" ||
		tt.name == "last byte lost" && (strings.HasPrefix(tt.file, "jpeg") || tt.file == "png") || // of the word that it is the end
		tt.name == "overwritten" || tt.name == "text inside" || tt.name == "zeros to come" ||
		tt.file == "tiff fax" && tt.name == "last byte lost" // of the mark of its end
	large := errors.Is(err, imagefile.ErrTooLarge)
	switch {
	case err == nil && unseen:
	case !large && !errors.Is(err, imagefile.ErrUnreadable):
		t.Errorf("got %v, want ErrUnreadable or ErrTooLarge", err)
	case tt.name == "giant" && tt.file != "heic that hides its size" && !large:
		t.Errorf("got %v, want ErrTooLarge", err)
	case len(err.Error()) < len("imagefile: open: image cannot be read: why"):
		t.Errorf("no reason: %v", err)
	}
}

// TestMemoryOfDamagedFiles decodes each file in a process of its own, since what
// C and WebAssembly take is not on Go's heap.
func TestMemoryOfDamagedFiles(t *testing.T) {
	if file := os.Getenv("IMAGEFILE_DECODE"); file != "" {
		decodeAlone(t, file)
		return
	}
	if testing.Short() || raced {
		t.Skip("starts a process for each file, and weighs it")
	}
	for _, tt := range allDamages(t) {
		t.Run(tt.file+"/"+tt.name, func(t *testing.T) {
			file := t.TempDir() + "/file"
			must(t, os.WriteFile(file, tt.data, 0o600))
			child := exec.Command(os.Args[0], "-test.run", "^TestMemoryOfDamagedFiles$", "-test.v")
			child.Env = append(os.Environ(), "IMAGEFILE_DECODE="+file, "IMAGEFILE_CACHE="+cacheDir)
			out, err := child.CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			_, after, _ := strings.Cut(string(out), "extra MB: ")
			mb, err := strconv.Atoi(strings.FieldsFunc(after, func(r rune) bool { return r < '0' || r > '9' })[0])
			must(t, err)
			t.Logf("%d MB", mb)
			if refused := strings.Contains(after, "refused"); refused && mb > 100 {
				t.Errorf("took %d MB more than a sound small file", mb)
			}
		})
	}
}

// decodeAlone tells what a file takes on top of a small one of its format, which
// has the engines started.
func decodeAlone(t *testing.T, file string) {
	data, err := os.ReadFile(file)
	must(t, err)
	d := &imagefile.Decoder{CacheDir: os.Getenv("IMAGEFILE_CACHE")}
	defer d.Close()
	small := pdfFile("", scanned(t))
	if bytes.HasPrefix(data[4:], []byte("ftyp")) {
		small = drawn(t, "420-64x48.heic")
	}
	if bytes.HasPrefix(data, []byte("%PDF")) || bytes.HasPrefix(data[4:], []byte("ftyp")) {
		warm(t, d, small)
	}
	before := peakMB(t)
	_, err = decodeAll(d, data, imagefile.Limits{})
	took := peakMB(t) - before
	if err != nil {
		fmt.Printf("extra MB: %d, refused\n", took)
		return
	}
	fmt.Printf("extra MB: %d\n", took)
}

// peakMB is the most memory that the process ever had.
func peakMB(t testing.TB) int {
	t.Helper()
	status, err := os.ReadFile("/proc/self/status")
	must(t, err)
	_, after, _ := strings.Cut(string(status), "VmHWM:")
	kb, err := strconv.Atoi(strings.Fields(after)[0])
	must(t, err)
	return kb >> 10
}
