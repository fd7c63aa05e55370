package imagefile_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"maps"
	"slices"
	"strings"
	"testing"

	"hakbeon/recognizer/imagefile"
)

// drawnOf are the files of testdata that end so.
func drawnOf(t testing.TB, suffix string) (files [][]byte) {
	t.Helper()
	for _, file := range slices.Sorted(maps.Values(drawnKinds)) {
		if strings.HasSuffix(file, suffix) {
			files = append(files, drawn(t, file))
		}
	}
	return files
}

// fuzzBytes has anything that begins with one of the signs be decoded here: a page is
// within the limits, or an error blames the file, and none comes from a panic.
func fuzzBytes(f *testing.F, signs []string, files [][]byte) {
	for _, file := range files {
		f.Add(file)
	}
	lim := imagefile.Limits{MaxBytes: 1 << 20, MaxPixels: 1 << 16, MaxPages: 8}
	d := decoder(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		if !slices.ContainsFunc(signs, func(sign string) bool { return bytes.HasPrefix(data, []byte(sign)) }) {
			t.Skip()
		}
		pages, err := decodeAll(d, data, lim)
		for _, page := range pages {
			checkLimits(t, page, lim)
		}
		checkKind(t, err)
		if err != nil && strings.Contains(err.Error(), "runtime error") {
			t.Fatalf("a panic: %v", err)
		}
	})
}

// checkKind wants an error to be the file's.
func checkKind(t testing.TB, err error) {
	t.Helper()
	if err != nil && !errors.Is(err, imagefile.ErrUnreadable) && !errors.Is(err, imagefile.ErrTooLarge) {
		t.Fatalf("an error of no kind: %v", err)
	}
}

// FuzzTIFF: whatever a directory says.
func FuzzTIFF(f *testing.F) { fuzzBytes(f, []string{"II", "MM"}, drawnOf(f, ".tif")) }

// FuzzBMP: whatever a header says.
func FuzzBMP(f *testing.F) { fuzzBytes(f, []string{"BM"}, drawnOf(f, ".bmp")) }

// FuzzWebP: whatever its chunks are.
func FuzzWebP(f *testing.F) {
	fuzzBytes(f, []string{"RIFF"}, append(drawnOf(f, ".webp"), webpLossy(f), webpLossless(f), webpClaiming(1<<14, 1<<14)))
}

// FuzzPNG: whatever its chunks are; their checksums are put right, or nothing behind
// them would be reached.
func FuzzPNG(f *testing.F) {
	files := append(drawnOf(f, ".png"), pngFile(f, cornered(64, 48)), pngFile(f, toGray16(cornered(16, 8))), pngFile(f, toPalette(cornered(16, 8))))
	for _, file := range files {
		f.Add(file)
	}
	lim := imagefile.Limits{MaxBytes: 1 << 20, MaxPixels: 1 << 16}
	d := decoder(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		if !bytes.HasPrefix(data, files[0][:8]) {
			t.Skip()
		}
		pages, err := decodeAll(d, checksummed(data), lim)
		for _, page := range pages {
			checkLimits(t, page, lim)
		}
		checkKind(t, err)
	})
}

// checksummed is a PNG with its checksums put right.
func checksummed(data []byte) []byte {
	out := bytes.Clone(data)
	for rest := out[8:]; len(rest) >= 12; {
		size := binary.BigEndian.Uint32(rest)
		if uint64(size)+12 > uint64(len(rest)) {
			break
		}
		binary.BigEndian.PutUint32(rest[8+size:], crc32.ChecksumIEEE(rest[4:8+size]))
		rest = rest[12+size:]
	}
	return out
}

// FuzzExif: whatever stands in a JPEG's Exif, its picture is read, upright or turned.
func FuzzExif(f *testing.F) {
	picture := jpegFile(f, cornered(16, 8))
	for _, order := range []binary.AppendByteOrder{binary.BigEndian, binary.LittleEndian} {
		f.Add(tiffBytes(order, []ifd{{{274, 3, 1, 6}}}))
		f.Add(tiffBytes(order, []ifd{{{274, 4, 1 << 30, 8}, {34665, 4, 1, 8}}}))
	}
	f.Fuzz(func(t *testing.T, block []byte) {
		if len(block) > 1<<15 {
			t.Skip()
		}
		img := open(t, withSegment(picture, 0xe1, append([]byte("Exif\x00\x00"), block...)))
		if size := img.Bounds().Size(); size != image.Pt(16, 8) && size != image.Pt(8, 16) {
			t.Errorf("it measures %v", size)
		}
	})
}

// FuzzChild sends files to the decoder's process. What it does not survive is counted
// and blamed on the file, and the next file is read.
func FuzzChild(f *testing.F) {
	for _, data := range kinds(f) {
		if imagefile.Apart(data) {
			f.Add(data)
		}
	}
	lim := imagefile.Limits{MaxBytes: 1 << 20, MaxPixels: 1 << 16, MaxPages: 8}
	sound := drawn(f, "group4.tif")
	// Compiling takes a fuzzer's binary longer than a page may take.
	must(f, imagefile.Compile(cacheDir))
	d, stops := apart(f)
	must(f, d.Warm())
	f.Fuzz(func(t *testing.T, data []byte) {
		if !imagefile.Apart(data) {
			t.Skip()
		}
		stops.Clear()
		pages, err := decodeAll(d, bytes.Clone(data), lim)
		for _, page := range pages {
			checkLimits(t, page, lim)
		}
		checkKind(t, err)
		stops.Range(func(cause, _ any) bool {
			if err == nil {
				t.Errorf("the child ended for its %v, and nobody was told", cause)
			}
			if cause == "crash" {
				t.Errorf("the child crashed: %v", err)
			}
			_, err := decodeAll(d, sound, imagefile.Limits{})
			must(t, err)
			return true
		})
	})
}
